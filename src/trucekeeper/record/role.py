"""What a holder of keys is to the office, and which kinds of entry each may sign."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class Role(Enum):
    """What a holder is to the office."""

    OFFICE = "office"
    MONITOR = "monitor"
    PANEL = "panel"
    LIAISON = "liaison"
    GUARANTOR = "guarantor"
    NOTIFIER = "notifier"
    SENSOR = "sensor"
    MANDATOR = "mandator"
    REPLAY = "replay"


MAY_SIGN: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        "keyset/v1": frozenset({Role.OFFICE}),
        "agreement/v1": frozenset({Role.OFFICE}),
        "source/v1": frozenset({Role.OFFICE}),
        "observation/v1": frozenset({Role.OFFICE, Role.MONITOR, Role.SENSOR, Role.LIAISON, Role.GUARANTOR}),
        "batch/v1": frozenset({Role.OFFICE, Role.MONITOR, Role.SENSOR, Role.LIAISON}),
        "incident/v1": frozenset({Role.OFFICE, Role.MONITOR}),
        "finding/v1": frozenset({Role.OFFICE}),
        "invitation/v1": frozenset({Role.OFFICE}),
        "reply/v1": frozenset({Role.LIAISON}),
        "vote/v1": frozenset({Role.PANEL}),
        "erratum/v1": frozenset({Role.OFFICE, Role.PANEL}),
        "report/v1": frozenset({Role.OFFICE}),
        "approval/v1": frozenset({Role.OFFICE, Role.PANEL, Role.GUARANTOR}),
        "release/v1": frozenset({Role.OFFICE}),
        "erasure/v1": frozenset({Role.OFFICE}),
        "consent/v1": frozenset({Role.OFFICE, Role.MONITOR}),
        "waiver/v1": frozenset({Role.MANDATOR}),
        "referral/v1": frozenset({Role.OFFICE, Role.MONITOR}),
        "custody/v1": frozenset({Role.OFFICE, Role.MONITOR, Role.PANEL}),
        "cosigned/v1": frozenset({Role.OFFICE}),
        "replay/v1": frozenset({Role.REPLAY}),
        "notice/v1": frozenset({Role.NOTIFIER, Role.OFFICE}),
        "notice-step/v1": frozenset({Role.NOTIFIER, Role.OFFICE}),
        "acknowledgement/v1": frozenset({Role.LIAISON, Role.GUARANTOR, Role.MONITOR, Role.OFFICE}),
        "commitment/v1": frozenset({Role.NOTIFIER, Role.OFFICE}),
        "reveal/v1": frozenset({Role.NOTIFIER, Role.OFFICE}),
        "struck/v1": frozenset({Role.OFFICE}),
        "delivery/v1": frozenset({Role.OFFICE}),
        "sight/v1": frozenset({Role.OFFICE}),
        "handover/v1": frozenset({Role.OFFICE}),
        "airspace/v1": frozenset({Role.OFFICE}),
        "fit/v1": frozenset({Role.OFFICE}),
    }
)
"""The kinds that exist, and the roles that may sign each; what is not listed, nobody may sign."""

LIAISON_MAY_SAY = frozenset({"claim", "denial"})
"""The kinds of observation that a party's liaison may sign: a party claims and denies, it does not monitor."""


OF_PARTIES = frozenset({Role.LIAISON, Role.REPLAY})
"""The roles whose holders act for a party."""

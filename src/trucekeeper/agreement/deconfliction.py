"""The section ``deconfliction`` of ``agreement.yaml``: by which rules notices are handled."""

from trucekeeper.agreement.marked import Marked
from trucekeeper.agreement.model import Deconfliction

KINDS = ("site", "movement", "activity", "hazard")
"""The kinds of notice; the room of movements speaks the same words, and a test holds the two equal."""

_NEEDED = (
    "cell_km", "notice_hours", "emergency_hours", "standoff_m", "acknowledge_minutes", "alternate_minutes",
    "stale_days", "commitments",
)  # fmt: skip
_YEAR_H = 24 * 365


def deconfliction(value: Marked, drawn: tuple[str, ...]) -> Deconfliction:
    """The rules; ``drawn`` are the zones that have an outline of their own, among which ``no_go`` chooses."""
    given = value.fields(_NEEDED, ("no_go",))
    cell_m = given["cell_km"].scaled(1000, "metres")
    if not 100 <= cell_m <= 500_000:
        given["cell_km"].refuse("an agreed cell is 0.1 to 500 km wide")
    commitments = given["commitments"].fields(("per_notifier", "cells"))
    no_go = given.get("no_go")
    return Deconfliction(
        cell_m=cell_m,
        notice_min=_by_kind(given["notice_hours"], 60, _YEAR_H),
        emergency_min=given["emergency_hours"].whole(0, _YEAR_H) * 60,
        standoff_m=_by_kind(given["standoff_m"], 1, 50_000),
        acknowledge_min=given["acknowledge_minutes"].whole(1, 60 * _YEAR_H),
        alternate_min=given["alternate_minutes"].whole(1, 60 * _YEAR_H),
        stale_days=given["stale_days"].whole(1, 3650),
        commitments=commitments["per_notifier"].whole(0, 10_000),
        commitment_cells=commitments["cells"].whole(1, 10_000),
        no_go=() if no_go is None else _zones(no_go, drawn),
    )


def _by_kind(value: Marked, times: int, most: int) -> tuple[tuple[str, int], ...]:
    given = value.fields(KINDS)
    return tuple((kind, given[kind].whole(0, most) * times) for kind in KINDS)


def _zones(value: Marked, drawn: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(one.one_of(drawn or ("",), "zone with an outline of its own") for one in value.items())
    if len(set(found)) < len(found):
        value.refuse("a zone is named twice; name each once")
    return found

"""Parties, guarantors and sources, as the agreement's file and the office's register name them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Party:
    """A side of the agreement; software knows it by ``id`` alone."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Guarantor:
    """A state or organisation that guarantees the agreement."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """Whose observation it is.

    ``interest`` is the party whose interest the source shares, or None. ``group`` names who would
    be captured together (a ministry and its press office are one group). ``medium`` is one of
    patrol, camera, satellite, siren, uav, liaison, resident, media, dataset. ``reliability`` is an
    Admiralty letter, A to F, F when it cannot be judged.
    """

    id: str
    interest: str | None
    group: str
    medium: str
    reliability: str

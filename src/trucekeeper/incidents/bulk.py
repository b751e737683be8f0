"""Which of a million reports are of one happening: arrays in, an incident number for each report out.

The strongest pairs are joined first, at most one report of a source in an incident, and two groups only where
their centres meet: a chain has no centre. Neither the order of the reports nor the numbers of the sources mean
anything: ties fall by what a report says, then by its stable key.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trucekeeper.incidents import erring, likeness
from trucekeeper.incidents.cells import Ints
from trucekeeper.incidents.grouping import grouped
from trucekeeper.incidents.likeness import Errors, Reports

__all__ = ["Errors", "Links", "Reports", "link"]


@dataclass(frozen=True, slots=True)
class Links:
    """``incident``: a number for each report, from 0, in the order of what they say. The pairs that reach THRESHOLD."""

    incident: Ints
    one: Ints
    other: Ints
    milli: Ints


def link(reports: Reports, errors: Errors | None = None) -> Links:
    """Group them. How exact each source is, is learned from the reports themselves unless ``errors`` says it."""
    if not len(reports):
        none = np.empty(0, dtype=np.int64)
        return Links(none, none, none, none)
    order = _order(reports)
    ranked = reports.take(order)
    weights = likeness.weigh(ranked, erring.learned(ranked) if errors is None else errors)
    one, other, milli = likeness.scores(ranked, weights)
    strongest = np.lexsort((other, one, -milli))
    one, other, milli = one[strongest], other[strongest], milli[strongest]
    incident = np.empty(len(reports), dtype=np.int64)
    incident[order] = grouped(ranked, weights, one, other)
    return Links(incident, order[one], order[other], milli)


def _order(reports: Reports) -> Ints:
    words: list[NDArray[np.generic]] = [reports.words[:, at] for at in range(reports.words.shape[1])]
    said = (reports.start_ms, reports.end_ms, reports.lat_u, reports.lon_u, reports.radius_m, reports.kind)
    columns = (*said, reports.weapon, *words, reports.key)
    return np.lexsort(columns[::-1]).astype(np.int64)

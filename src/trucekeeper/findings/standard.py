"""The standards of proof as data: every test that a finding may cite, and what its yes means.

``docs/standards/findings.md`` has a heading for each, with the rule in full.
"""

from collections.abc import Mapping

TESTS: Mapping[str, str] = {
    "event.affirmed": "somebody says that an act of the term happened",
    "event.denied": "somebody denies it",
    "event.silent": "somebody who would have noticed looked and saw nothing",
    "event.copies": "nothing repeats what was said already",
    "event.one-medium": "it does not hang on one medium, which could be staged as a whole",
    "event.seen": "somebody without an interest could have seen it, or a side admits it",
    "event.threshold": "the probability reaches the term's standard",
    "event.group-left-out": "the answer stands whichever interest group is left out",
    "event.linking": "the answer stands however the observations are linked",
    "event.single-group": "the answer stands whichever group is left out, of the mission's own too",
    "violation.event": "the event is established",
    "violation.act": "the act is one that the term speaks of",
    "violation.time": "it fell in the time of the term",
    "violation.place": "it lay in the place of the term",
    "violation.condition": "the term's condition holds",
    "violation.bearer": "it is not established that another than the bearer did it",
    "violation.independent": "an observation without an interest, or an admission, certainly touches the term",
    "violation.consistent": "no observation without an interest speaks against it",
    "violation.exemption": "no exemption is open",
    "attribution.event": "the event is established",
    "attribution.named": "somebody names the bearer",
    "attribution.denied": "somebody denies the bearer's part or names another",
    "attribution.copies": "nothing repeats what was said already",
    "attribution.one-medium": "it does not hang on one medium, which could be staged as a whole",
    "attribution.seen": "somebody without an interest, or the bearer itself, says who did it",
    "attribution.threshold": "the probability reaches the term's standard of attribution",
    "attribution.group-left-out": "the answer stands whichever interest group is left out",
    "attribution.weapon": "who names the bearer tells of the weapon that others saw",
    "attribution.linking": "the answer stands however the observations are linked",
    "attribution.single-group": "the answer stands whichever group is left out, of the mission's own too",
}
"""Test id and what a yes to it means."""

ESTABLISHED = "established"
REFUTED = "refuted"
NOT_ESTABLISHED = "not established"
UNVERIFIABLE = "unverifiable"

"""Agreement and incident to findings: pure, the same on every machine and in any order of arrival."""

from collections.abc import Mapping, Sequence

from trucekeeper.agreement.model import Agreement, Term
from trucekeeper.findings.model import Finding
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.parties.model import Source
from trucekeeper.screening.model import Touching
from trucekeeper.weighing.ports import Weigher


def assess(
    incident: Incident,
    term: Term,
    touchings: Sequence[Touching],
    sources: Mapping[str, Source],
    coverage: Sequence[Sighting],
    agreement: Agreement,
    weigher: Weigher,
) -> tuple[Finding, ...]:
    """The event, violation and attribution findings of one incident under one term (or rival reading).

    ``touchings`` are those of the incident's members (others are passed over); ``coverage`` every coverage
    observation that may overlap the incident (what surely does not is passed over).
    """
    raise NotImplementedError

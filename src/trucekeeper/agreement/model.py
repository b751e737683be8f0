"""The agreement: verbatim clauses, the terms that make them checkable, and rival readings."""

from dataclasses import dataclass
from enum import Enum
from zoneinfo import ZoneInfo

from trucekeeper.agreement.expression import Expression
from trucekeeper.kernel.clock import Instant
from trucekeeper.parties.model import Guarantor, Party
from trucekeeper.places.zone import Line, Zone


class Modality(Enum):
    """Norm words: must, must not, may."""

    MUST = "MUST"
    SHANT = "SHANT"
    MAY = "MAY"


@dataclass(frozen=True, slots=True)
class Clause:
    """One article, verbatim, in each authentic language: ``texts`` holds (language, words)."""

    id: str
    title: str
    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Within:
    """A deadline: ``days`` counted from ``of`` (``in-force`` or a term's id).

    ``counting`` is ``after`` (the first day is the next calendar day) or ``of`` (the day itself is the first).
    """

    days: int
    of: str
    counting: str


@dataclass(frozen=True, slots=True)
class Standard:
    """Standard of proof, in parts per million of probability."""

    event_ppm: int
    attribution_ppm: int


@dataclass(frozen=True, slots=True)
class Escalation:
    """A severity that applies if ``condition`` surely holds."""

    condition: Expression
    to: str


@dataclass(frozen=True, slots=True)
class Term:
    """A clause made checkable. ``reading`` is "" for the main text, else the id of the rival reading.

    ``action`` is an act, or a class of acts that the agreement names. ``zones`` empty means everywhere.
    ``party`` is the bearer.
    """

    id: str
    clause: str
    party: str
    modality: Modality
    action: str
    when: Expression | None
    zones: tuple[str, ...]
    within: Within | None
    exemptions: tuple[str, ...]
    standard: Standard
    severity: str
    escalations: tuple[Escalation, ...]
    lest: str | None
    reading: str = ""
    read_by: str | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A term or reading that is not evaluated, and why: never to be counted as kept."""

    term: Term
    says: str


@dataclass(frozen=True, slots=True)
class Publication:
    """To whom each product goes; an audience not named here gets nothing."""

    daily_report: tuple[str, ...]
    findings: tuple[str, ...]
    portal: bool
    probabilities: tuple[str, ...]
    cut_off_min: int
    """Minutes after local midnight at which a report's day ends."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """How findings are made: hours for the right of reply, and how many of the panel must sign."""

    reply_hours: int
    panel_votes: int


@dataclass(frozen=True, slots=True)
class Deconfliction:
    """The rules of the deconfliction desk: section ``deconfliction`` of ``agreement.yaml``.

    ``cell_m`` is the agreed cell: whoever is not told of a notice learns no place more exactly than that. Pairs give
    a number for each kind of notice (site, movement, activity, hazard): ``notice_min`` how many minutes ahead it is
    to be announced (``emergency_min`` where lives depend on it), ``standoff_m`` what is kept free around it.
    ``acknowledge_min`` after a transmission the named alternate is told, ``alternate_min`` later the hotline is
    called. A site that was not confirmed for ``stale_days`` is stale. A notifier may hold ``commitments`` sealed
    sites at a time, each of at most ``commitment_cells`` cells. ``no_go`` names zones that are always checked.
    """

    cell_m: int
    notice_min: tuple[tuple[str, int], ...]
    emergency_min: int
    standoff_m: tuple[tuple[str, int], ...]
    acknowledge_min: int
    alternate_min: int
    stale_days: int
    commitments: int
    commitment_cells: int
    no_go: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything the agreement's folder says. ``terms`` holds main readings and rival ones alike.

    ``actions`` maps the agreement's classes of acts to acts. ``sectors`` names the zones that reports count by.
    ``sides`` says for a line which party is on its left and which on its right. ``base_rates`` gives prior
    probabilities in ppm per act, from outside the parties' conduct. ``digest`` is the SHA-256 of the folder's lock
    (and of what its user supplied).

    ``exemptions`` says which clause grants an exemption. ``lines_as_of`` dates the lines. ``not_evaluated`` holds
    what is left out of ``terms`` because nobody supplied its geometry. ``files`` is the lock:
    (path, SHA-256 in hex).
    """

    id: str
    title: str
    in_force: Instant
    timezone: ZoneInfo
    languages: tuple[str, ...]
    historical: bool
    parties: tuple[Party, ...]
    guarantors: tuple[Guarantor, ...]
    clauses: tuple[Clause, ...]
    terms: tuple[Term, ...]
    lines: tuple[Line, ...]
    sides: tuple[tuple[str, str, str], ...]
    zones: tuple[Zone, ...]
    sectors: tuple[str, ...]
    actions: tuple[tuple[str, tuple[str, ...]], ...]
    base_rates: tuple[tuple[str, int], ...]
    publication: Publication
    procedure: Procedure
    witness_quorum: str
    digest: str
    exemptions: tuple[tuple[str, str], ...] = ()
    lines_as_of: tuple[tuple[str, str], ...] = ()
    not_evaluated: tuple[LeftOut, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    deconfliction: Deconfliction | None = None

    def zone(self, zone_id: str) -> Zone:
        """The zone of that id (the loader has checked that every named zone exists)."""
        return next(zone for zone in self.zones if zone.id == zone_id)

    def acts_of(self, action: str) -> tuple[str, ...]:
        """The acts that an action of a term covers; an act covers itself."""
        return dict(self.actions).get(action, (action,))

    def in_force_terms(self) -> tuple[Term, ...]:
        """The terms of the main text, without rival readings."""
        return tuple(term for term in self.terms if not term.reading)

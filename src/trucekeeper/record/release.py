"""Who may see what: nothing goes out of a sealed record unless two people released it to that audience.

A ``release/v1`` names entries, rows and fields, one audience, the purpose and the basis. It is in force once another
holder's approval stands (see ``record.foureyes``), and not before its ``not_before``; time is the record's own, that
of admission. What was released stays released.

Denied by default: an audience sees the open kinds, and what a release in force names for it. ``paths`` None is the
whole entry, a list is the entry with only these of its fields that are told apart; a field that is *guarded* (the
place of weapons, of patrols and of cameras, as it would reach the other side) goes only where a release names it. An
entry or row whose guarded field cannot be left out goes only where a release names that field too.

Consent is looked up at the moment at which a release comes into force:

==========================  ==========================================================================
public, court               a recorded yes for that purpose, whoever the source is
a party, parties,           a recorded yes for the purpose "party"; or nothing recorded, if the source
guarantors                  is an institution (a patrol, a sensor, a party's office): it speaks for
                            itself by its mandate, while a person who said nothing has agreed to nothing.
                            Guarantors count as parties here: states with an interest, outside the office
court                       besides, a waiver of the mandating organisation that covers the observation
==========================  ==========================================================================

A recorded no is a no for all. A no that comes later stops later releases; it cannot fetch back what went.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Instant, format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.record import consent, disclosure, foureyes
from trucekeeper.record.consent import Consent, Purpose, Waiver
from trucekeeper.record.foureyes import Said
from trucekeeper.record.ref import Ref

KIND = "release/v1"

OPEN = frozenset({"keyset/v1", "agreement/v1", "cosigned/v1", "report/v1"})
"""The kinds that are open to all at once."""

DECIDED_BY = (KIND, foureyes.KIND, consent.CONSENT, consent.WAIVER)
"""The kinds that :func:`folded` reads."""

_PARTY = "party:"
_PURPOSES: Mapping[str, Purpose] = {
    "parties": Purpose.PARTY,
    "guarantors": Purpose.PARTY,
    "court": Purpose.COURT,
    "public": Purpose.PUBLIC,
}


@dataclass(frozen=True, slots=True)
class Item:
    """An entry or row; ``paths`` None is the whole of it, else only these fields of those told apart."""

    ref: Ref
    paths: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Release:
    """What a release says. ``audience`` is ``party:<id>``, parties, guarantors, court or public."""

    items: tuple[Item, ...]
    audience: str
    basis: str
    not_before: Instant

    @property
    def purpose(self) -> Purpose:
        """The purpose of consent that the audience falls under."""
        return purpose_of(self.audience)


@dataclass(frozen=True, slots=True)
class Asked:
    """An entry or row that somebody would see: what the rule must know of it.

    ``source`` is the source of an observation, else None; ``institution`` says that it is no person on their own.
    ``guarded`` are the paths that go to this audience only by name; ``apart`` those that can be left out.
    """

    ref: Ref
    kind: str
    source: str | None = None
    institution: bool = False
    guarded: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Permission:
    """The answer: ``paths`` None is a no, else the fields told apart that go along with the rest.

    ``reasons`` are the entries that decide it, release and approval side by side; ``says`` is one sentence.
    """

    paths: tuple[str, ...] | None
    reasons: tuple[int, ...]
    says: str

    def __bool__(self) -> bool:
        return self.paths is not None


@dataclass(frozen=True, slots=True)
class _Granted:
    release: Release
    entry: int
    approval: int
    words: tuple[Consent, ...]
    waivers: tuple[Waiver, ...]


@dataclass(frozen=True, slots=True)
class Releases:
    """The releases of a record that are in force at one moment."""

    _granted: tuple[_Granted, ...]
    _by_ref: dict[Ref, list[tuple[_Granted, Item]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_ref: dict[Ref, list[tuple[_Granted, Item]]] = {}
        for granted in self._granted:
            for item in granted.release.items:
                by_ref.setdefault(item.ref, []).append((granted, item))
        object.__setattr__(self, "_by_ref", by_ref)

    def permitted(self, asked: Asked, audience: str) -> Permission:
        """Whether, and how far, ``audience`` may see what is asked for."""
        purpose_of(audience)
        if asked.kind in OPEN:
            return Permission(asked.apart, (), "it is of a kind that is open to all")
        named = [
            (granted, item)
            for granted, item in self._by_ref.get(asked.ref, ())
            if reaches(granted.release.audience, audience)
        ]
        if not named:
            return Permission(None, (), f"no release in force names it for {audience}")
        agreed = [(granted, item) for granted, item in named if not _refusal(granted, asked)]
        if not agreed:
            granted, _ = named[-1]
            return Permission(None, (granted.entry, granted.approval), _refusal(granted, asked))
        return _extent(asked, agreed)

    def names_rows_of(self, index: int, audience: str) -> bool:
        """Whether a release in force names, for this audience, some row of the batch at ``index``."""
        return any(
            ref.entry == index and ref.row >= 0 and reaches(granted.release.audience, audience)
            for ref, found in self._by_ref.items()
            for granted, _ in found
        )


def purpose_of(audience: str) -> Purpose:
    """The purpose of consent that an audience falls under; BadInput for what is no audience."""
    if audience.startswith(_PARTY) and len(audience) > len(_PARTY):
        return Purpose.PARTY
    if audience not in _PURPOSES:
        msg = f"{audience[:60]!a} is no audience; name party:<id>, {', '.join(_PURPOSES)}"
        raise BadInput(msg)
    return _PURPOSES[audience]


def reaches(released_to: str, audience: str) -> bool:
    """Whether what is released to one audience is released to the other: the public is everybody."""
    return released_to in {audience, "public"} or (released_to == "parties" and audience.startswith(_PARTY))


def folded(entries: Iterable[Said], now: Instant) -> Releases:
    """The releases in force at ``now``, from entries of :data:`DECIDED_BY` in the order of the record."""
    lines = tuple(entries)
    words = [(one, said) for one in lines if one.kind == consent.CONSENT and (said := _consent(one))]
    waivers = [(one, let) for one in lines if one.kind == consent.WAIVER and (let := _waiver(one))]
    granted: list[_Granted] = []
    for one in foureyes.approved(lines):
        release = _release(one.proposal)
        if release is None or max(release.not_before, one.approval.at) > now:
            continue

        def before(other: Said, yes: Said = one.approval, release: Release = release) -> bool:
            # A release that waits comes into force by the clock, one that does not by its approval's place.
            if release.not_before > yes.at:
                return other.at <= release.not_before
            return other.index < yes.index

        granted.append(
            _Granted(
                release,
                one.proposal.index,
                one.approval.index,
                tuple(said for other, said in words if before(other)),
                tuple(let for other, let in waivers if before(other)),
            )
        )
    return Releases(tuple(granted))


def body(release: Release) -> dict[str, Json]:
    """The body of ``release/v1``."""
    return {
        "audience": release.audience,
        "basis": release.basis,
        "not_before": format_utc(release.not_before),
        "purpose": release.purpose.value,
        "refs": [
            {"paths": None if one.paths is None else [*one.paths], "ref": str(one.ref)}
            for one in release.items
        ],
    }


def read(value: Mapping[str, Json]) -> Release:
    """The release that a body of ``release/v1`` holds; BadInput names what is wrong in it."""
    fields = Fields(value, "a release").only("audience", "basis", "not_before", "purpose", "refs")
    items = tuple(_item(one) for one in fields.objects("refs"))
    if not items or len({one.ref for one in items}) != len(items):
        msg = "a release names nothing, or an entry or row twice; name each once"
        raise BadInput(msg)
    found = Release(
        items,
        fields.text("audience"),
        foureyes.words(fields, "basis"),
        parse_utc(fields.text("not_before")),
    )
    if fields.text("purpose") != found.purpose.value:
        msg = f"a release to {found.audience} is for the purpose {found.purpose.value}; say that"
        raise BadInput(msg)
    return found


def _item(fields: Fields) -> Item:
    fields.only("paths", "ref")
    paths = None if fields.is_null("paths") else fields.texts("paths")
    return Item(Ref.parse(fields.text("ref")), paths)


def _refusal(granted: _Granted, asked: Asked) -> str:
    """Why consent or a waiver bars this release of an observation; empty where nothing does."""
    release = granted.release
    said = consent.agreed(granted.words, asked.ref, asked.source, release.purpose)
    if said is False:
        return f"its source did not agree to the purpose {release.purpose.value}"
    if asked.source is None:
        return ""
    if said is None and (release.purpose is not Purpose.PARTY or not asked.institution):
        return f"no consent for the purpose {release.purpose.value} was recorded before the release"
    if release.purpose is Purpose.COURT and not consent.waived(granted.waivers, asked.ref):
        return "no waiver of the mandating organisation covered it before the release"
    return ""


def _extent(asked: Asked, agreed: list[tuple[_Granted, Item]]) -> Permission:
    """All that the releases together name; guarded fields only by name."""
    named = {path for _, item in agreed for path in item.paths or ()}
    whole = any(item.paths is None for _, item in agreed)
    reasons = tuple(number for granted, _ in agreed for number in (granted.entry, granted.approval))
    shut = {path for path in asked.guarded if not _named(path, named)}
    for path in sorted(shut):
        if not any(disclosure.within(path, other) for other in asked.apart):
            return Permission(None, reasons, f"it shows {path!r}, which no release names for this audience")
    paths = tuple(
        path
        for path in asked.apart
        if (whole or _named(path, named) or any(disclosure.within(one, path) for one in named))
        and not any(disclosure.within(one, path) or disclosure.within(path, one) for one in shut)
    )
    first = agreed[0][0]
    return Permission(paths, reasons, f"entry {first.entry} releases it, approved by entry {first.approval}")


def _named(path: str, named: Iterable[str]) -> bool:
    return any(disclosure.within(path, one) for one in named)


def _release(one: Said) -> Release | None:
    try:
        return read(one.body) if one.kind == KIND else None
    except BadInput:
        return None


def _consent(one: Said) -> Consent | None:
    try:
        return consent.read_consent(one.body)
    except BadInput:
        return None


def _waiver(one: Said) -> Waiver | None:
    try:
        return consent.read_waiver(one.body)
    except BadInput:
        return None

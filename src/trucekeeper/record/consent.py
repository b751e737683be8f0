"""What a source agreed to, what the mandating organisation allows, and what was sent elsewhere.

Consent is asked purpose by purpose and may be taken back; taking it back stops what comes, not what went. It is
about one observation, by its reference, or about all that a source says. What a narrower and a wider word say counts
together: it takes one yes, and no standing no. A waiver lets observations go to a court or another authority. A
referral says that an account was not taken, and to whom the person was sent: never what it held.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Instant, format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.record.foureyes import words
from trucekeeper.record.ref import Ref

CONSENT = "consent/v1"
WAIVER = "waiver/v1"
REFERRAL = "referral/v1"


class Purpose(Enum):
    """What consent is asked for: the mission's own work, a party or guarantor, the public, a court."""

    MISSION = "mission"
    PARTY = "party"
    PUBLIC = "public"
    COURT = "court"


class Referred(Enum):
    """What the office does not take, for others are there to keep it safe."""

    ACCOUNT = "survivor-account"
    MEDICAL = "medical-record"


@dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed about one observation or about a source; ``withdrawn`` takes all of it back."""

    about: Ref | str
    purposes: Mapping[Purpose, bool]
    withdrawn: bool = False

    def says(self, purpose: Purpose) -> bool | None:
        """Yes, no, or nothing on this purpose."""
        return False if self.withdrawn else self.purposes.get(purpose)


@dataclass(frozen=True, slots=True)
class Waiver:
    """What may go to a court or authority: these entries and rows, or (None) any; a later one may end it."""

    refs: tuple[Ref, ...] | None
    basis: str
    withdrawn: bool = False

    def covers(self, ref: Ref) -> bool:
        """Whether it speaks of this entry or row."""
        return self.refs is None or ref in self.refs or Ref(ref.entry) in self.refs


@dataclass(frozen=True, slots=True)
class Referral:
    """To which service somebody was sent, and when."""

    to: str
    at: Instant
    kind: Referred


def agreed(words: Iterable[Consent], ref: Ref, source: str | None, purpose: Purpose) -> bool | None:
    """What these words, in the order in which they were recorded, say of one observation: yes, no, or nothing.

    The newest word counts of those about the row, about the entry, and about the source; a no in any of the
    three is a no.
    """
    newest: dict[Ref | str, bool] = {}
    scopes: set[Ref | str] = {ref, Ref(ref.entry)} | (set() if source is None else {source})
    for one in words:
        said = one.says(purpose)
        if one.about in scopes and said is not None:
            newest[one.about] = said
    return all(newest.values()) if newest else None


def waived(waivers: Iterable[Waiver], ref: Ref) -> bool:
    """Whether the newest waiver that covers the entry or row allows it to go to a court or authority."""
    standing = False
    for one in waivers:
        if one.covers(ref):
            standing = not one.withdrawn
    return standing


def consent_body(consent: Consent) -> dict[str, Json]:
    """The body of ``consent/v1``."""
    about = consent.about
    named: dict[str, Json] = {"source": about} if isinstance(about, str) else {"ref": str(about)}
    return {
        "about": named,
        "purposes": {purpose.value: said for purpose, said in consent.purposes.items()},
        "withdrawn": consent.withdrawn,
    }


def read_consent(value: Mapping[str, Json]) -> Consent:
    """The consent that a body of ``consent/v1`` holds; BadInput names what is wrong in it."""
    fields = Fields(value, "a consent").only("about", "purposes", "withdrawn")
    named = fields.object("about")
    by_source = "source" in fields.mapping("about")
    named.only("source" if by_source else "ref")
    about = named.text("source") if by_source else Ref.parse(named.text("ref"))
    stated = fields.object("purposes")
    known = {purpose.value: purpose for purpose in Purpose}
    purposes: dict[Purpose, bool] = {}
    for name in fields.mapping("purposes"):
        if name not in known:
            msg = f"a consent: {name[:40]!a} is no purpose; name one of {', '.join(known)}"
            raise BadInput(msg)
        purposes[known[name]] = stated.truth(name)
    return Consent(about, purposes, fields.truth("withdrawn"))


def waiver_body(waiver: Waiver) -> dict[str, Json]:
    """The body of ``waiver/v1``."""
    refs: Json = None if waiver.refs is None else [str(ref) for ref in waiver.refs]
    return {"basis": waiver.basis, "refs": refs, "withdrawn": waiver.withdrawn}


def read_waiver(value: Mapping[str, Json]) -> Waiver:
    """The waiver that a body of ``waiver/v1`` holds; BadInput names what is wrong in it."""
    fields = Fields(value, "a waiver").only("basis", "refs", "withdrawn")
    refs = None if fields.is_null("refs") else tuple(Ref.parse(one) for one in fields.texts("refs"))
    return Waiver(refs, words(fields, "basis"), fields.truth("withdrawn"))


def referral_body(referral: Referral) -> dict[str, Json]:
    """The body of ``referral/v1``."""
    return {"at": format_utc(referral.at), "kind": referral.kind.value, "to": referral.to}


def read_referral(value: Mapping[str, Json]) -> Referral:
    """The referral that a body of ``referral/v1`` holds; nothing else may stand in it."""
    fields = Fields(value, "a referral").only("at", "kind", "to")
    known = {kind.value: kind for kind in Referred}
    named = fields.text("kind")
    if named not in known:
        msg = f"a referral: the kind {named[:40]!a} is not known; name one of {', '.join(known)}"
        raise BadInput(msg)
    to = fields.text("to")
    if not 0 < len(to.strip()) <= len(to) <= 200:
        msg = "a referral: the field 'to' is empty or long; give the name of the service, and nothing of the person"
        raise BadInput(msg)
    return Referral(to, parse_utc(fields.text("at")), known[named])

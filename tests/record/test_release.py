"""The rule of release: denied by default, two people, consent at the moment, guarded places by name alone."""

from collections.abc import Sequence

import pytest

from tests.record.kit import NOW
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.record import consent, erasure, foureyes, release
from trucekeeper.record.consent import Consent, Purpose, Referral, Referred, Waiver
from trucekeeper.record.erasure import Erasure
from trucekeeper.record.foureyes import Approval, Said
from trucekeeper.record.ref import Ref
from trucekeeper.record.release import Asked, Item, Permission, Release

HOUR = 3_600_000
SEEN = Ref(5)
PATROL = Asked(SEEN, "observation/v1", "patrol-1", institution=True, apart=("note", "source", "where"))
WITNESS = Asked(SEEN, "observation/v1", "witness-7", apart=("note", "source", "where"))
EVERYBODY = ("party:a", "party:b", "parties", "guarantors", "court", "public")


class Story:
    """Entries that are written down one after the other, an hour apart."""

    def __init__(self) -> None:
        self.lines: list[Said] = []

    def says(self, holder: str, kind: str, body: dict[str, Json], hours: int = 1) -> Said:
        last = self.lines[-1].at if self.lines else NOW
        index = 10 + len(self.lines)
        self.lines.append(Said(index, kind, holder, Instant(last + hours * HOUR), f"digest-{index}", body))
        return self.lines[-1]

    def releases(
        self,
        audience: str,
        paths: Sequence[str] | None = None,
        ref: Ref = SEEN,
        wait_h: int = 0,
        by: str = "ann",
    ) -> Said:
        last = self.lines[-1].at if self.lines else NOW
        items = (Item(ref, None if paths is None else tuple(paths)),)
        asked = Release(items, audience, "annex 2", Instant(last + wait_h * HOUR))
        return self.says(by, release.KIND, release.body(asked))

    def approves(self, proposal: Said, holder: str = "ben", **changes: Json) -> Said:
        body = foureyes.body(Approval(proposal.index, proposal.digest, "read and agreed"))
        return self.says(holder, foureyes.KIND, {**body, **changes})

    def agrees(self, about: Ref | str, *, withdrawn: bool = False, **purposes: bool) -> Said:
        said = Consent(about, {Purpose(name): yes for name, yes in purposes.items()}, withdrawn)
        return self.says("ann", consent.CONSENT, consent.consent_body(said))

    def waives(self, refs: tuple[Ref, ...] | None = None, *, withdrawn: bool = False) -> Said:
        return self.says("org", consent.WAIVER, consent.waiver_body(Waiver(refs, "request 4", withdrawn)))

    def permits(self, asked: Asked, audience: str, hours: int = 0) -> Permission:
        last = self.lines[-1].at if self.lines else NOW
        return release.folded(self.lines, Instant(last + hours * HOUR)).permitted(asked, audience)


def _released(audience: str, paths: Sequence[str] | None = None) -> Story:
    story = Story()
    story.approves(story.releases(audience, paths))
    return story


def test_nobody_sees_what_nobody_released() -> None:
    for audience in EVERYBODY:
        answer = Story().permits(PATROL, audience)
        assert not answer
        assert answer.says == f"no release in force names it for {audience}"


@pytest.mark.parametrize("kind", sorted(release.OPEN))
def test_open_kinds_are_open_to_all(kind: str) -> None:
    for audience in EVERYBODY:
        assert Story().permits(Asked(Ref(0), kind), audience).paths == ()


def test_a_release_reaches_its_audience_and_no_other() -> None:
    story = _released("party:a")
    assert story.permits(PATROL, "party:a").paths == ("note", "source", "where")
    assert story.permits(PATROL, "party:a").reasons == (10, 11)
    assert not any(story.permits(PATROL, other) for other in EVERYBODY if other != "party:a")
    assert not story.permits(Asked(Ref(6), "observation/v1"), "party:a")
    assert not story.permits(Asked(Ref(5, 0), "observation/v1"), "party:a")


def test_a_release_to_the_parties_covers_each_of_them() -> None:
    story = _released("parties")
    assert [audience for audience in EVERYBODY if story.permits(PATROL, audience)] == [
        "party:a", "party:b", "parties",
    ]  # fmt: skip


def test_what_the_public_may_see_everybody_may() -> None:
    story = Story()
    story.agrees("patrol-1", public=True)
    story.approves(story.releases("public"))
    assert all(story.permits(PATROL, audience) for audience in EVERYBODY)


def test_a_release_without_a_second_person_is_none() -> None:
    story = Story()
    proposal = story.releases("party:a", by="ann")
    assert not story.permits(PATROL, "party:a")
    story.approves(proposal, "ann")
    assert not story.permits(PATROL, "party:a")
    story.approves(proposal, digest="another")
    story.approves(proposal, entry="99")
    assert not story.permits(PATROL, "party:a")
    story.approves(proposal, "ben")
    assert story.permits(PATROL, "party:a").reasons == (10, 14)


def test_a_yes_before_the_proposal_is_none() -> None:
    story = Story()
    story.says("ben", foureyes.KIND, foureyes.body(Approval(11, "digest-11", "in advance")))
    story.releases("party:a")
    assert not story.permits(PATROL, "party:a")


def test_a_release_waits_for_its_time() -> None:
    story = Story()
    story.approves(story.releases("party:a", wait_h=72))
    assert not story.permits(PATROL, "party:a")
    assert not story.permits(PATROL, "party:a", hours=69)
    assert story.permits(PATROL, "party:a", hours=70)


def test_only_named_fields_go_along() -> None:
    assert _released("party:a", []).permits(PATROL, "party:a").paths == ()
    assert _released("party:a", ["note"]).permits(PATROL, "party:a").paths == ("note",)
    nested = Asked(SEEN, "x", apart=("where", "where.lat_u", "where.lon_u"))
    assert _released("party:a", ["where.lat_u"]).permits(nested, "party:a").paths == ("where", "where.lat_u")
    assert _released("party:a", ["where"]).permits(nested, "party:a").paths == nested.apart


def test_a_guarded_place_goes_only_by_name() -> None:
    camera = Asked(
        SEEN,
        "observation/v1",
        "camera-2",
        institution=True,
        guarded=("where",),
        apart=("note", "source", "where"),
    )
    assert _released("party:b").permits(camera, "party:b").paths == ("note", "source")
    assert _released("party:b", ["where"]).permits(camera, "party:b").paths == ("where",)
    story = _released("party:b")
    story.approves(story.releases("party:b", ["where"]))
    assert story.permits(camera, "party:b").paths == camera.apart


def test_a_guarded_place_that_cannot_be_left_out_keeps_the_whole_back() -> None:
    row = Asked(Ref(5), "observation/v1", "camera-2", institution=True, guarded=("where",))
    assert not _released("party:b").permits(row, "party:b")
    assert "'where'" in _released("party:b").permits(row, "party:b").says
    assert _released("party:b", ["where"]).permits(row, "party:b").paths == ()


@pytest.mark.parametrize("audience", ["party:a", "parties", "guarantors"])
def test_a_person_who_said_nothing_has_agreed_to_nothing(audience: str) -> None:
    story = _released(audience)
    assert not story.permits(WITNESS, audience)
    assert story.permits(PATROL, audience)
    assert story.permits(WITNESS, audience).reasons == (10, 11)


@pytest.mark.parametrize("about", [SEEN, "witness-7"])
def test_a_recorded_yes_lets_a_release_through(about: Ref | str) -> None:
    story = Story()
    story.agrees(about, party=True, public=False)
    story.approves(story.releases("party:a"))
    story.approves(story.releases("public"))
    assert story.permits(WITNESS, "party:a")
    assert not story.permits(WITNESS, "public")
    assert not story.permits(WITNESS, "guarantors")


def test_a_yes_that_comes_after_the_release_is_too_late_for_it() -> None:
    story = _released("party:a")
    story.agrees(SEEN, party=True)
    assert not story.permits(WITNESS, "party:a")
    story.approves(story.releases("party:a"))
    assert story.permits(WITNESS, "party:a")


def test_a_withdrawal_stops_later_releases_and_not_past_ones() -> None:
    story = Story()
    story.agrees("witness-7", party=True)
    story.approves(story.releases("party:a"))
    story.agrees("witness-7", withdrawn=True)
    story.approves(story.releases("party:b"))
    assert story.permits(WITNESS, "party:a")
    assert not story.permits(WITNESS, "party:b")


def test_a_withdrawal_stops_a_release_that_still_waits() -> None:
    story = Story()
    story.agrees("witness-7", party=True)
    story.approves(story.releases("party:a", wait_h=72))
    story.agrees("witness-7", withdrawn=True)
    assert not story.permits(WITNESS, "party:a", hours=100)


def test_a_no_anywhere_is_a_no() -> None:
    story = Story()
    story.agrees("patrol-1", party=True)
    story.agrees(SEEN, party=False)
    story.approves(story.releases("party:a"))
    assert not story.permits(PATROL, "party:a")
    row = Asked(Ref(5, 3), "observation/v1", "patrol-1", institution=True)
    story.approves(story.releases("party:a", ref=Ref(5, 3)))
    assert not story.permits(row, "party:a")


@pytest.mark.parametrize("audience", ["court", "public"])
def test_court_and_public_need_a_yes_of_institutions_too(audience: str) -> None:
    story = _released(audience)
    assert not story.permits(PATROL, audience)


def test_a_court_needs_the_waiver_of_the_mandating_organisation() -> None:
    story = Story()
    story.agrees("patrol-1", court=True)
    story.approves(story.releases("court"))
    assert "waiver" in story.permits(PATROL, "court").says
    story.waives((Ref(6),))
    story.approves(story.releases("court"))
    assert not story.permits(PATROL, "court")
    story.waives((SEEN,))
    story.approves(story.releases("court"))
    assert story.permits(PATROL, "court")


def test_a_waiver_that_was_ended_covers_nothing_more() -> None:
    story = Story()
    story.agrees("patrol-1", court=True)
    story.waives()
    story.waives((SEEN,), withdrawn=True)
    story.approves(story.releases("court"))
    assert not story.permits(PATROL, "court")


def test_what_cannot_be_read_decides_nothing() -> None:
    story = Story()
    story.says("ann", consent.CONSENT, {"about": 1})
    story.says("org", consent.WAIVER, {})
    story.approves(story.says("ann", release.KIND, {"refs": []}))
    story.says("ben", foureyes.KIND, {})
    assert not story.permits(PATROL, "party:a")


@pytest.mark.parametrize("audience", ["", "party:", "both", "Public", "party"])
def test_what_is_no_audience_is_refused(audience: str) -> None:
    with pytest.raises(BadInput, match="no audience"):
        release.purpose_of(audience)
    with pytest.raises(BadInput, match="no audience"):
        Story().permits(PATROL, audience)


def test_bodies_read_back_and_their_form_is_strict() -> None:
    made = Release((Item(Ref(1), None), Item(Ref(2, 3), ("where",))), "court", "art. 4", NOW)
    assert release.read(release.body(made)) == made
    for change in ({"refs": []}, {"purpose": "public"}, {"audience": "x"}, {"basis": " "}, {"more": 1}):
        with pytest.raises(BadInput):
            release.read({**release.body(made), **change})
    twice = release.body(Release((Item(Ref(1), None), Item(Ref(1), ())), "court", "art. 4", NOW))
    with pytest.raises(BadInput, match="twice"):
        release.read(twice)
    gone = Erasure(Ref(4), "where", "request", "data commissioner", "monitor-1")
    assert erasure.read(erasure.body(gone)) == gone
    with pytest.raises(BadInput, match="row"):
        erasure.read(erasure.body(Erasure(Ref(4, 1), "where", "request", "commissioner", "monitor-1")))
    for said in (Consent("w-1", {Purpose.COURT: True}), Consent(Ref(4), {}, withdrawn=True)):
        assert consent.read_consent(consent.consent_body(said)) == said
    for let in (Waiver(None, "request"), Waiver((Ref(4, 1),), "request", withdrawn=True)):
        assert consent.read_waiver(consent.waiver_body(let)) == let
    with pytest.raises(BadInput, match="no purpose"):
        consent.read_consent({"about": {"ref": "1"}, "purposes": {"gossip": True}, "withdrawn": False})
    sent = Referral("clinic of the lake", NOW, Referred.MEDICAL)
    assert consent.read_referral(consent.referral_body(sent)) == sent
    for change in ({"to": ""}, {"kind": "gossip"}, {"account": "she said"}):
        with pytest.raises(BadInput):
            consent.read_referral({**consent.referral_body(sent), **change})
    with pytest.raises(BadInput, match="row"):
        foureyes.read({"digest": "d", "entry": "4.1", "words": "yes"})


def test_an_erasure_is_in_force_by_a_second_holder_alone() -> None:
    story = Story()
    body = erasure.body(Erasure(Ref(4), None, "request", "data commissioner", "monitor-1"))
    proposal = story.says("ann", erasure.KIND, body)
    story.approves(proposal, "ann")
    assert erasure.erased(story.lines) == ()
    story.approves(proposal, "ben")
    story.approves(proposal, "cay")
    (found,) = erasure.erased(story.lines)
    assert (found.erasure.ref, found.entry, found.approval) == (Ref(4), 10, 12)
    story.approves(story.releases("party:a"))
    assert len(erasure.erased(story.lines)) == 1

"""Where witnesses cosign the record, a reply's clock runs out by their time alone, as replayed from the entries."""

from dataclasses import replace

from tests.office_kit import HOUR_MS, Kit, key_of, seen
from trucekeeper.findings import wire
from trucekeeper.findings.model import Ballot, Case
from trucekeeper.kernel import note
from trucekeeper.kernel.clock import Instant
from trucekeeper.record import cosignature
from trucekeeper.record.keyset import KeySets
from trucekeeper.record.ref import Ref
from trucekeeper.record.replay import COSIGNED
from trucekeeper.stores.casebook import SqlCasebook
from trucekeeper.stores.proceedings import Proceedings

WITNESSES = ("w1", "w2")


def witnessed(kit: Kit) -> SqlCasebook:
    """The casebook as it would be if two witnesses made the quorum."""
    named = "".join(
        f"witness {name} {note.Verifier(name, key_of(name).public, note.COSIGNATURE).vkey}\n"
        for name in WITNESSES
    )
    policy = f"log {kit.office.record.vkey}\n{named}group both all w1 w2\nquorum both\n"
    keys = KeySets.begun(replace(kit.office.record.keyset(), policy=policy))
    return SqlCasebook(kit.office.casebook.engine, Proceedings(kit.office.agreement.procedure, lambda: keys))


def log_checkpoint(kit: Kit, at: Instant, names: tuple[str, ...] = WITNESSES) -> None:
    """Let these witnesses cosign the record as it stands, by their own clocks, and record that."""
    signed = kit.office.record.integrate()
    text = note.parse(signed).text
    lines = "".join(cosignature.cosign(key_of(name), name, text, at // 1000) for name in names)
    kit.office.inquiry.pen.write(kit.office.signer, COSIGNED, {"checkpoint": signed.decode() + lines})


def invited(kit: Kit) -> Case:
    """A case whose sides were asked and said nothing for the hours they had, by the office's clock."""
    refs = kit.observe("ada", seen("1"), seen("2", source="camera-lake"))
    kit.office.triage.open(refs, key_of("ben"))
    finding = Ref(kit.office.inquiry.draft("INC-2026-000001", kit.office.signer).index)
    kit.office.inquiry.invite_all(finding, kit.office.signer)
    kit.clock.at = Instant(kit.clock.at + kit.office.agreement.procedure.reply_hours * HOUR_MS)
    return kit.office.casebook.case(finding)


def vote(kit: Kit, case: Case, person: str) -> None:
    ballot = Ballot(case.ref, case.digest, True, "I have read the entries.")
    kit.office.record.append([kit.sealed(person, wire.VOTE, wire.vote_body(ballot))])


def test_without_a_policy_the_office_is_taken_at_its_word(kit: Kit) -> None:
    case = invited(kit)
    vote(kit, case, "cleo")
    assert [one.void for one in kit.office.casebook.case(case.ref).votes] == [None]


def test_a_clock_runs_out_only_when_witnesses_say_so(kit: Kit) -> None:
    case, book = invited(kit), witnessed(kit)
    due = case.reply_due
    assert due is not None
    vote(kit, case, "cleo")
    log_checkpoint(kit, Instant(due - 1000))
    log_checkpoint(kit, Instant(due + 1000), ("w1",))
    vote(kit, case, "dag")
    early = book.case(case.ref)
    assert early.state == "awaiting-reply"
    assert [one.void is None for one in early.votes] == [False, False]
    log_checkpoint(kit, due)
    vote(kit, case, "eve")
    late = book.case(case.ref)
    assert [one.void is None for one in late.votes] == [False, False, True]
    assert late.state == "with-panel"


def test_a_clock_that_has_run_out_stays_so(kit: Kit) -> None:
    case, book = invited(kit), witnessed(kit)
    due = case.reply_due
    assert due is not None
    log_checkpoint(kit, due)
    log_checkpoint(kit, Instant(due - HOUR_MS))
    vote(kit, case, "cleo")
    assert [one.void for one in book.case(case.ref).votes] == [None]


def test_a_vote_is_tried_by_the_same_clock(kit: Kit) -> None:
    case, book = invited(kit), witnessed(kit)
    due = case.reply_due
    assert due is not None
    ballot = Ballot(case.ref, case.digest, True, "")
    asked = (ballot, "cleo", "key", Instant(due + HOUR_MS))
    assert "clock had run out" in (book.tried(*asked).void or "")
    log_checkpoint(kit, due)
    assert book.tried(*asked).void is None

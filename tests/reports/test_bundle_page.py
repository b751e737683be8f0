"""A page from a verified bundle: all of its parts, the same bytes each time, and nothing that runs."""

import io
import json
import os
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.record.kit import (
    LOG,
    NOW,
    ORIGIN,
    VKEY,
    _sealed_keys,
    keyset_of,
    repeatable,
    sealed,
    signer,
)
from tests.witnessing import vkey
from trucekeeper.findings import wire
from trucekeeper.findings.model import Ballot, Draft, Finding, Position, Question, Reason, Reply
from trucekeeper.kernel import canon, note
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.truth import Truth
from trucekeeper.record import bundle
from trucekeeper.record.cosignature import cosign
from trucekeeper.record.entry import opened, seal
from trucekeeper.record.ref import Ref
from trucekeeper.reports.bundle_page import LISTED, as_html, as_pdf, page
from trucekeeper.stores.sql_record import SqlRecord
from trucekeeper.verifier.verify import verify_bundle

GOLDEN = Path(__file__).parent.parent / "golden" / "reports" / "bundle.json"
POLICY = (
    f"log {VKEY}\n"
    + "".join(f"witness {name} {vkey(name)}\n" for name in ("g1", "g2", "g3", "party-a"))
    + "group guarantors 2 g1 g2 g3\nquorum guarantors\n"
)
HOSTILE = "<script>alert(1)</script> #panic() \u202e ]"


def _draft(upto: int) -> Draft:
    reasons = (
        Reason("event.affirmed", Truth.YES, (Ref(2),), "1 observation affirms it"),
        Reason(
            "event.threshold", Truth.YES, (Ref(2),), "the probability reaches the standard of 80.0 per cent"
        ),
    )
    common = ("INC-2026-000001", "t1", "")
    event = Finding(*common, Question.EVENT, Truth.YES, "established", None, 997_710, None, reasons)
    breach = Finding(*common, Question.VIOLATION, Truth.UNKNOWN, "unverifiable", "party-b", None, "S2", ())
    return Draft("INC-2026-000001", "ab" * 32, upto, (Ref(2),), "graded/v1", (event, breach))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A cosigned bundle: key set, agreement, an observation with two fields apart, a finding, a reply, two votes."""
    folder = tmp_path_factory.mktemp("page")
    first = _sealed_keys(keyset_of(policy=POLICY), 0)
    with SqlRecord.create(folder / "office", LOG, first, SetClock(NOW), repeatable()) as record:
        text: dict[str, Json] = {"id": "lake", "title": "Lake Agreement", "digest": "ab" * 32}
        body: dict[str, Json] = {
            "act": "explosion", "kind": "report", "note": HOSTILE, "source": "patrol-1",
            "where": {"lat_u": -20_820_803, "lon_u": 19_369_332, "radius_m": 1_500},
        }  # fmt: skip
        seen = seal(
            signer("monitor-1"), "observation/v1", ORIGIN, "1" * 32, NOW, body,
            apart=("source", "where"), draw=repeatable(),
        )  # fmt: skip
        record.append([sealed("office", "agreement/v1", text, number=1), seen])
        finding = sealed("office", wire.FINDING, wire.finding_body(_draft(3)), number=3)
        record.append([finding])
        reply = Reply(Ref(3), "party-b", Position.DISPUTES, "We were not there.")
        yes = Ballot(Ref(3), opened(finding).digest, approves=True, says="The reasons hold.")
        no = Ballot(Ref(3), opened(finding).digest, approves=False, says=HOSTILE)
        record.append([
            sealed("liaison-b", wire.REPLY, wire.reply_body(reply), number=4),
            sealed("panel-1", wire.VOTE, wire.vote_body(yes), number=5),
            sealed("panel-1", wire.VOTE, wire.vote_body(no), number=6),
        ])  # fmt: skip
        signed = record.integrate()
        stated = note.parse(signed).text
        names = ("g1", "g3", "party-a")
        lines = [cosign(signer(name), name, stated, NOW // 1000 + at) for at, name in enumerate(names)]
        record.publish(note.with_lines(signed, lines))
        refs = [Ref(number) for number in range(2, 7)]
        return bundle.collect(record, refs, "INC-2026-000001", shown=lambda one: tuple(one.disclosures[:1]))


@pytest.fixture(scope="module")
def view(made: bytes) -> dict[str, Json]:
    return page(verify_bundle(made, VKEY, POLICY), made)


def test_the_page_is_the_golden_one(view: dict[str, Json]) -> None:
    found = json.dumps(view, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("TRUCE_GOLDEN") == "1":
        GOLDEN.write_text(found, "utf-8")
    assert found == GOLDEN.read_text("utf-8")


def test_quorum_and_those_beyond_it_stand_apart(view: dict[str, Json]) -> None:
    assert view["attested"] == [
        {"tier": "The office", "who": "signed it with the log's key"},
        {
            "tier": "Witnesses of the quorum",
            "who": "g1, 1 March 2026, 12:00:00 UTC; g3, 1 March 2026, 12:00:01 UTC",
        },
        {"tier": "Witnesses beyond the quorum", "who": "party-a, 1 March 2026, 12:00:02 UTC"},
    ]


def _words(view: dict[str, Json]) -> str:
    return " ".join(one.extract_text() for one in PdfReader(io.BytesIO(as_pdf(view))).pages)


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_both_forms_tell_the_finding_the_dissent_and_what_is_withheld(
    view: dict[str, Json], form: str
) -> None:
    told = as_html(view).decode() if form == "html" else _words(view)
    told = " ".join(told.split())
    for words in (
        "INC-2026-000001", "Lake Agreement", "Established.", "Unverifiable (party-b).", "Probability 99.7 %",
        "reaches the standard of 80.0 per cent", "We were not there.", "dissents", "The reasons hold.",
        "liaison-b (liaison of party-b)", "1 field", "What was not checked", "How to repeat the check",
        "Checkpoint", "Withheld", "party-a, 1 March 2026",
    ):  # fmt: skip
        assert words in told, words


def test_a_withheld_field_is_nowhere_and_a_disclosed_one_is_in_its_unit(view: dict[str, Json]) -> None:
    (seen,) = [one for one in view["entries"] if one["number"] == "2"]
    fields = {one["name"]: one["says"] for one in seen["fields"]}
    assert seen["withheld"] == "1"
    if seen["disclosed"] == "where":
        assert fields["where.lat_u"] == "-20.820803 degrees"
        assert fields["where.radius_m"] == "1,500 m"
        assert "patrol-1" not in as_html(view).decode()
    else:
        assert seen["disclosed"] == "source"
        assert "degrees" not in as_html(view).decode()


def test_words_from_outside_run_nowhere(view: dict[str, Json]) -> None:
    told = as_html(view).decode()
    assert "<script" not in told
    assert "\u202e" not in told
    assert "&lt;script&gt;alert(1)&lt;/script&gt; #panic()" in told
    assert "#panic()" in _words(view)


def test_the_same_bundle_gives_the_same_bytes(view: dict[str, Json], made: bytes) -> None:
    again = page(verify_bundle(made, VKEY, POLICY), made)
    assert as_html(again) == as_html(view)
    assert as_pdf(again) == as_pdf(view)


def test_what_was_not_checked_is_said(made: bytes, view: dict[str, Json]) -> None:
    assert "older one" in " ".join(view["unchecked"])
    assert "policy was taken from the bundle" not in " ".join(view["unchecked"])
    bare = page(verify_bundle(made, VKEY), made)
    assert "policy was taken from the bundle" in " ".join(bare["unchecked"])


def test_a_long_entry_is_cut_and_says_so(tmp_path: Path) -> None:
    with SqlRecord.create(
        tmp_path / "o", LOG, _sealed_keys(keyset_of(), 0), SetClock(NOW), repeatable()
    ) as record:
        body: dict[str, Json] = {
            "kind": "report",
            **{f"f{number:02d}": number for number in range(LISTED + 9)},
        }
        record.append([sealed(body=body, number=1)])
        data = bundle.collect(record, [Ref(1)], "much")
    long = page(verify_bundle(data, VKEY), data)
    assert long["entries"][1]["more"] == "10"
    assert "and 10 more in the bundle" in as_html(long).decode()
    assert "none is recorded yet" in as_html(long).decode()
    assert canon.encode(long)

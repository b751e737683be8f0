"""A whole case by command: keys of one's own, an office, an observation, a decision, and a bundle for a party."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.office_kit import LAKESIDE, START, seen
from tests.truce import Done, sentence, truce
from trucekeeper.findings import wire as findings_wire
from trucekeeper.findings.model import Ballot, Position, Reply
from trucekeeper.kernel.clock import Instant, SystemClock, format_utc
from trucekeeper.observations import wire
from trucekeeper.record.ref import Ref

ORIGIN = "office.example/case"
INCIDENT = "INC-2026-000001"
PEOPLE = {
    "ada": "monitor", "late": "monitor", "cleo": "panel", "dag": "panel",
    "liaison-a": "liaison", "liaison-b": "liaison",
}  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """An office made by command, and the people around it with keys of their own."""

    root: Path

    @property
    def office(self) -> Path:
        return self.root / "office"

    def __call__(self, *words: object) -> Done:
        return truce(*words, "--office", self.office)

    def done(self, *words: object) -> str:
        done = self(*words)
        assert (done.code, done.err) == (0, ""), done
        return done.out

    def signed(self, person: str, kind: str, body: dict, name: str) -> Path:
        source, out = self.root / f"{name}.json", self.root / f"{name}.signed"
        source.write_text(json.dumps(body, indent=4), encoding="utf-8")
        done = truce("sign", kind, source, out, "--key", self.root / f"{person}.pem", "--origin", ORIGIN)
        assert done.code == 0, done.err
        return out

    def size(self) -> int:
        return self("status", "--json").json["size"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    holders = []
    for person, role in PEOPLE.items():
        public = truce("keys", "new", tmp_path / f"{person}.pem", "--json").json["public"]
        party = f'party = "party-{person[-1]}"\n' if role == "liaison" else ""
        until = f'until = "{format_utc(Instant(START + 60_000))}"\n' if person == "late" else ""
        holders.append(
            f'[[holder]]\nid = "{person}"\nrole = "{role}"\n{party}public = "{public}"\n'
            f'from = "{format_utc(START)}"\n{until}'
        )
    file = tmp_path / "holders.toml"
    file.write_text("\n".join(holders), encoding="utf-8")
    done = truce("init", tmp_path / "office", "--agreement", LAKESIDE, "--holders", file, "--origin", ORIGIN)
    assert (done.code, done.err) == (0, "")
    desk = Desk(tmp_path)
    for source, interest in (("patrol-lake", None), ("liaison-a", "party-a"), ("liaison-b", "party-b")):
        more = ("--interest", interest) if interest else ()
        desk.done(
            "source",
            "add",
            source,
            "--medium",
            "liaison" if interest else "patrol",
            "--reliability",
            "A",
            *more,
        )
    return desk


def test_a_case_goes_its_whole_way_by_command(desk: Desk) -> None:
    desk.done("receive", desk.signed("ada", wire.KIND, wire.body(seen("1")), "one"))
    assert "suggested" in desk.done("triage")
    assert "1 acts done" in desk.done("triage", "--accept")
    assert INCIDENT in desk.done("incident", INCIDENT)
    drafted = desk.done("draft", INCIDENT)
    number, digest = drafted.split("entry ")[1].split(",")[0], drafted.split("digest ")[1].split(";")[0]

    def vote(person: str, name: str, says: str = "The reasons hold.") -> Path:
        ballot = Ballot(Ref(int(number)), digest, approves=True, says=says)
        return desk.signed(person, findings_wire.VOTE, findings_wire.vote_body(ballot), name)

    early = desk("receive", vote("cleo", "early"))
    assert early.code == 4
    assert "would not count" in sentence(early)
    for party in ("a", "b"):
        reply = findings_wire.reply_body(Reply(Ref(int(number)), f"party-{party}", Position.DISPUTES, "No."))
        desk.done("receive", desk.signed(f"liaison-{party}", findings_wire.REPLY, reply, f"reply-{party}"))
    desk.done("receive", vote("cleo", "vote-1"))
    twice = desk("receive", vote("cleo", "vote-again", "Again."))
    assert twice.code == 4
    sentence(twice)
    desk.done("receive", vote("dag", "vote-2"))
    (case,) = desk("incident", INCIDENT, "--json").json["cases"]
    assert (case["entry"], case["state"], case["digest"]) == (number, "decided", digest)

    desk.done("record", "integrate")
    desk.done("bundle", INCIDENT)
    bundle, key = desk.office / "bundles" / f"{INCIDENT}.bundle", desk.office / "log" / "log.vkey"
    checked = truce("verify", bundle, "--key", key)
    assert checked.out.splitlines()[-1].startswith(f"Authentic: {INCIDENT}")
    assert truce("rebuild", "--office", desk.office, "--json").json["identical"] is True
    desk.done("record", "check")


def test_a_party_that_kept_a_checkpoint_sees_that_the_record_only_grew(desk: Desk) -> None:
    desk.done("record", "integrate")
    kept = desk.root / "kept"
    kept.write_text(desk.done("record", "checkpoint"), encoding="utf-8")
    old = desk.size()
    desk.done("receive", desk.signed("ada", wire.KIND, wire.body(seen("1")), "one"))
    desk.done("triage", "--accept")
    desk.done("record", "integrate")
    proof = desk.root / "proof"
    proof.write_text(desk.done("record", "since", old), encoding="utf-8")
    desk.done("bundle", INCIDENT)
    bundle, key = desk.office / "bundles" / f"{INCIDENT}.bundle", desk.office / "log" / "log.vkey"
    good = truce("verify", bundle, "--key", key, "--older", kept, "--proof", proof)
    assert good.code == 0, good.err
    wrong = desk.root / "wrong"
    wrong.write_text("\n".join(reversed(proof.read_text().splitlines())) + "\nAAAA\n", encoding="utf-8")
    bad = truce("verify", bundle, "--key", key, "--older", kept, "--proof", wrong)
    assert bad.code in {2, 3}
    sentence(bad)


def test_merging_and_splitting_leave_every_observation_somewhere(desk: Desk) -> None:
    hour = 3_600_000
    far = seen("far", Instant(START + 9 * hour))
    one = desk.signed("ada", wire.KIND, wire.body(seen("1")), "one")
    other = desk.signed("ada", wire.KIND, wire.body(far), "other")
    desk.done("receive", one, other)
    desk.done("triage", "--accept")
    second = "INC-2026-000002"
    desk.done("merge", INCIDENT, second, "--says", "One barrage.")
    members = desk("incident", INCIDENT, "--json").json["members"]
    assert len(members) == 2
    gone = desk("incident", second)
    assert gone.code in {0, 5, 6}
    desk.done("split", INCIDENT, members[1], "--says", "Two after all.")
    assert desk("incident", INCIDENT, "--json").json["members"] == [members[0]]


REFUSED = {
    "an expired mandate": ("late", wire.body(seen("1")), 3),
    "a role that may not": ("cleo", wire.body(seen("1")), 4),
    "the other side's source": ("liaison-a", wire.body(seen("1", source="liaison-b")), 4),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_may_not_be_signed_is_refused_without_a_trace(desk: Desk, what: str) -> None:
    person, body, code = REFUSED[what]
    size = desk.size()
    done = desk("receive", desk.signed(person, wire.KIND, body, "one"))
    sentence(done)
    assert done.code == code
    assert desk.size() == size


def test_a_wrong_signature_and_a_stranger_are_refused(desk: Desk) -> None:
    truce("keys", "new", desk.root / "stranger.pem")
    size = desk.size()
    stranger = desk("receive", desk.signed("stranger", wire.KIND, wire.body(seen("1")), "strange"))
    assert stranger.code == 3
    sentence(stranger)
    path = desk.signed("ada", wire.KIND, wire.body(seen("1")), "one")
    path.write_bytes(path.read_bytes().replace(b'"sig":"', b'"sig":"AAAA', 1))
    broken = desk("receive", path)
    assert broken.code in {2, 3}
    sentence(broken)
    assert desk.size() == size


def test_of_many_signed_lines_all_are_recorded_or_none(desk: Desk) -> None:
    lines = [
        desk.signed("ada", wire.KIND, wire.body(seen(uid)), uid).read_bytes() for uid in ("a", "b", "a2")
    ]
    good, bad = desk.root / "good.jsonl", desk.root / "bad.jsonl"
    bad.write_bytes(b"\n".join([lines[0], lines[1], lines[2][:-9]]))
    size = desk.size()
    assert desk("receive", bad).code == 2
    assert desk.size() == size
    good.write_bytes(b"\n".join(lines) + b"\n")
    assert len(desk("receive", good, "--json").json) == 3
    again = desk("receive", good)
    assert again.code == 6
    sentence(again)
    assert desk.size() == size + 3


WRONG_HOLDERS = {
    "a party that the agreement does not know": ('role = "liaison"\nparty = "party-z"', "no party of"),
    "a role that nobody knows": ('role = "king"', "does not exist"),
    "a date that is none": ('role = "monitor"\nfrom = "2026-02-29T00:00:00.000Z"', "holders, x, from: "),
    "a time without a zone": ('role = "monitor"\nfrom = "2026-03-01T00:00:00.000"', "holders, x, from: "),
    "the year nought": ('role = "monitor"\nfrom = "0000-03-01T00:00:00.000Z"', "holders, x, from: "),
    "a key cut short": ('role = "monitor"\npublic = "AAAA"', "public"),
}


@pytest.mark.parametrize("what", WRONG_HOLDERS)
def test_a_wrong_holder_makes_no_office(tmp_path: Path, what: str) -> None:
    given, says = WRONG_HOLDERS[what]
    public = truce("keys", "new", tmp_path / "k.pem", "--json").json["public"]
    lines = {
        "id": 'id = "x"',
        "public": f'public = "{public}"',
        "from": f'from = "{format_utc(SystemClock().now())}"',
    }
    lines |= {line.split(" ")[0]: line for line in given.split("\n")}
    file = tmp_path / "holders.toml"
    file.write_text("[[holder]]\n" + "\n".join(lines.values()), encoding="utf-8")
    done = truce("init", tmp_path / "o", "--agreement", LAKESIDE, "--holders", file, "--origin", ORIGIN)
    assert says in sentence(done)
    assert done.code == 2
    assert not (tmp_path / "o").exists()

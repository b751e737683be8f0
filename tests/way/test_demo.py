"""The demo as a whole: one seed, one record; what was planted in it is not taken for truth."""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.demo_office import played
from tests.truce import Done, spawned, truce
from trucekeeper.drill.demo import play_demo
from trucekeeper.findings.model import Question
from trucekeeper.findings.standard import TESTS
from trucekeeper.kernel.errors import BadInput, TruceError
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind
from trucekeeper.office.verifying import authentic as verify_bundle
from trucekeeper.office.wiring import Office, open_office
from trucekeeper.weighing.evidence import Cause

LONG = 18
"""Days after which all that is planted has happened and been decided, but for the last visits."""


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether this is the full run."""
    return request.config.getoption("--hypothesis-profile") == "full"


@pytest.fixture(scope="session")
def months(tmp_path_factory: pytest.TempPathFactory, full: bool) -> Path:
    """The demo's office after most of its month, and after all of it in the full run."""
    base = tmp_path_factory.getbasetemp()
    return played(base.parent if base.name.startswith("popen-") else base, days=30 if full else LONG)


@pytest.fixture
def office(months: Path) -> Iterator[Office]:
    with open_office(months, readonly=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Done, Path, Path]:
    """The same demo in two processes that differ in all that must not matter."""
    one, other = tmp_path_factory.mktemp("one") / "office", tmp_path_factory.mktemp("other") / "an office"
    worlds = (
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "C"},
        {"PYTHONHASHSEED": "77", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "LANG": "tr_TR.UTF-8"},
    )
    with ThreadPoolExecutor(2) as threads:
        done = threads.map(
            lambda pair: spawned("demo", "--office", pair[0], "--days", "7", env=pair[1]),
            ((one, worlds[0]), (other, worlds[1])),
        )
        first, second = done
    return first, second, one, other


def test_without_a_terminal_the_demo_ends_by_saying_what_to_try(twins: tuple[Done, Done, Path, Path]) -> None:
    done, _, office, _ = twins
    assert (done.code, done.err) == (0, "")
    bundle = next((office / "bundles").iterdir())
    assert f"verify {office}/bundles/{bundle.name} --key {office}/log/log.vkey" in done.out
    assert f"{office}/reports/2026-03-07/daily.html" in done.out
    assert "identical" in done.out


def test_one_seed_gives_one_record_whatever_the_surroundings(twins: tuple[Done, Done, Path, Path]) -> None:
    _, _, one, other = twins
    for name in ("log/checkpoint", "log/log.vkey"):
        assert (one / name).read_bytes() == (other / name).read_bytes()
    reports = sorted(path.relative_to(one) for path in one.glob("reports/*/*"))
    assert len(reports) == 21
    assert list(one.glob("drill/field/*/*.xlsx"))
    for path in (*reports, *(path.relative_to(one) for path in one.glob("bundles/*"))):
        assert (one / path).read_bytes() == (other / path).read_bytes(), path


def test_another_seed_gives_another_record(months: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="play more of them"):
        play_demo(tmp_path / "o", seed=7, days=1, tell=lambda _day, _said: None)
    other, one = (root / "drill" / "field" / "day-01" / "signed.jsonl" for root in (tmp_path / "o", months))
    assert other.read_bytes() != one.read_bytes()
    assert (tmp_path / "o" / "log" / "log.vkey").read_bytes() != (months / "log" / "log.vkey").read_bytes()


def test_what_the_demo_says_to_try_works(twins: tuple[Done, Done, Path, Path]) -> None:
    done, _, office, _ = twins
    lines = [line.split() for line in done.out.splitlines()]
    tried = [words[1:] for words in lines if words and Path(words[0]).name == "truce"]
    assert {words[0] for words in tried} >= {"verify", "record", "rebuild"}
    for words in tried:
        assert truce(*words).code == 0, words
    assert (office / "log" / "log.vkey").exists()


def test_rebuilding_gives_the_same_tables(twins: tuple[Done, Done, Path, Path]) -> None:
    _, _, _, other = twins
    assert truce("rebuild", "--office", other, "--json").json["identical"] is True


@pytest.mark.timeout(900)
def test_no_byte_of_the_bundle_can_be_flipped(months: Path, full: bool) -> None:
    (path,) = (months / "bundles").iterdir()
    data, vkey = path.read_bytes(), (months / "log" / "log.vkey").read_text().strip()
    verify_bundle(data, vkey)
    step = 1 if full else max(1, len(data) // 2_500)
    taken = []
    for at in range(0, len(data), step):
        broken = bytearray(data)
        broken[at] ^= 1 << at % 8
        try:
            verify_bundle(bytes(broken), vkey)
        except TruceError:
            continue
        taken.append(at)
    assert taken == []
    assert len(range(0, len(data), step)) >= 2_000


def test_every_kind_of_observation_occurs(office: Office) -> None:
    assert {one.observation.kind for one in office.casebook.sightings()} == set(Kind)


def planted(office: Office, *uids: str) -> Iterator[tuple[Question, Truth, str | None]]:
    """Every answer on incidents that hold an observation whose uid begins so: question, answer, side."""
    homes = {
        one.id
        for one in office.casebook.incidents()
        if any(member.observation.uid.startswith(uids) for member in one.members)
    }
    for case in office.casebook.cases():
        if case.findings[0].incident in homes:
            yield from ((one.question, one.answer, one.party) for one in case.findings)


@pytest.mark.parametrize(
    ("what", "uids"), [("liar", ("lie-",)), ("rumour", ("copy-", "call-")), ("staging", ("staged-",))]
)
def test_what_was_planted_is_never_attributed(office: Office, what: str, uids: tuple[str, ...]) -> None:
    answers = list(planted(office, *uids))
    assert answers, f"the {what} came before nobody"
    assert [one for one in answers if one[0] is Question.ATTRIBUTION and one[1] is Truth.YES] == []


def test_a_lie_where_others_looked_does_not_become_an_event(office: Office) -> None:
    alone = [
        one.id
        for one in office.casebook.incidents()
        if all(member.observation.source == "the-courier" for member in one.members)
    ]
    assert alone, "no lie stands alone"
    for case in office.casebook.cases():
        if case.findings[0].incident in alone:
            assert {one.answer for one in case.findings if one.question is Question.EVENT} <= {
                Truth.UNKNOWN,
                Truth.NO,
            }


def test_four_copies_of_a_rumour_count_as_one_voice(office: Office) -> None:
    events = {
        answer for question, answer, _ in planted(office, "copy-", "call-") if question is Question.EVENT
    }
    assert Truth.YES not in events


@pytest.mark.parametrize(
    ("what", "uids", "question", "says"),
    [
        ("liar", "lie-", "Did it happen?", "2 observations looked and saw nothing"),
        ("liar", "lie-", " do it?", "nobody without an interest says who did it"),
        (
            "rumour",
            "copy-",
            "Did it happen?",
            "3 observations repeat what was said already, and count no more",
        ),
        ("staging", "staged-", " do it?", "who names the bearer tells of a mortar"),
        ("staging", "staged-", " do it?", "nobody without an interest says who did it"),
    ],
)
def test_the_published_report_says_how_it_was_found_out(
    office: Office, months: Path, what: str, uids: str, question: str, says: str
) -> None:
    homes = {
        one.id
        for one in office.casebook.incidents()
        if any(member.observation.uid.startswith(uids) for member in one.members)
    }
    told = [
        row["cells"][2]["words"]
        for day in range(1, LONG + 1)
        for row in tables(months / "reports" / f"2026-03-{day:02}" / "daily.json").get("why", {"rows": []})[
            "rows"
        ]
        if row["label"].split()[0] in homes and row["cells"][0]["words"].endswith(question)
    ]
    assert any(says in one for one in told), f"no report says how the {what} was found out: {told}"


def test_every_test_that_a_finding_names_is_a_heading_of_the_standards(office: Office) -> None:
    named = {
        reason.test for case in office.casebook.cases() for one in case.findings for reason in one.reasons
    }
    assert named <= set(TESTS)
    assert {"event.copies", "event.linking", "attribution.weapon"} <= named


def test_an_admission_that_others_saw_is_attributed(office: Office) -> None:
    answers = list(planted(office, "owned-"))
    assert (Question.ATTRIBUTION, Truth.YES, "party-b") in answers
    assert (Question.ATTRIBUTION, Truth.YES, "party-a") not in answers


def test_what_the_panel_decided_is_adjudicated_for_those_who_learn_from_it(office: Office) -> None:
    """A refuted event is nothing, a breach with a known author a violation; and nothing else is known."""
    known = {
        (one.incident, one.party): one.words if one.question is Question.VIOLATION else ""
        for case in office.casebook.cases()
        if case.state == "decided"
        for one in case.findings
        if one.question is Question.VIOLATION and one.answer is not Truth.UNKNOWN
    }
    found = {
        (one.id.partition("/")[0], one.named): one.adjudicated for one in office.inquiry.docket().hypotheses
    }
    assert set(found.values()) == {None, Cause.NOTHING, Cause.VIOLATION}
    for key, cause in found.items():
        if cause is not None:
            assert known[key] == ("refuted" if cause is Cause.NOTHING else "established")


def test_some_findings_are_established_and_some_are_not(office: Office) -> None:
    """The demo shows both, or it would teach nothing."""
    answers = {(one.question, one.answer) for case in office.casebook.cases() for one in case.findings}
    assert (Question.EVENT, Truth.YES) in answers
    assert (Question.EVENT, Truth.UNKNOWN) in answers
    assert (Question.ATTRIBUTION, Truth.YES) in answers


def tables(report: Path) -> dict[str, dict]:
    sections = json.loads(report.read_bytes())["sections"]
    return {table["id"]: table for section in sections for table in section["tables"]}


def row(table: dict, label: str) -> dict:
    (found,) = [one for one in table["rows"] if one["label"] == label]
    return found


def test_a_sector_that_nobody_watched_is_said_to_be_unwatched(months: Path) -> None:
    blind = {"words": "nobody looked", "mark": "blind"}
    unseen = 0
    for day in range(12, LONG + 1):
        told = tables(months / "reports" / f"2026-03-{day}" / "daily.json")
        assert row(told["by-effort"], "South")["mark"] == "blind"
        assert row(told["by-effort"], "North")["mark"] == ""
        for at, name in enumerate(told["by-sector"]["columns"][1:]):
            if name in {"explosions", "bursts", "shots"}:
                assert row(told["by-sector"], "South")["cells"][at] == blind
                assert "now" in row(told["by-sector"], "North")["cells"][at]
                unseen += 1
    assert unseen > 5


def test_the_peoples_keys_never_lie_with_the_offices_own(months: Path) -> None:
    assert sorted(path.name for path in (months / "keys").iterdir()) == [
        "log.pem",
        "officer.pem",
        "vault.key",
    ]
    own = {hashlib.sha256(path.read_bytes()).digest() for path in (months / "keys").iterdir()}
    people = [path.read_bytes() for path in (months / "drill" / "people").iterdir()]
    assert len(people) > 5
    assert own.isdisjoint(hashlib.sha256(key).digest() for key in people)
    secrets = [b"".join(key.splitlines()[1:-1]) for key in people]
    for path in months.rglob("*"):
        if path.is_file() and path.relative_to(months).parts[:2] != ("drill", "people"):
            data = path.read_bytes()
            assert not any(secret in data for secret in secrets), path


def test_every_report_was_published_at_its_cut_off(office: Office, months: Path) -> None:
    published = [one for _, one in office.casebook.published()]
    assert [one.day for one in published] == [f"2026-03-{day + 1:02d}" for day in range(len(published))]
    for one in published:
        for form, digest in one.digests:
            file = months / "reports" / one.day / f"daily.{form}"
            assert hashlib.sha256(file.read_bytes()).hexdigest() == digest

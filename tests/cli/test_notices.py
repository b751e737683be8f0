"""``truce notice`` and ``truce conflicts`` as a user meets them: 80 columns, one sentence for an error, JSON alone."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.airspace.kit import HOUR, ONE, an_id, circle, intent, sent, volume
from tests.announcing import BOTH, NOW, found, opened
from tests.movements.sample import site
from tests.office_kit import key_of, seen
from tests.truce import Done, sentence, truce
from trucekeeper.airspace import requests
from trucekeeper.feeds.notice_blank import BLANKS
from trucekeeper.kernel.clock import Instant, SetClock, SystemClock, format_utc, parse_utc
from trucekeeper.movements.model import Op
from trucekeeper.office import witnessing
from trucekeeper.office.wiring import open_office
from trucekeeper.places.position import Disc, Position
from trucekeeper.record.ref import Ref

LONG = "a-ward-of-a-hospital-with-a-name"
THERE = "office.example/humanitarian"
CALL = ("--caller", "relief-1", "--by", "clerk-1", "--heard-by", "clerk-2")
SPOT = Disc(Position(9_500_000, -18_200_000), 50)


@pytest.fixture(scope="module")
def struck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an office, whose one notice was struck, and what another office handed over."""
    here = tmp_path_factory.mktemp("notices")
    found(here / "office")
    desk = opened(here / "office")
    number = desk.sent(site(category=LONG), *BOTH)
    desk.says(number, "liaison-a")
    desk.step(number, Op.RELEASE, "relief-1", purpose="case")
    desk.later(60)
    (entry,) = desk.observe(seen("a" * 32, desk.clock.at, where=SPOT))
    desk.office.triage.open((Ref(entry),), desk.officer)
    desk.office.movements.strikes.open_cases(desk.officer)
    desk.office.close()
    found(here / "there", THERE)
    other = opened(here / "there")
    handed = other.sent(site(), *BOTH)
    other.step(handed, Op.RELEASE, "relief-1", purpose="handover", shows=("where",))
    witnessing.tick(other.office)
    other.office.close()
    for person in ("relief-1", "liaison-a"):
        key_of(person).save(here / f"{person}.pem")
    (here / "crew.yaml").write_text(BLANKS["activity"])
    (here / "site.yaml").write_text(BLANKS["site"])
    return here


@pytest.fixture
def place(struck: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    moment = Instant(NOW + 90 * 60_000)
    monkeypatch.setattr(SystemClock, "now", lambda _self: moment)
    monkeypatch.setenv("COLUMNS", "80")
    return Path(shutil.copytree(struck, tmp_path / "here"))


def run(place: Path, line: str, *more: str) -> Done:
    words = [word.replace("{}", str(place)) for word in line.split()]
    return truce(*words, *more, "--office", place / "office")


SITE = 6
SAID = (
    ("notice show 6", "acknowledged"),
    ("notice list --all", "transmitted"),
    ("notice struck", "surely"),
    ("conflicts of 6", "Meets nothing"),
    ("conflicts at {}/crew.yaml", "Meets notice 6"),
    ("notice new {}/crew.yaml --key {}/relief-1.pem", "It meets notice 6."),
    ("notice new {}/site.yaml --caller relief-1 --by clerk-1 --heard-by clerk-2", "Note: no photograph"),
    ("notice withdraw 6 --says gone --key {}/relief-1.pem", "withdrawn"),
    ("notice due", "entries written"),
    ("notice transmit 6", "leaves while the office is served"),
    ("notice acknowledge 6 --recipient liaison-a --key {}/liaison-a.pem", "It is no approval."),
    ("notice form hazard {}/new.yaml", "fill it in"),
)


@pytest.mark.parametrize(("line", "says"), SAID)
def test_what_is_said_fits_eighty_columns(place: Path, line: str, says: str) -> None:
    office = () if line.startswith("notice form") else ("--office", place / "office")
    done = truce(*(word.replace("{}", str(place)) for word in line.split()), *office)
    assert (done.code, done.err) == (0, "")
    assert says in " ".join(done.out.split())
    wide = [row for row in done.out.splitlines() if len(row) > 80 and str(place) not in row]
    assert wide == []


def test_a_case_is_shown_with_who_knew_in_eighty_columns(place: Path) -> None:
    (case,) = run(place, "notice struck", "--json").json
    done = run(place, f"notice struck {case['case']}")
    assert done.code == 0
    assert "lay surely within" in done.out
    assert max(len(row) for row in done.out.splitlines()) <= 80


LAW = (
    "No notice gives protection that the law does not give, and none that is missing takes any away.",
    "Acknowledged means read. It never means approved.",
)


def test_the_law_is_told_whole_though_in_two_lines(place: Path) -> None:
    said = " ".join(run(place, "notice show 6").out.split())
    for one in LAW:
        assert one in said
    assert run(place, "notice show 6", "--json").json["note"] == " ".join(LAW)


def test_json_is_all_that_is_said_through_a_life(place: Path) -> None:
    key = ("--key", str(place / "relief-1.pem"))

    def json(*words: object) -> object:
        done = truce(*words, "--office", place / "office", "--json")
        assert (done.code, done.err) == (0, ""), (words, done)
        return done.json

    form = place / "crew.yaml"
    crew = json("notice", "new", form, *key)
    assert isinstance(crew, dict)
    number = crew["notice"]
    assert crew["meets"] == [{"notice": SITE, "volume": 0}]
    assert json("conflicts", "at", form) == [*crew["meets"], {"notice": number, "volume": 0}]
    assert json("conflicts", "of", number) == crew["meets"]
    near = json("conflicts", "near", "9.500000, -18.200000", "--start", "2026-03-14T07:00:00Z")
    assert near == [*crew["meets"], {"notice": number, "volume": 0}]
    steps: Sequence[tuple[str, tuple[object, ...]]] = (
        ("check", ()),
        ("waive", ("--meets", SITE, "--by", "relief-1", "--says", "They asked for it.")),
        ("transmit", ("--to", "liaison-a")),
        ("call", ("--recipient", "liaison-a", *CALL)),
        ("activate", ()),
        ("deviate", ("--says", "A pump more.", *key)),
        ("confirm", CALL),
        ("release", ("--purpose", "report", *key)),
        ("amend", (form, *key)),
        ("close", ()),
    )
    for name, more in steps:
        assert json("notice", name, number, *more) is not None
    word = ("--recipient", "liaison-a", "--key", place / "liaison-a.pem")
    said = json("notice", "acknowledge", SITE, *word)
    assert isinstance(said, dict)
    assert said["grade"] == "signed"
    assert isinstance(json("notice", "due"), list)
    assert json("notice", "withdraw", SITE, "--says", "moved", *key) is not None
    listed = json("notice", "list", "--all")
    assert isinstance(listed, list)
    assert {one["notice"]: one["state"] for one in listed} == {SITE: "withdrawn", number: "closed"}
    assert json("notice", "show", SITE) is not None
    assert isinstance(json("notice", "struck"), list)


def test_from_one_office_to_another(place: Path) -> None:
    out, vkey = place / "given.bundle", place / "there" / "log" / "log.vkey"
    done = truce("notice", "hand-over", SITE, out, "--office", place / "there")
    assert done.code == 0, done
    taken = run(place, "notice", "take-over", str(out), "--vkey", str(vkey), "--json")
    assert taken.code == 0, taken
    number = taken.json["notice"]
    assert taken.json["meets"] == [], "sites do not meet sites"
    shown = run(place, f"notice show {number}")
    assert f"Handed over by {THERE}, which alone moves it on." in shown.out
    assert max(len(row) for row in shown.out.splitlines()) <= 80
    assert "have that office move it on" in sentence(run(place, f"notice close {number}"))
    refused = run(place, f"notice hand-over {number} {place / 'again'}")
    assert (refused.code, "let that office hand it over" in sentence(refused)) == (4, True)
    sheet = run(place, f"notice sheet {number} {place / 'sheet.pdf'} --recipient liaison-a")
    assert sheet.code != 0
    sentence(sheet)


WRONG = {
    "notice check 6": (6, "was checked already"),
    "notice transmit 6 --to nobody": (6, "does not name that recipient"),
    "notice transmit 6 --channel pigeon": (2, "is none that is known"),
    "notice waive 6 --meets 99 --by relief-1 --says why": (6, "does not meet 99"),
    "notice waive 6 --by relief-1 --says why": (2, "name the notices, or the zones"),
    "notice waive 6 --zone water-works --by relief-1 --says why": (6, "does not meet zone water-works"),
    "notice amend 6 {}/crew.yaml --key {}/relief-1.pem": (6, "its kind does not change"),
    "notice new {}/crew.yaml": (2, "say one"),
    "notice new {}/crew.yaml --caller relief-1": (2, "--heard-by"),
    "notice new {}/crew.yaml --caller relief-1 --by clerk-1 --heard-by clerk-1": (2, "it takes two"),
    "notice new {}/crew.yaml --caller relief-1 --by a --heard-by b --channel pigeon": (
        2,
        "none that is known",
    ),
    "notice new {}/crew.yaml --key {}/liaison-a.pem": (4, "may"),
    "notice new {}/office/office.toml --key {}/relief-1.pem": (2, "form"),
    "notice acknowledge 6 --recipient liaison-a": (2, "say one"),
    "notice acknowledge 6 --recipient liaison-a --answer objected --key {}/liaison-a.pem": (2, "say what"),
    "notice acknowledge 6 --recipient liaison-a --version 7 --key {}/liaison-a.pem": (6, "is no version"),
    "notice release 6 --purpose case": (6, "say how"),
    "notice release 6 --purpose handover --shows staff --key {}/relief-1.pem": (2, "shows"),
    "notice hand-over 6 {}/out": (4, "did not release it"),
    "notice deviate 6 --says lost": (6, "is not active"),
    "notice struck 6": (5, "is no case"),
    "notice brought 6 --to nobody": (5, "nobody"),
    "notice sheet 6 {}/out --recipient nobody": (5, "nobody"),
    "conflicts near nowhere": (2, "nowhere"),
}


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_said_in_one_sentence(place: Path, line: str) -> None:
    code, says = WRONG[line]
    done = run(place, line)
    assert (done.code, says in sentence(done)) == (code, True), done
    assert not (place / "out").exists()


def test_the_office_is_told_of_flights_that_a_notice_meets(place: Path) -> None:
    moment = SystemClock().now()
    start = parse_utc("2026-03-14T07:00:00.000Z")
    there = volume(circle(9.5, -18.2), start, start + HOUR)
    with open_office(place / "office", SetClock(moment)) as office:
        office.airspace.put_intent(ONE, an_id(1), None, requests.intent(sent(intent(there))))
    told = {
        "flight": an_id(1),
        "manager": ONE.sub,
        "state": "Accepted",
        "start": format_utc(start),
        "end": format_utc(Instant(start + HOUR)),
    }
    assert run(place, "conflicts of 6", "--json").json == [told]
    assert run(place, "notice show 6", "--json").json["meets"] == [told]
    near = run(place, "conflicts near 9.500000,-18.200000", "--radius-m", "10", "--json").json
    assert near == [{"volume": 0, "notice": SITE}, told]
    away = run(place, "conflicts near 9.600000,-18.200000", "--json").json
    assert away == []
    said = run(place, f"notice new {place}/crew.yaml --key {place}/relief-1.pem")
    assert f"It meets a flight of {ONE.sub}, Accepted, {told['start']} to" in " ".join(said.out.split())
    assert "nothing that the office knows of" not in said.out

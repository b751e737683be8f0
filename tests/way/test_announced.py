"""A notice's whole life at the command line: announced, met, sent, answered, begun, changed, struck, and read again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.announcing import HERE, NOW, Desk, found, opened
from tests.office_kit import key_of, seen
from tests.truce import Done, truce
from trucekeeper.kernel.clock import Instant, SetClock, SystemClock, parse_utc
from trucekeeper.places.position import Disc, Position
from trucekeeper.record.ref import Ref

MINUTE_MS = 60_000
CALL = ("--caller", "relief-2", "--by", "clerk-1", "--heard-by", "clerk-2")
CRISIS = parse_utc("2026-03-14T12:00:00.000Z")


class Place:
    """An office's folder, the people's keys, and a clock that the command line goes by too."""

    def __init__(self, root: Path, clock: SetClock) -> None:
        self.root, self.clock, self.office = root, clock, root / "office"
        found(self.office)
        for person in ("relief-1", "liaison-a", "liaison-a2", "liaison-b"):
            key_of(person).save(root / f"{person}.pem")

    def run(self, *words: object, code: int = 0) -> Done:
        done = truce(*words, "--office", self.office)
        assert done.code == code, done
        if not code and "--json" not in words:
            assert [
                line for line in done.out.splitlines() if len(line) > 80 and str(self.root) not in line
            ] == []
        return done

    def asked(self, *words: object) -> dict:
        found_: dict = self.run(*words, "--json").json
        return found_

    def notice(self, *words: object) -> dict:
        return self.asked("notice", *words)

    def key(self, person: str) -> tuple[str, Path]:
        return "--key", self.root / f"{person}.pem"

    def form(self, kind: str, **changed: str) -> Path:
        """The blank form of that kind, filled in as its example says, but for what is changed."""
        file = self.root / f"{kind}-{len(list(self.root.iterdir()))}.yaml"
        assert truce("notice", "form", kind, file).code == 0
        text = file.read_text()
        for old, new in changed.items():
            assert old in text
            text = text.replace(old, new)
        file.write_text(text)
        return file

    def later(self, minutes: int) -> None:
        self.clock.at = Instant(self.clock.at + minutes * MINUTE_MS)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    clock = SetClock(NOW)
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.at)
    monkeypatch.setenv("COLUMNS", "80")
    return Place(tmp_path, clock)


def hospital(place: Place) -> int:
    """Announced over the telephone, read back by two."""
    form = place.form("site", **{"2026-03-14T06:00:00Z": "2026-03-10T08:00:00Z"})
    number: int = place.notice("new", form, *CALL)["notice"]
    place.later(1)
    place.run("notice", "check", number)
    place.run("notice", "transmit", number, "--channel", "sheet")
    return number


def repair(place: Place) -> int:
    """Signed with the crew's own key on its own machine, and handed in."""
    sealed = place.root / "repair.sealed"
    origin = "office.example/test"
    done = truce("notice", "seal", place.form("activity"), sealed, *place.key("relief-1"), "--origin", origin)
    assert done.code == 0, done
    (done,) = place.run("receive", sealed, "--json").json
    number: int = done["entry"]
    return number


def test_a_life_from_its_form_to_its_end(place: Place) -> None:
    site = hospital(place)
    crew = repair(place)
    assert place.asked("conflicts", "of", crew) == [{"volume": 0, "notice": site}]
    place.run("notice", "check", crew)
    refused = place.run("notice", "transmit", crew, code=6)
    assert f"meets {site};" in refused.err
    place.run(
        "notice", "waive", crew, "--meets", site, "--by", "relief-1", "--says", "The matron asked for it."
    )
    assert place.asked("conflicts", "of", crew) == []
    place.run("notice", "transmit", crew, "--channel", "sheet")
    place.run("notice", "brought", crew, "--to", "liaison-a")
    place.run("notice", "acknowledge", crew, "--recipient", "liaison-a", *place.key("liaison-a"))
    heard = ("--caller", "liaison-b", *CALL[2:], "--channel", "radio")
    place.run("notice", "acknowledge", crew, "--recipient", "liaison-b", *heard)
    grades = {one["recipient"]: one["grade"] for one in place.notice("show", crew)["recipients"]}
    assert grades == {"liaison-a": "signed", "liaison-b": "read-back"}
    place.run("notice", "activate", crew, *place.key("relief-1"), code=6)
    place.run("notice", "activate", crew)
    place.run("notice", "deviate", crew, *place.key("relief-1"), "--says", "The second pump is broken too.")
    longer = place.form("activity", **{"T16:00:00Z": "T20:00:00Z"})
    amended = place.notice("amend", crew, longer, *place.key("relief-1"))
    assert (amended["notice"], amended["meets"]) == (crew, [{"volume": 0, "notice": site}])
    shown = place.notice("show", crew)
    assert (shown["state"], shown["amended"], shown["waived"]) == ("submitted", True, [])
    place.run("notice", "transmit", crew, code=6)
    place.run("notice", "check", crew)
    place.run("notice", "transmit", crew, code=6)
    place.run("notice", "waive", crew, "--meets", site, "--by", "relief-1", "--says", "As before.")
    place.run("notice", "transmit", crew, "--channel", "sheet")
    assert place.notice("show", crew)["amended"] is False
    place.run("notice", "activate", crew)
    assert place.notice("close", crew)["state"] == "closed"
    assert [one["notice"] for one in place.asked("notice", "list")] == [site]  # type: ignore[index]
    assert len(place.asked("notice", "list", "--all")) == 2
    assert_rebuilt_the_same(place)


def test_an_objection_blocks_nothing(place: Place) -> None:
    site = hospital(place)
    place.run(
        "notice", "acknowledge", site, "--recipient", "liaison-a", *place.key("liaison-a"),
        "--answer", "objected", "--says", "There is no hospital.",
    )  # fmt: skip
    assert place.notice("activate", site)["state"] == "active"
    (first, _) = place.notice("show", site)["recipients"]
    assert first["answer"] == "objected"


def test_what_nobody_answers_goes_to_the_alternate_and_then_to_the_hotline(place: Place) -> None:
    site = hospital(place)
    place.run("notice", "acknowledge", site, "--recipient", "liaison-b", *place.key("liaison-b"))
    for minutes, to in (
        (359, []),
        (2, ["liaison-a2"]),
        (118, ["liaison-a2"]),
        (2, ["liaison-a2", "hotline"]),
    ):
        place.later(minutes)
        place.run("notice", "due")
        (first, second) = place.notice("show", site)["recipients"]
        assert (first["escalated"], second["escalated"]) == (to, [])
    said = ("--recipient", "liaison-a", "--caller", "liaison-a2", *CALL[2:])
    place.run("notice", "call", site, *said)
    place.run("notice", "acknowledge", site, "--recipient", "liaison-a", *place.key("liaison-a2"))
    (first, _) = place.notice("show", site)["recipients"]
    assert (first["answer"], first["grade"]) == ("acknowledged", "signed")
    place.later(24 * 60)
    assert place.notice("due") == []


def test_a_site_that_nobody_confirms_is_stale_and_protected_all_the_same(place: Place) -> None:
    site = hospital(place)
    for person in ("liaison-a", "liaison-b"):
        place.run("notice", "acknowledge", site, "--recipient", person, *place.key(person))
    place.later(31 * 24 * 60)
    place.run("notice", "due")
    assert place.notice("show", site)["stale"] is True
    assert "protected all the same" in place.run("notice", "show", site).out
    near = place.asked("conflicts", "near", "9.500000, -18.200000", "--radius-m", "10")
    assert near == [{"volume": 0, "notice": site}]
    place.run("notice", "confirm", site, *CALL)
    assert place.notice("show", site)["stale"] is False


def test_struck_though_announced_it_becomes_a_case_that_says_who_knew(place: Place) -> None:
    site = hospital(place)
    place.run("notice", "acknowledge", site, "--recipient", "liaison-a", *place.key("liaison-a"))
    place.run("notice", "release", site, "--purpose", "case", *CALL)
    place.clock.at = CRISIS
    with_desk(place, strike)
    place.later(30)
    place.run("notice", "acknowledge", site, "--recipient", "liaison-b", *place.key("liaison-b"))
    place.run("notice", "due")
    (case,) = place.asked("notice", "struck")  # type: ignore[misc]
    assert (case["notice"], case["certain"]) == (site, True)
    first, second = case["knew"]
    assert "acknowledged" in first
    assert "acknowledged" not in second, "half an hour later is not before"
    assert "surely" in place.run("notice", "struck").out
    shown = place.run("notice", "struck", case["case"]).out
    assert "lay surely within" in shown
    assert "It says who knew. It does not say who fired." in shown
    place.run("notice", "due")
    assert len(place.asked("notice", "struck")) == 1
    assert_rebuilt_the_same(place)


def strike(desk: Desk) -> None:
    (entry,) = desk.observe(seen("d" * 32, CRISIS, where=Disc(Position(9_500_000, -18_200_000), 60)))
    desk.office.triage.open((Ref(entry),), desk.officer)


def with_desk(place: Place, act: Callable[[Desk], None]) -> None:
    desk = opened(place.office, place.clock.at)
    try:
        act(desk)
    finally:
        desk.office.close()


def test_the_law_is_told_wherever_a_notice_is_shown(place: Place) -> None:
    site = hospital(place)
    place.notice("show", site)
    for words in (("show", site), ("new", place.form("activity"), *place.key("relief-1"))):
        said = " ".join(place.run("notice", *words).out.split())
        assert "No notice gives protection that the law does not give" in said
        assert "It never means approved." in said


def read_all(place: Place) -> tuple[object, ...]:
    """Everything that is asked of the register, the index, the cells and the cases."""
    said: list[object] = [
        place.asked("notice", "list", "--all"),
        place.asked("notice", "struck"),
        place.asked("conflicts", "near", "9.500000, -18.200000", "--radius-m", "100"),
    ]

    def look(desk: Desk) -> None:
        register, movements = desk.office.movements.register, desk.office.movements
        said.append(register.all())
        for index in (movements.index, movements.cells):
            said.append({key: index.volumes(key) for key in sorted(index.keys())})
            said.append(index.meeting([HERE]))

    with_desk(place, look)
    return tuple(said)


def assert_rebuilt_the_same(place: Place) -> None:
    before = read_all(place)
    assert place.asked("rebuild")["identical"] is True
    assert read_all(place) == before
    for file in (place.office / "projections").glob("*.live"):
        file.unlink()
    assert read_all(place) == before, "from the record alone"

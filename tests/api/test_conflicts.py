"""Asking what would be met: whole notices for those who were told, cells for others, and every question counted."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.airspace.kit import HOUR, ONE, an_id, circle, intent, sent, volume
from tests.api.desk_kit import Desk, new_desk
from tests.api.test_notices import problem
from tests.movements import sample
from trucekeeper.airspace import requests
from trucekeeper.movements.cells import cell_of
from trucekeeper.movements.model import Corridor, Notice
from trucekeeper.movements.wire import notices, sight
from trucekeeper.places.position import Position

CONFLICTS, SIGHTINGS = "/api/v1/conflicts", "/api/v1/sightings"
HERE = [9_500_000, -18_200_000]


@pytest.fixture
def desk(founded: Path, tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(founded, tmp_path / "office", probes_an_hour=5)
    yield made
    made.close()


@pytest.fixture(scope="module")
def door(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One office for all that is refused."""
    made = new_desk(founded, tmp_path_factory.mktemp("door") / "office")
    yield made
    made.close()


def point(lat_u: int = HERE[0], lon_u: int = HERE[1], **bounds: object) -> dict:
    """A point without width, at every time and height unless told otherwise."""
    return {"footprint": {"form": "point", "points": [[lat_u, lon_u]], "reach_cm": 0}, **bounds}


def asked(desk: Desk, who: str, *volumes: dict, **more: object) -> list[dict]:
    answer = desk.ask(who, "POST", CONFLICTS, {"volumes": list(volumes), **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["conflicts"]


def test_who_was_told_meets_the_notice_itself(desk: Desk) -> None:
    number = desk.announced(sample.site(), sent=["liaison-a"])
    (met,) = asked(desk, "liaison-a", point())
    assert (met["by"], met["notice"], met["kind"]) == (0, number, "site")
    assert "end" not in met
    assert asked(desk, "liaison-a", point(lat_u=HERE[0] + 50_000)) == []


def test_who_was_not_told_meets_the_cell_and_nothing_else(desk: Desk) -> None:
    desk.announced(sample.site())
    (met,) = asked(desk, "relief-2", point())
    assert set(met) == {"by", "cell"}
    assert set(met["cell"]) == {"id", "areas", "start"}
    assert met["cell"]["start"].endswith("T00:00:00.000Z")


def test_the_cell_is_the_same_answer_to_every_probe(desk: Desk) -> None:
    """Where the site is, and 9 km from it; at any height; in a second or for ever."""
    desk.announced(sample.site())
    near, far = point(), point(lat_u=HERE[0] + 60_000, low_m=9_000, high_m=9_001)
    brief = point(start="2026-03-10T00:00:00.000Z", end="2026-03-10T00:00:00.001Z")
    found = asked(desk, "relief-2", near, far, brief)
    assert [one["by"] for one in found] == [0, 1, 2]
    assert len({str(one["cell"]) for one in found}) == 1


def test_flights_are_told_to_the_office_alone(desk: Desk) -> None:
    there = volume(circle(HERE[0] / 1e6, HERE[1] / 1e6), desk.clock.at, desk.clock.at + HOUR)
    desk.office.airspace.put_intent(ONE, an_id(1), None, requests.intent(sent(intent(there))))

    def told(who: str, *volumes: dict) -> dict:
        return desk.ask(who, "POST", CONFLICTS, {"volumes": list(volumes)}).json()

    (flight,) = told("clerk-1", point())["flights"]
    assert set(flight) == {"id", "manager", "state", "start", "end"}
    assert (flight["manager"], flight["state"]) == (ONE.sub, "Accepted")
    assert told("clerk-1", point(lat_u=HERE[0] + 50_000))["flights"] == []
    assert "flights" not in told("relief-1", point())


def test_a_second_site_in_the_cell_is_not_seen(desk: Desk) -> None:
    desk.announced(sample.site())
    before = asked(desk, "relief-2", point())
    lat_u, lon_u = HERE[0] + 200, HERE[1] + 200
    desk.announced(sample.site(lat_u, lon_u))
    assert asked(desk, "relief-2", point()) == before


def test_an_unchecked_notice_is_met_by_the_office_alone(desk: Desk) -> None:
    assert desk.announce(sample.site()).status_code == 201
    assert asked(desk, "relief-2", point()) == []
    assert len(asked(desk, "clerk-1", point())) == 1


def test_a_notice_that_is_not_announced_yet_is_asked_about_with_its_stand_off(desk: Desk) -> None:
    site = sample.site(9_520_000)
    number = desk.announced(site)
    answer = desk.ask("clerk-1", "POST", CONFLICTS, {"notice": notices.body(sample.convoy())})
    assert {one["notice"] for one in answer.json()["conflicts"]} == {number}
    assert desk.recorded(notices.KIND) == [notices.body(site)]


def test_ones_own_notice_is_left_out_where_it_is_to_be_amended(desk: Desk) -> None:
    number = desk.announced(sample.convoy())
    body = {"notice": notices.body(sample.convoy())}
    met = desk.ask("relief-1", "POST", CONFLICTS, body).json()["conflicts"]
    assert {one["notice"] for one in met} == {number}
    assert desk.ask("relief-1", "POST", CONFLICTS, {**body, "besides": number}).json()["conflicts"] == []
    problem(desk.ask("relief-2", "POST", CONFLICTS, {**body, "besides": number}), 404)


def test_an_announcement_tells_its_notifier_no_more_than_a_question(desk: Desk) -> None:
    desk.announced(sample.site(), "relief-2")
    told = desk.announce(sample.convoy()).json()["conflicts"]
    assert told
    assert all(set(one) == {"by", "cell"} for one in told)


@pytest.mark.parametrize(
    "body",
    [
        {}, {"volumes": []}, {"volumes": [point()], "notice": {}}, {"volumes": [point(low_m=10**9)]},
        {"volumes": [point(lat_u=90_000_001)]}, {"volumes": [point(start="yesterday")]},
        {"volumes": [point(start="2026-03-02T00:00:00.000Z", end="2026-03-01T00:00:00.000Z")]},
        {"volumes": [point()] * 501}, {"volumes": [point()], "besides": "2"}, {"volumes": None},
        {"volumes": [{"footprint": {"form": "ring", "points": [[0, 0]], "reach_cm": 0}}]},
        {"volumes": [point(colour="red")]},
    ],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(door: Desk, body: dict) -> None:
    problem(door.ask("relief-1", "POST", CONFLICTS, body), 400)


def test_a_site_that_is_named_in_an_answer_is_written_down_as_read(desk: Desk) -> None:
    number = desk.announced(sample.site(), sent=["liaison-a"])
    asked(desk, "liaison-a", point())
    assert desk.recorded(sight.KIND) == [{"caller": "liaison-a", "notices": [number], "by": "conflicts"}]


def test_who_asks_too_much_is_slowed_down_counted_and_seen(desk: Desk) -> None:
    desk.announced(sample.site())
    for _ in range(5):
        asked(desk, "relief-2", point())
    slowed = desk.ask("relief-2", "POST", CONFLICTS, {"volumes": [point()]})
    problem(slowed, 429)
    assert int(slowed.headers["retry-after"]) > 0
    assert asked(desk, "liaison-b", point())
    going_on = desk.ask("clerk-1", "GET", SIGHTINGS).json()["sightings"]
    assert [(one["caller"], one["asked"], one["met"], one["refused"]) for one in going_on] == [
        ("liaison-b", 1, 1, 0),
        ("relief-2", 5, 5, 1),
    ]
    assert desk.recorded(sight.KIND) == []
    desk.clock.at = type(desk.clock.at)(desk.clock.at + 3_600_000)
    listed = desk.ask("clerk-1", "GET", SIGHTINGS).json()["sightings"]
    assert [one["caller"] for one in listed] == ["liaison-b", "relief-2"]
    assert all("entry" in one for one in listed)
    assert len(desk.recorded(sight.KIND)) == 2


def test_the_count_is_recorded_when_the_office_closes(desk: Desk) -> None:
    asked(desk, "relief-2", point())
    desk.reopen()
    (counted,) = desk.recorded(sight.KIND)
    assert (counted["caller"], counted["asked"], counted["met"]) == ("relief-2", 1, 0)


def test_the_office_asks_as_often_as_it_has_to(desk: Desk) -> None:
    for _ in range(8):
        asked(desk, "clerk-1", point())
    assert desk.ask("clerk-1", "GET", SIGHTINGS).json() == {"sightings": []}


@pytest.mark.parametrize("who", ["relief-1", "liaison-a", "ada"])
def test_who_read_what_is_for_the_office_alone(door: Desk, who: str) -> None:
    problem(door.ask(who, "GET", SIGHTINGS), 403)


def test_sightings_come_in_pages(desk: Desk) -> None:
    number = desk.announced(sample.site(), sent=["liaison-a"])
    for _ in range(3):
        desk.ask("liaison-a", "GET", f"/api/v1/notices/{number}")
    first = desk.ask("clerk-1", "GET", f"{SIGHTINGS}?limit=2")
    second = desk.ask("clerk-1", "GET", first.headers["link"].removeprefix("<").partition(">")[0])
    entries = [one["entry"] for page in (first, second) for one in page.json()["sightings"]]
    assert len(entries) == 3
    assert entries == sorted(set(entries))
    assert "link" not in second.headers


def test_a_caller_is_slowed_down_beyond_its_rate(founded: Path, tmp_path: Path) -> None:
    made = new_desk(founded, tmp_path / "slow", requests_a_minute=3)
    try:
        answers = [made.ask("relief-1", "GET", "/api/v1/notices") for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert answers[0].headers["ratelimit-policy"] == '"desk";q=3;w=60'
        assert [one.headers["ratelimit"] for one in answers[:3]] == [
            '"desk";r=2;t=0', '"desk";r=1;t=0', '"desk";r=0;t=20',
        ]  # fmt: skip
        assert answers[3].headers["retry-after"] == "20"
        assert made.ask("relief-2", "GET", "/api/v1/notices").status_code == 200
        made.clock.at = type(made.clock.at)(made.clock.at + 20_000)
        assert made.ask("relief-1", "GET", "/api/v1/notices").status_code == 200
    finally:
        made.close()


def test_what_is_told_holds_what_is_hidden(desk: Desk) -> None:
    desk.announced(sample.site())
    (met,) = asked(desk, "relief-2", point())
    dossier = desk.office.movements.register.all()[0]
    cell = desk.office.movements.desk.cell(dossier)
    assert met["cell"]["id"] == str(cell.uuid)
    assert met["cell"]["areas"][0]["reach_cm"] == cell.footprints[0].reach_cm
    assert cell_of(desk.office.movements.desk.index.volumes(str(dossier.notice)), 10_000) == cell


def test_activating_tells_a_notifier_no_more_than_asking(desk: Desk) -> None:
    """A thin notice right beside a hidden site, and one that lies on it, are refused alike; one far off is not."""
    desk.announced(sample.site(9_520_000), "relief-2")
    start = sample.LATER
    on = desk.announced(sample.convoy(start))
    beside = desk.announced(moved(sample.convoy(start), -50_000))
    away = desk.announced(moved(sample.convoy(start), 2_000_000))
    told = [desk.step("relief-1", one, "activate") for one in (on, beside, away)]
    assert [one.status_code for one in told] == [409, 409, 201]
    said = [
        one.json()["detail"].replace(str(number), "N")
        for one, number in zip(told, (on, beside), strict=False)
    ]
    assert said[0] == said[1]
    assert desk.office.movements.desk.conflicts_of(desk.office.movements.register.dossier(beside)) == ()


def moved(notice: Notice, by_u: int) -> Notice:
    """The same route, so much farther north."""
    assert isinstance(notice.where, Corridor)
    points = tuple(
        replace(one, at=Position(one.at.lat_u + by_u, one.at.lon_u)) for one in notice.where.waypoints
    )
    return replace(notice, where=Corridor(points, notice.where.width_m))

"""The form that a notifier fills in."""

import pytest

from trucekeeper.feeds import notice_form
from trucekeeper.feeds.notice_blank import BLANKS
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.model import Corridor, Ground, Kind, ReadBack
from trucekeeper.movements.wire import notices
from trucekeeper.places.position import Position


def nothing(name: str) -> bytes:
    raise BadInput(name)


@pytest.mark.parametrize("kind", BLANKS)
def test_every_empty_form_reads_as_it_stands(kind: str) -> None:
    notice = notice_form.read(BLANKS[kind].encode(), nothing)
    assert notice.kind is Kind(kind)
    assert isinstance(notice.where, Corridor if kind == "movement" else Ground)
    assert notice.recipients == ("liaison-a", "liaison-b")


def test_what_a_notation_leaves_open_is_added_to_the_uncertainty() -> None:
    blank = BLANKS["site"].replace("9.500000, -18.200000", "9.50, -18.20")
    assert notice_form.read(blank.encode(), nothing).uncertainty_m == 788
    stated = blank + "uncertainty_m: 2000\n"
    assert notice_form.read(stated.encode(), nothing).uncertainty_m == 2_000


def test_a_drawn_file_beside_the_form_is_taken() -> None:
    blank = BLANKS["site"].replace(
        'circle: {at: "9.500000, -18.200000", radius_m: 150}', "file: site.geojson"
    )
    data = b'{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"radius_m": 9}}'
    where = notice_form.read(blank.encode(), {"site.geojson": data}.__getitem__).where
    assert isinstance(where, Ground)
    assert where.areas[0].points == (Position(2_000_000, 1_000_000),)


def test_words_taken_down_name_two_people() -> None:
    heard = ReadBack("telephone", "clerk-1", "clerk-1", "relief-1")
    with pytest.raises(BadInput, match="two members of staff"):
        notices.body(notice_form.read(BLANKS["site"].encode(), nothing, heard))


@pytest.mark.parametrize(
    ("kind", "old", "new", "says"),
    [
        ("site", "kind: site", "kind: parade", "line 3 of the form: 'parade' is no kind of notice"),
        ("site", "source: gps", "source: rumour", "is no way to get coordinates"),
        ("site", "designation: Hospital at the mole\n", "", "'designation' is missing"),
        ("site", "radius_m: 150", "radius_m: -1", "no whole number from 0"),
        ("site", "9.500000, -18.200000", "somewhere", "is no place"),
        ("site", "start: 2026-03-14T06:00:00Z", "start: 2026-03-14T06:00:00", "has no time zone"),
        ("site", "start: 2026-03-14T06:00:00Z\n", "", "an area needs a start"),
        ("movement", "route:", "start: 2026-03-14T06:00:00Z\nroute:", "has its times at its waypoints"),
        ("movement", "width_m: 100", "width_m: 0", "no whole number from 1"),
        ("movement", "number: +00 55 010 203", "number: call us", "called from abroad"),
        ("movement", "recipients: [liaison-a, liaison-b]", "recipients: []", "names nobody"),
        ("activity", "category: repair", "category: Repair!", "is no id"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(kind: str, old: str, new: str, says: str) -> None:
    blank = BLANKS[kind]
    assert old in blank
    with pytest.raises(BadInput, match=says):
        notice_form.read(blank.replace(old, new).encode(), nothing)

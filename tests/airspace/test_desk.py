"""The rules of the airspace: what has to be known, what is refused, and what a failure leaves behind."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from time import sleep

import pytest

from tests.airspace.kit import (
    HOUR,
    NOW,
    ONE,
    REFERENCE,
    TWO,
    Kit,
    an_id,
    circle,
    missing,
    new_kit,
    put,
    subscription,
    volume,
)
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Busy, Conflict


@pytest.fixture
def kit() -> Kit:
    return new_kit()


def test_every_intent_that_is_met_has_to_be_in_the_key_ones_own_too(kit):
    first, second = put(kit, 1), put(kit, 2, TWO, volumes=[volume(start=NOW + HOUR + 1, end=NOW + 2 * HOUR)])
    wide = [volume(end=NOW + 2 * HOUR)]
    assert missing(kit, 3, volumes=wide) == {an_id(1), an_id(2)}
    assert missing(kit, 3, volumes=wide, key=[first["ovn"]]) == {an_id(2)}
    assert missing(kit, 3, volumes=wide, key=[second["ovn"], "Available from USS"]) == {an_id(1)}
    put(kit, 3, volumes=wide, key=[first["ovn"], second["ovn"]])
    kit.matches()


def test_an_update_need_not_know_itself_and_must_know_the_newest_of_others(kit):
    first = put(kit, 1)
    second = put(kit, 2, key=[first["ovn"]])
    assert missing(kit, 1, ovn=first["ovn"]) == {an_id(2)}
    again = put(kit, 1, ovn=first["ovn"], key=[second["ovn"]])
    assert missing(kit, 2, ovn=second["ovn"], key=[first["ovn"]]) == {an_id(1)}
    put(kit, 2, ovn=second["ovn"], key=[again["ovn"]])


@pytest.mark.parametrize(
    "apart",
    [
        volume(low=120.01, high=130),
        volume(low=-100, high=49.99),
        volume(start=NOW + HOUR + 1, end=NOW + 2 * HOUR),
        volume(circle(lat=48.1)),
    ],
)
def test_what_is_apart_in_height_time_or_place_is_no_conflict(kit, apart):
    put(kit, 1)
    assert put(kit, 2, volumes=[apart])["version"] == 1


@pytest.mark.parametrize(
    "touching",
    [
        volume(low=120, high=130),
        volume(low=-100, high=50),
        volume(start=NOW + HOUR, end=NOW + 2 * HOUR),
        volume(circle(lat=48.0 + 599.9 / 111_200, radius=300)),
    ],
)
def test_what_touches_in_height_time_or_place_is_a_conflict(kit, touching):
    put(kit, 1)
    assert missing(kit, 2, volumes=[touching]) == {an_id(1)}


def test_an_intent_that_is_over_can_be_read_and_conflicts_with_nothing_to_come(kit):
    put(kit, 1)
    kit.clock.at = Instant(NOW + 2 * HOUR)
    assert put(kit, 2, volumes=[volume(start=kit.clock.at, end=kit.clock.at + HOUR)])["version"] == 1
    assert kit.desk.intent(TWO, an_id(1))[REFERENCE]["version"] == 1


def seven(at: int, tail: int = 0) -> str:
    """A UUIDv7 of a moment."""
    return str(uuid.UUID(int=(at << 80) | (7 << 76) | (2 << 62) | tail))


def test_a_client_may_choose_how_its_ovn_ends(kit):
    suffix = seven(NOW)
    made = put(kit, 1, requested_ovn_suffix=suffix)
    assert made["ovn"] == f"{an_id(1)}_{suffix}"
    for bad in (suffix, seven(NOW - 300_001), seven(NOW + 300_001)):
        with pytest.raises(BadInput):
            put(kit, 1, ovn=made["ovn"], requested_ovn_suffix=bad)
    assert put(kit, 1, ovn=made["ovn"], requested_ovn_suffix=seven(NOW - 300_000))["version"] == 2


def test_ovns_and_versions_are_new_at_each_write(kit):
    ovns, ovn = set(), None
    for version in range(1, 6):
        made = put(kit, 1, ovn=ovn)
        ovn = made["ovn"]
        ovns.add(ovn)
        assert made["version"] == version
        assert 16 <= len(ovn) <= 128
    assert len(ovns) == 5


def test_a_write_that_the_record_refuses_changes_nothing(kit, monkeypatch):
    made = put(kit, 1)

    def busy(_: object) -> None:
        msg = "too much waits"
        raise Busy(msg)

    monkeypatch.setattr(kit.record, "append", busy)
    for attempt in (
        lambda: put(kit, 2, volumes=[volume(circle(10.0))]),
        lambda: kit.desk.delete_intent(ONE, an_id(1), made["ovn"]),
        lambda: kit.subscription(ONE, an_id(8), subscription()),
    ):
        with pytest.raises(Busy):
            attempt()
    assert set(kit.desk.state().intents) == {an_id(1)}
    kit.matches()


def test_a_write_that_is_recorded_and_then_lost_is_found_again(kit, monkeypatch):
    put(kit, 1)
    append = kit.record.append

    def lost(envelopes: list[bytes]) -> None:
        append(envelopes)
        msg = "the projections fell over"
        raise OSError(msg)

    with monkeypatch.context() as patched:
        patched.setattr(kit.record, "append", lost)
        with pytest.raises(OSError, match="fell over"):
            put(kit, 2, volumes=[volume(circle(10.0))])
    assert set(kit.desk.state().intents) == {an_id(1), an_id(2)}
    kit.matches()


def test_what_fails_among_many_at_once_leaves_nothing_behind(kit, monkeypatch):
    """Every third group is refused, every fifth is recorded and then lost; whoever was answered is in the record."""
    append, groups = kit.record.append, count(1)

    def unsure(envelopes: list[bytes]) -> None:
        number = next(groups)
        sleep(0.002)
        if number % 3 == 0:
            msg = "too much waits"
            raise Busy(msg)
        append(envelopes)
        if number % 5 == 0:
            msg = "the projections fell over"
            raise OSError(msg)

    monkeypatch.setattr(kit.record, "append", unsure)

    def write(number: int) -> str | None:
        try:
            put(kit, number, volumes=[volume(circle(lat=-40 + number / 10))])
        except (Conflict, OSError):
            return None
        return an_id(number)

    with ThreadPoolExecutor(8) as pool:
        answered = {one for one in pool.map(write, range(120)) if one is not None}
    monkeypatch.undo()
    recorded = set(kit.rebuilt().intents)
    assert answered <= recorded
    assert 20 < len(answered) < 120
    kit.matches()


def test_an_index_that_fails_is_made_anew(kit, monkeypatch):
    put(kit, 1)
    index = kit.desk.state().indexes.intents

    def broken(*_: object) -> None:
        msg = "the database is gone"
        raise OSError(msg)

    with monkeypatch.context() as patched:
        patched.setattr(index, "put", broken)
        with pytest.raises(OSError, match="gone"):
            put(kit, 2, volumes=[volume(circle(10.0))])
    assert set(kit.desk.state().intents) == {an_id(1)}
    kit.matches()

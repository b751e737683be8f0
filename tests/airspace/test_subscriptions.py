"""Subscriptions: what they cover, whom they tell, and what comes and goes with what."""

import pytest

from tests.airspace.kit import (
    HOUR,
    NEW,
    NOW,
    ONE,
    REFERENCE,
    TWO,
    Cells,
    Kit,
    an_id,
    box,
    circle,
    constraint,
    intent,
    new_kit,
    notified,
    put,
    seen,
    sent,
    subscription,
    time,
    volume,
)
from trucekeeper.airspace import requests
from trucekeeper.airspace.model import NO_SUBSCRIPTION, NativeConstraint
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound, NotPermitted
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places.position import Position


@pytest.fixture
def kit() -> Kit:
    return new_kit()


def test_an_implicit_subscription_comes_and_goes_with_its_intent(kit):
    made = put(kit, 1, new_subscription=NEW)
    told = seen(kit, made["subscription_id"])
    assert told["implicit_subscription"] is True
    assert told["dependent_operational_intents"] == [an_id(1)]
    assert (told["time_start"], told["time_end"]) == (time(NOW), time(NOW + HOUR))
    assert told["notification_index"] == 1
    kit.desk.delete_intent(ONE, an_id(1), made["ovn"])
    with pytest.raises(NotFound):
        seen(kit, made["subscription_id"])
    kit.matches()


def test_an_implicit_subscription_grows_when_it_is_reused_and_goes_with_its_last_intent(kit):
    made = put(kit, 1, new_subscription=NEW)
    sub = made["subscription_id"]
    later = [volume(circle(lat=50), start=NOW + HOUR, end=NOW + 3 * HOUR)]
    other = put(kit, 2, volumes=later, subscription_id=sub)
    assert seen(kit, sub)["dependent_operational_intents"] == [an_id(1), an_id(2)]
    assert seen(kit, sub)["time_end"] == time(NOW + 3 * HOUR)
    there = kit.intent(TWO, an_id(3), intent(*later, key=[other["ovn"]]))
    assert sub in notified(there)
    kit.desk.delete_intent(ONE, an_id(1), made["ovn"])
    assert seen(kit, sub)["dependent_operational_intents"] == [an_id(2)]
    kit.desk.delete_intent(ONE, an_id(2), other["ovn"])
    with pytest.raises(NotFound):
        seen(kit, sub)
    kit.matches()


def test_an_implicit_subscription_that_is_left_for_another_goes(kit):
    made = put(kit, 1, new_subscription=NEW)
    kit.subscription(ONE, an_id(8), subscription(), None)
    again = put(kit, 1, ovn=made["ovn"], subscription_id=an_id(8))
    assert again["subscription_id"] == an_id(8)
    with pytest.raises(NotFound):
        seen(kit, made["subscription_id"])
    third = put(kit, 1, ovn=again["ovn"], new_subscription=NEW)
    assert third["subscription_id"] not in {an_id(8), made["subscription_id"]}
    assert seen(kit, an_id(8))["dependent_operational_intents"] == []
    without = put(kit, 1, ovn=third["ovn"])
    assert without["subscription_id"] == NO_SUBSCRIPTION
    with pytest.raises(NotFound):
        seen(kit, third["subscription_id"])
    kit.matches()


def test_an_implicit_subscription_becomes_explicit_once_it_is_put_directly(kit):
    made = put(kit, 1, new_subscription=NEW)
    sub = made["subscription_id"]
    kit.subscription(ONE, sub, subscription(), seen(kit, sub)["version"])
    assert seen(kit, sub)["implicit_subscription"] is False
    kit.desk.delete_intent(ONE, an_id(1), made["ovn"])
    assert seen(kit, sub)["dependent_operational_intents"] == []
    kit.matches()


def test_an_intent_rests_only_on_an_own_subscription_that_covers_it_and_tells_of_intents(kit):
    kit.subscription(ONE, an_id(8), subscription())
    kit.subscription(
        ONE, an_id(9), subscription(notify_for_operational_intents=False, notify_for_constraints=True)
    )
    with pytest.raises(NotPermitted):
        put(kit, 1, TWO, subscription_id=an_id(8))
    with pytest.raises(BadInput):
        put(kit, 1, subscription_id=an_id(9))
    outside = [
        volume(circle(radius=320)),
        volume(circle(lat=48.001)),
        volume(low=49),
        volume(high=121),
        volume(end=NOW + HOUR + 1),
    ]
    for one in outside:
        with pytest.raises(BadInput):
            put(kit, 1, volumes=[one], subscription_id=an_id(8))
    assert put(kit, 1, subscription_id=an_id(8))["subscription_id"] == an_id(8)


@pytest.mark.parametrize(
    "smaller",
    [
        volume(circle(radius=200)),
        volume(box(47.999, 36.99, 48.001, 37.01)),
        volume(low=60),
        volume(high=100),
        volume(start=NOW + 60_000),
        volume(end=NOW + HOUR - 1),
    ],
)
def test_an_update_of_a_subscription_still_covers_what_rests_on_it(kit, smaller):
    version = kit.subscription(ONE, an_id(8), subscription())["subscription"]["version"]
    put(kit, 1, subscription_id=an_id(8))
    with pytest.raises(BadInput):
        kit.subscription(ONE, an_id(8), subscription(smaller), version)
    deaf = subscription(notify_for_operational_intents=False, notify_for_constraints=True)
    with pytest.raises(BadInput):
        kit.subscription(ONE, an_id(8), deaf, version)
    larger = volume(box(47.9, 36.9, 48.1, 37.1), low=None, high=None, end=NOW + 2 * HOUR)
    kit.subscription(ONE, an_id(8), subscription(larger), version)


def test_a_subscription_is_not_deleted_from_under_an_intent(kit):
    version = kit.subscription(ONE, an_id(8), subscription())["subscription"]["version"]
    made = put(kit, 1, subscription_id=an_id(8))
    with pytest.raises(BadInput):
        kit.desk.delete_subscription(ONE, an_id(8), version)
    kit.desk.delete_intent(ONE, an_id(1), made["ovn"])
    assert kit.desk.delete_subscription(ONE, an_id(8), version)["subscription"]["id"] == an_id(8)


def test_the_times_of_a_subscription_are_chosen_where_they_are_left_open(kit):
    open_ended = subscription(volume(start=None, end=None))
    made = kit.subscription(ONE, an_id(8), open_ended)["subscription"]
    assert (made["time_start"], made["time_end"]) == (time(NOW), time(NOW + 24 * HOUR))
    kit.clock.at = Instant(NOW + HOUR)
    again = kit.subscription(ONE, an_id(8), open_ended, made["version"])["subscription"]
    assert again["time_start"] == time(NOW)
    exact = subscription(volume(start=NOW + HOUR - 300_000, end=NOW + 25 * HOUR - 300_000))
    assert kit.subscription(ONE, an_id(9), exact)["subscription"]["notification_index"] == 0


def test_an_expired_subscription_vanishes(kit):
    made = kit.subscription(ONE, an_id(8), subscription())["subscription"]
    intended = put(kit, 1, subscription_id=an_id(8))
    kit.clock.at = Instant(NOW + HOUR)
    assert seen(kit, an_id(8))
    kit.clock.at = Instant(NOW + HOUR + 1)
    with pytest.raises(NotFound):
        seen(kit, an_id(8))
    area = requests.area(sent({"area_of_interest": {"volume": circle()}}))
    assert kit.desk.subscriptions(ONE, area) == {"subscriptions": []}
    with pytest.raises(NotFound):
        kit.desk.delete_subscription(ONE, an_id(8), made["version"])
    gone = kit.desk.delete_intent(ONE, an_id(1), intended["ovn"])
    assert notified(gone) == {}
    kit.matches()


def test_an_id_is_free_again_once_its_subscription_has_expired(kit):
    kit.subscription(ONE, an_id(8), subscription())
    intended = put(kit, 1, subscription_id=an_id(8))
    kit.clock.at = Instant(NOW + 2 * HOUR)
    put(kit, 3, volumes=[volume(circle(10.0), start=kit.clock.at, end=kit.clock.at)])
    anew = subscription(volume(start=kit.clock.at, end=kit.clock.at + HOUR))
    assert kit.subscription(TWO, an_id(8), anew)["subscription"]["dependent_operational_intents"] == []
    assert kit.desk.intent(ONE, an_id(1))[REFERENCE]["subscription_id"] == NO_SUBSCRIPTION
    assert intended["subscription_id"] == an_id(8)
    kit.matches()


def test_each_change_is_told_over_the_union_of_old_and_new(kit):
    here, there = volume(), volume(circle(lat=50))
    kit.subscription(ONE, an_id(8), subscription(here))
    kit.subscription(TWO, an_id(9), subscription(there))
    first = kit.intent(ONE, an_id(1), intent(here))
    assert notified(first) == {an_id(8): 1}
    moved = kit.intent(ONE, an_id(1), intent(there), first[REFERENCE]["ovn"])
    assert notified(moved) == {an_id(8): 2, an_id(9): 1}
    gone = kit.desk.delete_intent(ONE, an_id(1), moved[REFERENCE]["ovn"])
    assert notified(gone) == {an_id(9): 2}
    assert seen(kit, an_id(8))["notification_index"] == 2
    kit.matches()


def test_a_subscription_hears_of_what_it_asked_for_alone(kit):
    kit.subscription(
        ONE, an_id(7), subscription(notify_for_operational_intents=False, notify_for_constraints=True)
    )
    kit.subscription(ONE, an_id(8), subscription())
    kit.subscription(ONE, an_id(9), subscription(notify_for_constraints=True))
    assert notified(kit.intent(TWO, an_id(1), intent())) == {an_id(8): 1, an_id(9): 1}
    assert notified(kit.constraint(TWO, an_id(2), constraint())) == {an_id(7): 1, an_id(9): 2}


def test_subscribers_are_listed_once_for_each_address(kit):
    for number, url in ((7, "https://b.example"), (8, "https://a.example"), (9, "https://b.example")):
        kit.subscription(ONE, an_id(number), subscription(uss_base_url=url))
    told = kit.intent(TWO, an_id(1), intent())["subscribers"]
    assert [one["uss_base_url"] for one in told] == ["https://a.example", "https://b.example"]
    assert [len(one["subscriptions"]) for one in told] == [1, 2]


def test_a_version_of_a_subscription_does_not_change_by_being_told(kit):
    before = kit.subscription(ONE, an_id(8), subscription())["subscription"]["version"]
    put(kit, 1, TWO)
    after = seen(kit, an_id(8))
    assert (after["version"], after["notification_index"]) == (before, 1)
    again = kit.subscription(ONE, an_id(8), subscription(), before)["subscription"]
    assert again["notification_index"] == 1
    with pytest.raises(Conflict):
        kit.subscription(ONE, an_id(8), subscription(), before)


def test_a_client_may_send_back_that_there_is_no_subscription(kit):
    made = put(kit, 1, subscription_id=NO_SUBSCRIPTION)
    assert made["subscription_id"] == NO_SUBSCRIPTION
    with pytest.raises(BadInput):
        put(kit, 1, ovn=made["ovn"], state="Activated", subscription_id=NO_SUBSCRIPTION)
    with pytest.raises(BadInput):
        kit.subscription(ONE, NO_SUBSCRIPTION, subscription())


def test_a_subscription_that_an_intent_sticks_out_of_a_little_hears_of_all_that_the_intent_meets(kit):
    kit.subscription(ONE, an_id(8), subscription(volume(circle(radius=10_000))))
    put(kit, 1, volumes=[volume(circle(radius=10_050))], subscription_id=an_id(8))
    far = 48.0 + 10_080 / 111_200
    edge = [volume(circle(lat=far, radius=50))]
    key = [kit.desk.intent(ONE, an_id(1))[REFERENCE]["ovn"]]
    told = kit.intent(TWO, an_id(2), intent(*edge, key=key))
    assert notified(told) == {an_id(8): 2}


def test_the_offices_own_changes_are_told_to_who_listens_for_constraints():
    cell = Volume(Footprint(Form.POINT, (Position(48_000_000, 37_000_000),), 500_000), None, None)
    kit = new_kit(hidden=Cells((NativeConstraint(an_id(77), 1, (cell,)),)))
    assert kit.desk.native_change((cell,)) == ()
    assert kit.record.size() == 0
    kit.subscription(ONE, an_id(8), subscription(notify_for_constraints=True))
    kit.subscription(ONE, an_id(9), subscription())
    (told,) = kit.desk.native_change((cell,))
    assert (told.id, told.index) == (an_id(8), 1)
    assert seen(kit, an_id(8))["notification_index"] == 1
    kit.matches()

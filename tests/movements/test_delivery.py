"""What goes out to whom follows from the lines of the record; waiting grows, and never beyond a quarter of an hour."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.movements.announced import Life, convoy, hospital
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements import delivery
from trucekeeper.movements.delivery import Delivery, Item, Outcome
from trucekeeper.movements.model import Op
from trucekeeper.movements.wire import delivery as wire


def wanted(life: Life) -> list[tuple[int, str, Op | None, str | None]]:
    return [(one.version, one.recipient, one.op, one.stands_for) for one in delivery.items(life.dossier)]


def test_nothing_goes_out_before_it_is_transmitted() -> None:
    life = Life(convoy())
    life.step(Op.CHECK)
    assert wanted(life) == []


def test_each_transmission_makes_one_item_and_a_second_one_none() -> None:
    life = Life(convoy()).transmit("liaison-a", "liaison-b")
    life.step(Op.TRANSMIT, recipient="liaison-a", channel="webhook")
    assert wanted(life) == [(10, "liaison-a", None, None), (10, "liaison-b", None, None)]


def test_a_newer_version_overtakes_the_older_one_for_whom_it_is_transmitted_to() -> None:
    life = Life(convoy()).transmit("liaison-a", "liaison-b")
    version = life.amend(10)
    assert {one[0] for one in wanted(life)} == {10}
    life.transmit("liaison-a", minutes=11)
    assert wanted(life) == [(10, "liaison-b", None, None), (version, "liaison-a", None, None)]


def test_an_alternate_is_told_the_version_that_its_recipient_was_sent() -> None:
    life = Life(convoy()).transmit("liaison-a")
    life.step(Op.ESCALATE, 30, recipient="liaison-a", to="liaison-a2")
    life.step(Op.ESCALATE, 45, recipient="liaison-a", to="hotline")
    assert wanted(life) == [(10, "liaison-a", None, None), (10, "liaison-a2", None, "liaison-a")]
    version = life.amend(50)
    life.transmit("liaison-a", minutes=51)
    assert wanted(life) == [(version, "liaison-a", None, None)]


@pytest.mark.parametrize("op", [Op.WITHDRAW, Op.CLOSE])
def test_the_end_is_told_to_all_who_were_told_and_overtakes_what_did_not_get_through(op: Op) -> None:
    life = Life(convoy()).transmit("liaison-a")
    life.step(Op.ESCALATE, 30, recipient="liaison-a", to="liaison-a2")
    number = life.step(op, 60, says="over")
    assert wanted(life) == [(number, "liaison-a", op, None), (number, "liaison-a2", op, None)]


def test_who_relies_on_a_stale_site_hears_of_it_and_still_gets_the_notice() -> None:
    life = Life(hospital()).transmit("liaison-a", channel="email")
    number = life.step(Op.STALE, 60)
    assert wanted(life) == [(10, "liaison-a", None, None), (number, "liaison-a", Op.STALE, None)]
    assert {one.channel for one in delivery.items(life.dossier)} == {"email"}


def test_failed_is_not_the_end_and_delivered_by_any_channel_is() -> None:
    (item,) = delivery.items(Life(convoy()).transmit("liaison-a").dossier)
    failed = Delivery(10, 10, "liaison-a", "webhook", "0" * 64, Outcome.FAILED, 6, "slow")
    assert delivery.undelivered([item], [failed]) == (item,)
    done = replace(failed, channel="email", outcome=Outcome.DELIVERED)
    assert delivery.undelivered([item], [failed, done]) == ()
    assert delivery.undelivered([item], [replace(done, recipient="liaison-b")]) == (item,)
    assert delivery.undelivered([item], [replace(done, version=9)]) == (item,)


def test_a_key_is_the_same_at_each_attempt_and_differs_where_anything_does() -> None:
    (item,) = delivery.items(Life(convoy()).transmit("liaison-a").dossier)
    others = [
        replace(item, version=11),
        replace(item, notice=9),
        replace(item, recipient="b"),
        replace(item, channel="email"),
    ]
    keys = [delivery.key("o", one) for one in (item, *others)] + [delivery.key("p", item)]
    assert len(set(keys)) == 6
    assert delivery.key("o", replace(item, ordered=99, since=item.since)) == keys[0]


@given(st.integers(1, 60), st.binary(min_size=4, max_size=4))
def test_waits_double_up_to_a_quarter_of_an_hour_with_half_of_it_by_lot(failures: int, lot: bytes) -> None:
    wait = delivery.wait_ms(failures, lambda _: lot)
    whole = min(900_000, 5_000 * 2 ** (failures - 1))
    assert whole // 2 <= wait <= whole


def test_waits_are_spread() -> None:
    waits = Counter(
        delivery.wait_ms(9, lambda _, n=n: (n * 2_654_435_761 % 2**32).to_bytes(4)) for n in range(50)
    )
    assert len(waits) == 50


words = st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True)
deliveries = st.builds(
    Delivery,
    notice=st.integers(2, 2**40),
    version=st.integers(2**40, 2**41),
    recipient=words,
    channel=st.sampled_from(wire.CHANNELS),
    key=st.binary(min_size=32, max_size=32).map(bytes.hex),
    outcome=st.sampled_from(Outcome),
    attempts=st.integers(1, 1_000_000),
    why=st.none() | words,
)


@given(deliveries)
def test_what_is_written_is_read_back(made: Delivery) -> None:
    assert wire.read(wire.body(made)) == made


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("notice", 1),
        ("version", 9),
        ("recipient", "a b"),
        ("channel", "pigeon"),
        ("key", "x"),
        ("attempts", 0),
        ("why", "https://secret.example/x"),
        ("outcome", "perhaps"),
        ("extra", 1),
    ],
)
def test_what_is_no_delivery_is_refused_in_one_sentence(field: str, value: object) -> None:
    body = wire.body(Delivery(10, 10, "a", "email", "0" * 64, Outcome.DELIVERED, 1))
    with pytest.raises(BadInput, match=r"^delivery: .*; ") as refused:
        wire.read({**body, field: value})  # type: ignore[dict-item]
    assert "secret" not in str(refused.value)


def test_an_item_knows_what_ordered_it() -> None:
    (item,) = delivery.items(Life(convoy()).transmit("liaison-a", minutes=7).dossier)
    assert item == Item(10, 10, "liaison-a", "webhook", 12, item.since)

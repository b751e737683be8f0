"""Everybody who must know is told, or somebody is told that they could not be: through real servers."""

import time
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.delivering import Desk, desk, recipient
from tests.movements.announced import RULES, convoy, hospital
from tests.office_kit import key_of
from tests.receiving import ENTRY, OK, Mailbox, Reply, Request, drips, mail_server, raw, receiver
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.model import Op, Step
from trucekeeper.movements.wire import steps
from trucekeeper.office.delivering import duty, handed_over
from trucekeeper.office.settings import MailSettings
from trucekeeper.office.telling import sheet
from trucekeeper.record import entry
from trucekeeper.stores.outbox import FILE, Outbox


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "office"


def test_a_transmitted_notice_is_delivered_once_and_recorded(root: Path) -> None:
    with receiver() as there, desk(root, recipient("liaison-a", webhook=there.url)) as one:
        number = one.announced("liaison-a")
        one.later()
        assert one.outcomes() == [("liaison-a", "webhook", "delivered", 1, "http-202")]
        for _ in range(3):
            one.later(1)
        assert there.ids == [one.deliveries()[0].key]
        assert one.register.dossier(number).told[0].answer is None, "delivered is not received"


def test_what_is_delivered_is_the_signed_entry_and_a_copy_to_read(root: Path) -> None:
    with receiver() as there, desk(root, recipient("liaison-a", webhook=there.url)) as one:
        number = one.announced("liaison-a")
        one.later()
        told = there.got[0].event["data"]
        opened = entry.opened(b64decode(told["entry"]))
        assert opened.hidden == 0
        assert opened.digest == told["digest"] == one.office.record.entry(number).digest
        assert opened.body["designation"] == "Convoy Heron"
        assert (told["notice"], told["version"], told["recipient"]) == (number, number, "liaison-a")
        assert "not approved" in told["law"][0]
        assert there.got[0].path == "/notices"


def test_nothing_goes_to_whom_it_was_not_transmitted(root: Path) -> None:
    with receiver() as there, desk(root, recipient("liaison-b", webhook=there.url)) as one:
        one.announced("liaison-a")
        one.later()
        assert there.got == []


def test_after_failures_it_waits_longer_each_time_and_the_key_stays_the_same(root: Path) -> None:
    replies = [(503, {}, b"")] * 3 + [OK]

    def act(_: Request) -> Reply:
        return replies.pop(0)

    with receiver(act) as there, desk(root, recipient("liaison-a", webhook=there.url)) as one:
        one.announced("liaison-a")
        tries = []
        for second in range(60):
            one.later(1 if second else 0)
            tries.append(len(there.got))
        gaps = [tries.index(number) for number in (1, 2, 3, 4)]
        assert gaps[0] == 0
        waits = [later - sooner for sooner, later in pairwise(gaps)]
        assert waits == sorted(waits)
        assert len(set(there.ids)) == 1
        assert len({got.body for got in there.got}) == 1
        assert one.outcomes() == [("liaison-a", "webhook", "delivered", 4, "http-202")]


def test_who_cannot_be_reached_is_said_once_the_alternate_is_told_at_once_and_trying_goes_on(
    root: Path,
) -> None:
    broken = [True]

    def act(_: Request) -> Reply:
        return (500, {}, b"") if broken[0] else OK

    with receiver(act) as first, receiver() as second:
        people = (
            recipient("liaison-a", webhook=first.url, alternate="liaison-a2"),
            recipient("liaison-a2", webhook=second.url),
        )
        with desk(root, *people) as one:
            number = one.announced("liaison-a")
            for _ in range(50):
                one.later(10)
            assert one.outcomes()[:2] == [
                ("liaison-a", "webhook", "failed", 6, "http-500"),
                ("liaison-a2", "webhook", "delivered", 1, "http-202"),
            ]
            assert len(one.outcomes()) == 2
            assert one.escalated(number) == [("liaison-a", "liaison-a2")]
            assert one.clock.at - one.register.dossier(number).told[0].escalated[0][1] > 0
            assert second.got[0].event["data"]["stands_for"] == "liaison-a"
            broken[0] = False
            one.later(900)
            assert one.outcomes()[2][:3] == ("liaison-a", "webhook", "delivered")


def test_what_will_never_be_taken_is_said_at_once(root: Path) -> None:
    with (
        receiver(lambda _: (410, {}, b"")) as there,
        desk(root, recipient("liaison-a", webhook=there.url)) as one,
    ):
        number = one.announced("liaison-a")
        one.later()
        assert one.outcomes() == [("liaison-a", "webhook", "failed", 1, "http-410")]
        one.later(1)
        assert one.escalated(number) == [("liaison-a", "hotline")]


def test_the_next_channel_is_tried_where_the_first_has_failed(root: Path) -> None:
    box = Mailbox()
    with mail_server(box) as port, receiver(lambda _: (410, {}, b"")) as there:
        settings = MailSettings(host="127.0.0.1", port=port, sender="desk@office.example")
        who = recipient("liaison-a", webhook=there.url, email="a@post.example")
        with desk(root, who, mail=settings) as one:
            one.announced("liaison-a")
            one.later()
            one.later(1)
            assert [each[:3] for each in one.outcomes()] == [
                ("liaison-a", "webhook", "failed"),
                ("liaison-a", "email", "delivered"),
            ]
            one.later(900)
            assert len(there.got) == 1, "delivered by any channel is delivered"
    read = message_from_bytes(box.letters[0].content, policy=policy.default)
    assert "Heron" not in str(read["Subject"])
    assert [part.get_content_type() for part in read.iter_attachments()] == ["application/pdf", ENTRY]
    assert read["Message-ID"] == f"<{one.deliveries()[1].key}@office.example>"


def test_a_recipient_without_an_address_is_never_passed_over_in_silence(root: Path) -> None:
    with desk(root) as one:
        number = one.announced("liaison-a")
        one.later()
        one.later(1)
        assert one.outcomes() == [("liaison-a", "webhook", "failed", 1, "no-address")]
        assert one.escalated(number) == [("liaison-a", "hotline")]


def test_clocks_become_entries_alternate_then_hotline_and_an_answer_stops_them(root: Path) -> None:
    with receiver() as there:
        people = (
            recipient("liaison-a", webhook=there.url, alternate="liaison-a2"),
            recipient("liaison-a2", webhook=there.url),
            recipient("liaison-b", webhook=there.url),
        )
        with desk(root, *people) as one:
            number = one.announced("liaison-a", "liaison-b")
            one.later()
            one.desk.receive(one.acknowledgement(number, "liaison-b"))
            one.later(29 * 60)
            assert one.escalated(number) == []
            one.later(60)
            assert one.escalated(number) == [("liaison-a", "liaison-a2")]
            one.later(1)
            assert len(there.got) == 3
            one.later(15 * 60)
            assert one.escalated(number) == [("liaison-a", "liaison-a2"), ("liaison-a", "hotline")]
            one.desk.receive(one.acknowledgement(number, "liaison-a", "liaison-a2"))
            for _ in range(5):
                one.later(3600)
            assert len(one.escalated(number)) == 2
            assert len(there.got) == 3


def test_an_office_that_was_down_catches_up_with_its_clocks(root: Path) -> None:
    with receiver() as there:
        who = recipient("liaison-a", webhook=there.url, alternate="liaison-a2")
        with desk(root, who) as one:
            number = one.announced("liaison-a")
            one.later()
        late = one.clock.at + 5 * 3_600_000
        with desk(root, who, at=late) as one:  # type: ignore[arg-type]
            one.later()
            assert one.escalated(number) == [("liaison-a", "liaison-a2"), ("liaison-a", "hotline")]
            assert len(there.got) == 1


def test_a_stale_site_is_flagged_to_who_relies_on_it(root: Path) -> None:
    with receiver() as there, desk(root, recipient("liaison-a", webhook=there.url)) as one:
        number = one.announce(hospital())
        one.transmit(number, "liaison-a")
        one.later()
        one.desk.receive(one.acknowledgement(number, "liaison-a"))
        one.later(30 * 86_400)
        assert one.register.dossier(number).stale
        one.later(1)
        told = there.got[1].event
        assert told["type"] == "org.trucekeeper.notice-step.v1"
        assert "protected all the same" in told["data"]["happened"]


def test_a_withdrawal_and_a_deviation_are_told(root: Path) -> None:
    with receiver() as there, desk(root, recipient("liaison-a", webhook=there.url)) as one:
        number = one.announced("liaison-a")
        one.later()
        one.step(number, Op.ACTIVATE)
        one.step(number, Op.DEVIATE, says="an hour late at the bridge")
        one.later(1)
        one.step(number, Op.WITHDRAW, says="turned back")
        one.later(1)
        happened = [got.event["data"].get("happened", "") for got in there.got]
        assert [words.split(" ")[0] for words in happened] == ["", "Deviating:", "Withdrawn"]
        assert "an hour late at the bridge" in happened[1]


def test_a_newer_version_goes_out_in_place_of_one_that_did_not_get_through(root: Path) -> None:
    broken = [True]
    with (
        receiver(lambda _: (500, {}, b"") if broken[0] else OK) as there,
        desk(root, recipient("liaison-a", webhook=there.url)) as one,
    ):
        number = one.announced("liaison-a")
        one.later()
        one.announce(replace(convoy(designation="Convoy Egret"), amends=number))
        one.transmit(number, "liaison-a")
        broken[0] = False
        for _ in range(4):
            one.later(60)
        names = [entry.opened(b64decode(got.event["data"]["entry"])).body["designation"] for got in there.got]
        assert names == ["Convoy Heron", "Convoy Egret"]


def test_a_recipients_own_acknowledgement_comes_back_with_the_answer(root: Path) -> None:
    signed: list[bytes] = []
    with (
        receiver(lambda _: (200, {"Content-Type": ENTRY}, signed[0])) as there,
        desk(root, recipient("liaison-a", webhook=there.url)) as one,
    ):
        number = one.announced("liaison-a")
        signed.append(one.acknowledgement(number, "liaison-a"))
        one.later()
        told = one.register.dossier(number).told[0]
        assert (told.answer is not None and told.answer.value) == "acknowledged"
        for _ in range(3):
            one.later(3600)
        assert one.escalated(number) == []


def test_an_answer_that_is_none_of_the_recipients_own_counts_for_nothing(root: Path) -> None:
    def tried(one: Desk, number: int) -> list[bytes]:
        body = steps.step_body(Step(number, Op.WITHDRAW, says="over"))
        step = one.pen.sealed(key_of("lake-relief"), steps.STEP, body)
        wrong = one.acknowledgement(number, "liaison-a", "liaison-b")
        return [b"", b"{}", b"\xff" * 500, wrong, step]

    for at in range(5):
        there_root, answers = root.with_name(f"office-{at}"), list[bytes]()
        with (
            receiver(lambda _, answers=answers: (200, {"Content-Type": ENTRY}, answers[0])) as there,
            desk(there_root, recipient("liaison-a", webhook=there.url)) as one,
        ):
            number = one.announced("liaison-a")
            answers.append(tried(one, number)[at])
            size = one.office.record.size()
            one.later()
            assert [each[2] for each in one.outcomes()] == ["delivered"]
            assert one.office.record.size() == size + 1
            assert one.register.dossier(number).live


def test_a_dead_and_a_dripping_recipient_hold_up_nobody(root: Path) -> None:
    with (
        receiver() as quick,
        raw(drips) as dripping,
        desk(
            root,
            recipient("liaison-a", webhook=dripping),
            recipient("liaison-b", webhook=quick.url),
            limit_s=2,
        ) as one,
    ):
        for _ in range(5):
            one.announced("liaison-a", "liaison-b")
        begun = time.monotonic()
        one.courier.round()
        assert time.monotonic() - begun < 1, "a round waits for nobody"
        while len(quick.got) < 5:
            assert time.monotonic() - begun < 1.5
            time.sleep(0.01)
        assert one.courier.settle()
        assert {each[0] for each in one.outcomes()} == {"liaison-b"}


def test_an_outbox_that_is_lost_or_spoilt_costs_nothing_but_a_wait(root: Path) -> None:
    with receiver(lambda _: (500, {}, b"")) as there:
        who = recipient("liaison-a", webhook=there.url)
        with desk(root, who) as one:
            one.announced("liaison-a")
            one.later()
            one.later(1)
            assert len(there.got) == 1
        for spoil in (b"not a database" * 500, b""):
            for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
                (root / "projections" / name).unlink(missing_ok=True)
            (root / "projections" / FILE).write_bytes(spoil)
            before = len(there.got)
            with desk(root, who, at=one.clock.at) as one:
                one.later()
                assert len(there.got) == before + 1
        assert len(set(there.ids)) == 1


def test_failures_are_remembered_when_the_office_is_opened_again(root: Path) -> None:
    with receiver(lambda _: (500, {}, b"")) as there:
        who = recipient("liaison-a", webhook=there.url)
        with desk(root, who) as one:
            one.announced("liaison-a")
            one.later()
        with desk(root, who, at=one.clock.at) as one:
            one.later(1)
            assert len(there.got) == 1
            one.later(10)
            assert len(there.got) == 2
        box = Outbox(root / "projections" / FILE)
        assert len(box.keys()) == 1
        box.close()


def test_a_sheet_is_printed_handed_over_and_recorded(root: Path) -> None:
    with desk(root, recipient("liaison-a", channels=["sheet"])) as one:
        number = one.announced("liaison-a", channel="sheet")
        one.later()
        assert one.outcomes() == []
        dossier = one.register.dossier(number)
        assert sheet(one.office.record, dossier, "liaison-a").of.version == number
        with pytest.raises(BadInput, match="machine"):
            handed_over(one.pen, one.office.signer, dossier, "liaison-a", "webhook")
        handed_over(one.pen, one.office.signer, dossier, "liaison-a")
        assert [each[:3] for each in one.outcomes()] == [("liaison-a", "sheet", "delivered")]


def test_however_fast_rounds_follow_each_other_everything_is_sent_and_recorded_once(root: Path) -> None:
    with receiver() as there:
        people = (recipient("liaison-a", webhook=there.url), recipient("liaison-b", webhook=there.url))
        with desk(root, *people) as one:
            until = time.monotonic() + 60
            for number in range(30):
                one.announced("liaison-a", "liaison-b")
                if number % 3 == 0:
                    one.courier.round()
            while len(one.deliveries()) < 60:
                one.courier.round()
                assert time.monotonic() < until
            one.later(3600)
            assert len(one.deliveries()) == len(there.ids) == len(set(there.ids)) == 60


def test_the_duty_delivers_once_a_second_and_ends_with_its_office(root: Path) -> None:
    at_close: list[Callable[[], None]] = []
    with receiver() as there, desk(root) as one:
        told = recipient("liaison-a", webhook=there.url)
        opened = SimpleNamespace(
            folder=one.office.folder,
            settings=one.office.settings.model_copy(update={"recipient": (told,)}),
            signer=one.office.signer,
            clock=one.clock,
            record=one.office.record,
            agreement=SimpleNamespace(deconfliction=RULES),
            movements=SimpleNamespace(desk=one.desk, register=one.register),
            at_close=at_close.append,
        )
        made = duty(opened)  # type: ignore[arg-type]
        assert (made.name, made.every_ms) == ("delivery", 1_000)
        assert at_close == [], "nothing is opened before the first turn"
        one.announced("liaison-a")
        assert made.act() == 1
        until = time.monotonic() + 20
        while not one.deliveries():
            assert time.monotonic() < until
            time.sleep(0.01)
        (close,) = at_close
        close()
        one.announced("liaison-a")
        assert made.act() == 0
        assert len(there.got) == 1

"""A notice through a whole office as it is served: announced, checked, transmitted, delivered, acknowledged."""

import time
from dataclasses import replace
from pathlib import Path

from tests.delivering import create, recipient
from tests.movements.announced import START, convoy
from tests.office_kit import key_of
from tests.receiving import receiver
from trucekeeper.kernel.clock import SetClock
from trucekeeper.movements.model import Acknowledgement, Answer, Op, Step
from trucekeeper.movements.wire import delivery, notices, steps
from trucekeeper.office import settings
from trucekeeper.office.delivering import duty
from trucekeeper.office.ticking import Ticker
from trucekeeper.office.wiring import open_office
from trucekeeper.record.pen import Pen


def test_a_served_office_delivers_by_itself_and_its_recipient_answers(tmp_path: Path) -> None:
    root, clock = tmp_path / "office", SetClock(START)
    create(root)
    with receiver() as there:
        told = recipient("liaison-a", webhook=there.url, alternate="liaison-a2")
        file = root / "office.toml"
        file.write_text(settings.text(settings.read(file).model_copy(update={"recipient": (told,)})))
        with open_office(root, clock) as office:
            desk, pen = office.movements.desk, Pen(office.record, clock, lambda size: bytes(range(size)))
            said = replace(convoy(), recipients=("liaison-a",))
            sealed = pen.sealed(key_of("lake-relief"), notices.KIND, notices.body(said), notices.APART)
            number = desk.receive(sealed).index
            for step in (
                Step(number, Op.CHECK),
                Step(number, Op.TRANSMIT, recipient="liaison-a", channel="webhook"),
            ):
                desk.step(step, office.signer)
            with Ticker((duty(office),), clock, look_s=0.01):
                clock.at = type(START)(START + 1_000)
                until = time.monotonic() + 60
                while not list(office.record.entries(kinds=(delivery.KIND,))):
                    assert time.monotonic() < until
                    time.sleep(0.02)
            word = Acknowledgement(number, number, "liaison-a", Answer.ACKNOWLEDGED)
            other = Pen(office.record, clock, lambda size: bytes(range(1, size + 1)))
            desk.receive(other.sealed(key_of("liaison-a"), steps.ANSWER, steps.answer_body(word)))
            (one,) = office.movements.register.dossier(number).told
            assert one.answer is Answer.ACKNOWLEDGED
            assert len(there.got) == 1

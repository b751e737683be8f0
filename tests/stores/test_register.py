"""The register of notices: what it remembers is what the record says."""

import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.announcing import BOTH, Desk, found, opened
from tests.movements.sample import call, convoy, site
from tests.office_kit import key_of
from trucekeeper.kernel.errors import BadInput, NotFound, TruceError
from trucekeeper.movements.model import Answer, Op
from trucekeeper.movements.wire import notices, steps
from trucekeeper.stores import register as module
from trucekeeper.stores.register import Register


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("founded") / "office"
    found(root)
    return root


@pytest.fixture
def desk(founded: Path, tmp_path: Path) -> Iterator[Desk]:
    made = opened(Path(shutil.copytree(founded, tmp_path / "office")))
    yield made
    made.office.close()


def fresh(desk: Desk) -> Register:
    return Register(desk.office.casebook.engine, desk.office.record.keysets)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_remembered_is_what_would_be_read_anew(
    desk: Desk, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 2)
    chance, numbers = random.Random(seed), [desk.announce(convoy()).notice]
    acts = (
        lambda _: numbers.append(desk.announce(chance.choice((site(), convoy())), "relief-1").notice),
        lambda one: desk.announce(
            (site if desk.life(one).current.notice.kind.value == "site" else convoy)(amends=one)
        ),
        lambda one: desk.step(one, Op.CHECK),
        lambda one: desk.step(one, Op.TRANSMIT, recipient="liaison-a", channel="sheet"),
        lambda one: desk.says(one, "liaison-a", chance.choice((Answer.RECEIVED, Answer.ACKNOWLEDGED))),
        lambda one: desk.step(one, Op.RELEASE, purpose=chance.choice(("case", "report")), read_back=call()),
        lambda one: desk.step(one, Op.CONFIRM, "relief-1"),
        lambda one: desk.step(one, Op.CLOSE) if chance.random() < 0.3 else None,
    )
    done = 0
    for _ in range(60):
        try:
            chance.choice(acts)(chance.choice(numbers))
            done += 1
        except TruceError:
            continue
    assert done > 20
    kept, anew = desk.office.movements.register, fresh(desk)
    assert kept.all() == anew.all()
    assert [one.notice for one in kept.open()] == [one.notice for one in anew.all() if one.live]
    assert kept.size() == desk.office.record.size()
    desk.reopen()
    assert desk.office.movements.register.all() == anew.all()


def test_pages_follow_each_other_without_a_gap(desk: Desk) -> None:
    numbers = [desk.announce(convoy(designation=f"Convoy {one}")).notice for one in range(7)]
    register, read, after = fresh(desk), list[int](), 0
    while page := register.all(after, 3):
        assert len(page) <= 3
        read += [one.notice for one in page]
        after = page[-1].notice
    assert read == numbers


def test_what_changed_since_is_named_once_in_order(desk: Desk) -> None:
    one, two = desk.announce(convoy()).notice, desk.announce(site()).notice
    size = desk.office.record.size()
    register = fresh(desk)
    assert register.changed(0) == (one, two)
    assert register.changed(size) == ()
    desk.step(two, Op.CHECK)
    desk.step(one, Op.CHECK)
    desk.step(two, Op.CONFIRM, "relief-1")
    assert register.changed(size) == (one, two)
    assert register.changed(size + 1) == (one, two)
    assert register.changed(size + 2) == (two,)


def test_what_is_no_first_version_is_no_notice(desk: Desk) -> None:
    one = desk.announce(convoy()).notice
    amended = desk.announce(convoy(amends=one)).receipt.index
    step = desk.step(one, Op.CHECK)
    for number in (0, 1, amended, step, 10_000):
        with pytest.raises(NotFound, match="announced no notice"):
            fresh(desk).dossier(number)


def test_what_was_recorded_though_it_does_not_fit_counts_for_nothing(desk: Desk) -> None:
    """The record keeps it; no desk would have written it."""
    number = desk.sent(convoy(), *BOTH)
    before = desk.life(number)
    pen = desk.desk.pen
    amended = notices.body(convoy(amends=number, designation="Mine now"))
    word = {"notice": number, "version": number, "recipient": "liaison-b", "answer": "acknowledged"}
    sealed = (
        pen.sealed(key_of("relief-2"), notices.KIND, amended, notices.APART),
        pen.sealed(key_of("relief-2"), steps.STEP, {"notice": number, "op": "close"}),
        pen.sealed(key_of("liaison-a"), steps.ANSWER, word),
    )
    entries = [desk.office.record.append([one])[0].index for one in sealed]
    for register in (desk.office.movements.register, fresh(desk)):
        life = register.dossier(number)
        assert [entry for entry, _ in life.passed_over] == entries
        assert (life.current, life.state, life.told) == (before.current, before.state, before.told)


def test_a_line_that_cannot_be_read_hides_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = desk.announce(convoy()).notice, desk.announce(site()).notice
    register = fresh(desk)
    assert len(register.all()) == 2
    first = desk.step(one, Op.CHECK)
    desk.step(two, Op.CHECK)
    whole = Register._read

    def reads(self: Register, line: module.tail.Line, body: object) -> object:
        if line.entry == first:
            msg = "unreadable"
            raise BadInput(msg)
        return whole(self, line, body)  # type: ignore[arg-type]

    monkeypatch.setattr(Register, "_read", reads)
    with pytest.raises(BadInput, match="unreadable"):
        register.dossier(two)
    assert register.dossier(two).checked
    with pytest.raises(BadInput, match="unreadable"):
        register.dossier(one)
    monkeypatch.undo()
    assert register.dossier(one).checked


def test_many_may_ask_while_one_writes(desk: Desk) -> None:
    number = desk.announce(site()).notice
    register = desk.office.movements.register

    def asked(_: int) -> int:
        return len(register.dossier(number).steps)

    with ThreadPoolExecutor(8) as threads:
        reading = [threads.submit(asked, one) for one in range(60)]
        for _ in range(20):
            desk.step(number, Op.CONFIRM, "relief-1")
        counts = [one.result() for one in reading]
    assert set(counts) <= set(range(1, 22))
    assert register.dossier(number) == fresh(desk).dossier(number)
    assert len(register.dossier(number).steps) == 21

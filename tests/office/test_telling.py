"""Who may not see a notice is told nothing of it, and what was sent is not sent again."""

from pathlib import Path

import pytest

from tests.delivering import desk, recipient
from tests.receiving import receiver
from trucekeeper.kernel.errors import NotFound, NotPermitted
from trucekeeper.movements.delivery import Item
from trucekeeper.movements.model import Op
from trucekeeper.office.telling import message, sheet


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "office"


def test_who_was_told_hears_the_end_of_it_too(root: Path) -> None:
    with receiver() as a, receiver() as b:
        people = (recipient("liaison-a", webhook=a.url), recipient("liaison-b", webhook=b.url))
        with desk(root, *people) as one:
            number = one.announced("liaison-a", "liaison-b")
            one.later()
            one.step(number, Op.WITHDRAW, says="turned back")
            for _ in range(12):
                one.later(900)
            assert (len(a.got), len(b.got)) == (2, 2)
            assert [each[0] for each in one.outcomes() if each[2] == "failed"] == []


def test_a_message_is_not_even_made_for_who_may_not_see_it(root: Path) -> None:
    with desk(root) as one:
        number = one.announced("liaison-a")
        dossier = one.register.dossier(number)
        for who in ("liaison-b", "liaison-a2", "stranger"):
            item = Item(number, number, who, "webhook", number, one.clock.at)
            with pytest.raises(NotPermitted, match="may not see"):
                message(one.office.record, dossier, item, "")
            with pytest.raises(NotFound, match="was not transmitted"):
                sheet(one.office.record, dossier, who)


def test_what_was_delivered_is_not_sent_again_before_its_entry_is_seen(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as there, desk(root, recipient("liaison-a", webhook=there.url)) as one:
        one.announced("liaison-a")
        one.later()
        monkeypatch.setattr(one.courier, "_catch_up", lambda: None)
        one.later(60)
        assert len(there.got) == 1

"""The chain names who has the evidentiary copy, and shows each place where it does not hold."""

from dataclasses import replace

from trucekeeper.custody.chain import chain
from trucekeeper.custody.model import Act, Custody, Step
from trucekeeper.kernel.clock import Instant
from trucekeeper.record.ref import Ref

FILE, OTHER = "ab" * 32, "cd" * 32


def steps(*acts: tuple[Act, str, str], sha256: str = FILE, size: int = 7) -> list[Step]:
    return [
        Step(Ref(10 + at), "office", Custody(act, sha256, size, "image/png", Instant(at), giver, taker))
        for at, (act, giver, taker) in enumerate(acts)
    ]


def test_a_file_is_with_whoever_took_it_last() -> None:
    found = chain(
        FILE,
        steps(
            (Act.RECEIVED, "patrol-1", "office"),
            (Act.COPIED, "office", "panel-1"),
            (Act.HANDED_OVER, "office", "court"),
            (Act.RETURNED, "court", "office"),
        ),
    )
    assert found.holder == "office"
    assert found.breaks == ()
    assert len(found.steps) == 4


def test_the_same_bytes_from_another_hand_do_not_move_the_copy() -> None:
    found = chain(
        FILE,
        steps(
            (Act.RECEIVED, "patrol-1", "office"),
            (Act.HANDED_OVER, "office", "court"),
            (Act.RECEIVED, "patrol-2", "office"),
        ),
    )
    assert found.holder == "court"
    assert found.breaks == ()


def test_acts_on_other_files_are_passed_over() -> None:
    mixed = steps((Act.RECEIVED, "patrol-1", "office")) + steps((Act.RECEIVED, "x", "y"), sha256=OTHER)
    assert len(chain(FILE, mixed).steps) == 1


def test_each_place_where_a_chain_does_not_hold_is_named() -> None:
    assert "before it was received" in chain(FILE, steps((Act.HANDED_OVER, "a", "b"))).breaks[0]
    wrong_hand = chain(FILE, steps((Act.RECEIVED, "p", "office"), (Act.HANDED_OVER, "thief", "court")))
    assert wrong_hand.breaks == ("entry 11: thief gave what office held",)
    gone = steps(
        (Act.RECEIVED, "p", "office"), (Act.DESTROYED, "office", "office"), (Act.COPIED, "office", "x")
    )
    assert chain(FILE, gone).holder is None
    assert "after it was destroyed" in chain(FILE, gone).breaks[0]
    grown = steps((Act.RECEIVED, "p", "office")) + steps((Act.COPIED, "office", "x"), size=8)
    assert any("size" in one for one in chain(FILE, grown).breaks)
    first, second = steps((Act.RECEIVED, "p", "office"), (Act.COPIED, "office", "x"))
    late = Step(Ref(12), "office", replace(first.custody, at=Instant(-1)))
    assert "dated before that of entry 11" in chain(FILE, [first, second, late]).breaks[0]

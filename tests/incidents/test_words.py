from trucekeeper.incidents.words import KEPT, hashed


def shared(one: str, other: str) -> int:
    first, second = (set(row.tolist()) - {0} for row in hashed([one, other]))
    return len(first & second)


def test_words_are_shared_whatever_their_case_and_order() -> None:
    assert shared("Smoke over the harbour", "HARBOUR, smoke") == 2


def test_other_scripts_have_words_too() -> None:
    assert shared("взрыв возле моста", "возле моста слышен взрыв") == 3
    assert shared("انفجار قرب الجسر", "انفجار الجسر") == 2
    assert shared("桥附近爆炸", "爆炸在桥附近") > 1


def test_no_text_has_no_words() -> None:
    assert hashed(["", "a b"]).tolist() == [[0] * KEPT] * 2


def test_a_long_text_keeps_the_same_words_as_another_with_them() -> None:
    long = " ".join(f"word{at}" for at in range(50))
    assert shared(long, long + " and") >= KEPT - 1
    assert hashed([long]).shape == (1, KEPT)


def test_nothing_has_no_rows() -> None:
    assert hashed([]).shape == (0, KEPT)

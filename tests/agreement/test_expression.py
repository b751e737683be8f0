"""What a condition may say, and what is refused when the agreement is loaded."""

import pickle

import pytest

from trucekeeper.agreement.expression import Value, compile_expression
from trucekeeper.agreement.vocabulary import ACTS, WORDS
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.span import Span
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations import model as observations

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


@pytest.mark.parametrize(
    ("source", "facts", "answer"),
    [
        ('weapon.class != "artillery"', {"weapon.class": "undetermined"}, UNKNOWN),
        ('weapon.class != "artillery"', {}, UNKNOWN),
        ("weapon.calibre_mm >= 100", {"weapon.calibre_mm": Span(85, 100)}, UNKNOWN),
        ("weapon.calibre_mm >= 100", {"weapon.calibre_mm": Span(100, 122)}, YES),
        ("weapon.calibre_mm > 100", {"weapon.calibre_mm": Span(85, 100)}, NO),
        ("count > 100", {"count": Span(101, None)}, YES),
        ("count < 100", {"count": Span(0, None)}, UNKNOWN),
        ("count in [1, 2, 3]", {"count": Span(1, 3)}, YES),
        ("count in [1, 3]", {"count": Span(1, 3)}, UNKNOWN),
        ("count in [1, 3]", {"count": Span(4, None)}, NO),
        ("count != 2", {"count": Span(3, None)}, YES),
        ("2 == count", {"count": Span(2, 2)}, YES),
        ("notified || count > 3", {"count": 4}, YES),
        ("notified && count > 3", {"count": 3}, NO),
        ("notified ? count > 3 : count > 2", {"count": 4}, YES),
        ("notified ? count > 3 : count > 2", {"count": 3}, UNKNOWN),
        ("in_storage == false", {"in_storage": NO}, YES),
        ("in_storage == notified", {"in_storage": NO}, UNKNOWN),
        ("count > 3", {"count": "many"}, UNKNOWN),
        ("notified", {"notified": "perhaps"}, UNKNOWN),
    ],
)
def test_a_condition_answers(source: str, facts: dict[str, Value], answer: Truth) -> None:
    assert compile_expression(source).holds(facts) is answer


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ('"abc" > 1', "a word is compared with a number"),
        ('weapon.class > "a"', "a word has no order"),
        ("notified > true", "a truth has no order"),
        ("has(weapon.class)", "column 1: a function"),
        ("count + 1 == 2", "arithmetic"),
        ("count * 2 == 2", "arithmetic"),
        ("-count == 2", "a minus"),
        ("count == 1.5", "column 10: only whole numbers"),
        ("count == 0x10", "decimal digits"),
        ("count == 1u", "only whole numbers"),
        ("count == 99999999999999999", "2^53"),
        ("act == null", "only whole numbers"),
        ('act == r"x"', "plain quotes"),
        ('act == "a\\"b"', "plain quotes"),
        ("[1].exists(x, x == 1)", "a function or macro"),
        ("weapon[0] == 1", "indexing"),
        ("{1: 2} == 3", "a map"),
        ("count in [count]", "nothing to work out"),
        ("count in [1, 'a']", "a word is listed for a number"),
        ("count in []", "after 'in' stands a list"),
        ("notified in [true]", "only a word or a number can be in a list"),
        ("[1] == [1]", "a list where a truth, a word or a number is needed"),
        ("count", "a number stands where yes or no is needed"),
        ("act && notified", "a word stands where yes or no is needed"),
        ("count < 3 < 4", "a truth is compared with a number"),
        ("weapon == 'tank'", "no fact that conditions may speak of"),
        ("calibre > 3", "'calibre' is no fact"),
        ("phase == 'undetermined'", "no value but the lack of one"),
        ("count >", "cannot be read at"),
        ("", "cannot be read at"),
        ("count == 3 count", "column 12"),
        ("!" * 60 + "notified", "nested more than 40 deep"),
        ("notified || " * 400 + "notified", "longer than 2000 characters"),
    ],
)
def test_what_is_not_of_the_subset_is_refused_in_one_sentence(source: str, says: str) -> None:
    with pytest.raises(BadInput) as refused:
        compile_expression(source)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_long_chain_is_read_without_growing_deep() -> None:
    source = " && ".join(["notified"] * 150)
    assert compile_expression(source).holds({"notified": NO}) is NO


def test_a_condition_survives_the_way_to_another_process() -> None:
    expression = compile_expression('act in ["shot"] && !(count < 3)')
    copy = pickle.loads(pickle.dumps(expression))
    assert copy == expression
    assert copy.holds({"act": "shot", "count": 3}) is YES


def test_the_vocabulary_is_that_of_observations() -> None:
    assert observations.ACTS == ACTS
    assert WORDS["weapon.class"] == observations.WEAPONS
    assert WORDS["means"] == observations.MEANS
    assert WORDS["holding.status"] == observations.STATUSES
    assert (*WORDS["phase"], "undetermined") == observations.PHASES

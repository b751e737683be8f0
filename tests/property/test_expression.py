"""Conditions against an oracle: the evaluator of the CEL library, on facts that are fully known."""

import sys
from collections.abc import Mapping
from functools import cache
from itertools import product

import celpy
from celpy import celtypes
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.agreement.expression import Value, compile_expression
from trucekeeper.kernel.span import Span
from trucekeeper.kernel.truth import Truth, of

WORDS = {"act": ("shot", "burst", "flight"), "weapon.class": ("mortar", "tank", "artillery")}
NUMBERS = ("count", "weapon.calibre_mm")
TRUTHS = ("in_storage", "notified")
LEAST, MOST = -2, 4

Known = dict[str, str | int | bool]


def _comparisons() -> st.SearchStrategy[str]:
    numbers = st.one_of(st.sampled_from(NUMBERS), st.integers(LEAST - 1, MOST + 1).map(str))
    ordered = st.builds(
        "{} {} {}".format, numbers, st.sampled_from(("<", "<=", ">", ">=", "==", "!=")), numbers
    )
    words = st.sampled_from(
        [
            f'{fact} {sign} "{word}"'
            for fact, words in WORDS.items()
            for word in words
            for sign in ("==", "!=")
        ]
    )
    listed = st.sampled_from(
        ('act in ["shot", "burst"]', "count in [1, 2, 3]", "!(weapon.class in ['tank'])")
    )
    between = st.just("act == weapon.class")
    return st.one_of(ordered, words, listed, between, st.sampled_from((*TRUTHS, "true", "false")))


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} && {})".format, parts, parts),
        st.builds("({} || {})".format, parts, parts),
        st.builds("!({})".format, parts),
        st.builds("(({}) == ({}))".format, parts, parts),
        st.builds("({} ? {} : {})".format, parts.map("({})".format), parts, parts),
    )


CONDITIONS = st.recursive(_comparisons(), _joined, max_leaves=6)
KNOWN = st.fixed_dictionaries(
    {
        **{fact: st.sampled_from(words) for fact, words in WORDS.items()},
        **{fact: st.integers(LEAST, MOST) for fact in NUMBERS},
        **{fact: st.booleans() for fact in TRUTHS},
    }
)


@cache
def _oracle_program(source: str) -> celpy.Runner:
    environment = celpy.Environment()
    return environment.program(environment.compile(source))


def oracle(source: str, known: Known) -> bool:
    """What the CEL library makes of fully known facts."""
    weapon = celtypes.MapType(
        {
            celtypes.StringType("class"): celtypes.StringType(known["weapon.class"]),
            celtypes.StringType("calibre_mm"): celtypes.IntType(known["weapon.calibre_mm"]),
        }
    )
    context = {
        "act": celtypes.StringType(known["act"]),
        "count": celtypes.IntType(known["count"]),
        "weapon": weapon,
        "in_storage": celtypes.BoolType(known["in_storage"]),
        "notified": celtypes.BoolType(known["notified"]),
    }
    limit = sys.getrecursionlimit()
    try:
        return bool(_oracle_program(source).evaluate(context))
    finally:
        sys.setrecursionlimit(limit)  # the library raises it and leaves it so


def facts_of(known: Known) -> dict[str, Value]:
    return {fact: of(value) if isinstance(value, bool) else value for fact, value in known.items()}


@st.composite
def blurred(draw: st.DrawFn, known: Known) -> dict[str, Value]:
    """Facts that are less known than ``known`` and do not contradict it."""
    facts: dict[str, Value] = {}
    for fact, value in facts_of(known).items():
        how = draw(st.sampled_from(("as it is", "absent", "none", "blurred")))
        if how == "as it is":
            facts[fact] = value
        elif how == "none":
            facts[fact] = None
        elif how == "blurred" and isinstance(value, int):
            high = None if draw(st.booleans()) else value + draw(st.integers(0, 3))
            facts[fact] = Span(value - draw(st.integers(0, 3)), high)
        elif how == "blurred":
            facts[fact] = "undetermined" if isinstance(value, str) else Truth.UNKNOWN
    return facts


def completions(facts: Mapping[str, Value]) -> list[dict[str, Value]]:
    """Every way in which the facts may turn out, within the small world of this file."""
    choices: dict[str, list[Value]] = {}
    for fact, words in WORDS.items():
        value = facts.get(fact)
        choices[fact] = [value] if isinstance(value, str) and value != "undetermined" else list(words)
    for fact in NUMBERS:
        value = facts.get(fact)
        if isinstance(value, Span):
            high = MOST + 2 if value.high is None else value.high
            choices[fact] = list(range(value.low, max(high, value.low) + 1))
        else:
            choices[fact] = [value] if isinstance(value, int) else list(range(LEAST - 2, MOST + 3))
    for fact in TRUTHS:
        value = facts.get(fact)
        choices[fact] = [value] if value in {Truth.YES, Truth.NO} else [Truth.YES, Truth.NO]
    return [dict(zip(choices, values, strict=True)) for values in product(*choices.values())]


@given(CONDITIONS, KNOWN)
def test_a_condition_on_known_facts_agrees_with_the_cel_library(source: str, known: Known) -> None:
    assert compile_expression(source).holds(facts_of(known)) is of(oracle(source, known))


@given(st.data(), CONDITIONS, KNOWN)
def test_an_answer_on_unknown_facts_agrees_with_how_they_turn_out(
    data: st.DataObject, source: str, known: Known
) -> None:
    answer = compile_expression(source).holds(data.draw(blurred(known)))
    assert answer is Truth.UNKNOWN or answer is of(oracle(source, known))


@given(st.data(), _comparisons(), KNOWN)
def test_a_comparison_is_unknown_only_where_both_answers_are_open(
    data: st.DataObject, source: str, known: Known
) -> None:
    expression = compile_expression(source)
    facts = data.draw(blurred(known))
    possible = {expression.holds(completion) for completion in completions(facts)}
    answer = expression.holds(facts)
    assert answer is Truth.UNKNOWN or possible == {answer}
    same_on_both_sides = len(set(source.split(" ")[::2])) == 1
    if not same_on_both_sides and " in " not in source and source != "act == weapon.class":
        assert len(possible) == 1 or answer is Truth.UNKNOWN
        assert len(possible) == 2 or answer is not Truth.UNKNOWN or _open_above(facts)


def _open_above(facts: Mapping[str, Value]) -> bool:
    """The small world ends where an open range does not, so an answer may be open only beyond it."""
    absent = any(not isinstance(facts.get(fact), int | Span) for fact in NUMBERS)
    return absent or any(isinstance(value, Span) and value.high is None for value in facts.values())


@given(st.data(), CONDITIONS, KNOWN)
def test_knowing_more_never_flips_an_answer(data: st.DataObject, source: str, known: Known) -> None:
    expression = compile_expression(source)
    less = data.draw(blurred(known))
    more = {
        **less,
        **{fact: facts_of(known)[fact] for fact in data.draw(st.sets(st.sampled_from(list(known))))},
    }
    before, after = expression.holds(less), expression.holds(more)
    assert before is Truth.UNKNOWN or before is after


@given(CONDITIONS)
def test_equal_words_make_equal_conditions(source: str) -> None:
    assert compile_expression(source) == compile_expression(source)
    assert hash(compile_expression(source)) == hash(compile_expression(source))

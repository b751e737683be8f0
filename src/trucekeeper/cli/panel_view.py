"""What the panel sees of an incident, as lines for a terminal and as JSON."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from trucekeeper.kernel.canon import Json

if TYPE_CHECKING:
    from trucekeeper.findings.considered import Considered

ASKED = {"event": "did it happen?", "attribution": "did {} do it?"}


def considered_json(one: "Considered") -> dict[str, Json]:
    """One question as a JSON value; probabilities in parts per million, shares in thousandths of a nat."""
    from trucekeeper.weighing.words import likelihood

    return {
        "term": one.term,
        "reading": one.reading,
        "question": one.question.value,
        "party": one.party,
        "answer": one.answer.value,
        "standard_ppm": one.standard_ppm,
        "probability_ppm": one.probability_ppm,
        "words": likelihood(one.probability_ppm),
        "prior_ppm": one.prior_ppm,
        "bayes_milli": one.bayes_milli,
        "at_priors": [{"prior_ppm": prior, "probability_ppm": ppm} for prior, ppm in one.at_priors],
        "moved": [
            {
                "entry": str(item.ref),
                "source": item.source,
                "group": item.group,
                "grade": item.grade,
                "milli": item.milli,
                "says": item.says,
            }
            for item in one.moved
        ],
        "groups": [
            {"group": pull.group, "without_ppm": pull.without_ppm, "captured_ppm": pull.captured_ppm}
            for pull in one.pulled
        ],
        "linked": [{"weight_ppm": weight, "probability_ppm": ppm} for weight, ppm in one.linked],
        "one_more_affirms_ppm": one.one_more_ppm[0],
        "one_more_denies_ppm": one.one_more_ppm[1],
    }


def considered_lines(incident: str, found: Sequence["Considered"]) -> Iterator[str]:
    """All questions on an incident; those of several terms that rest on the same weighing are told once."""
    told: dict[tuple[object, ...], list[str]] = {}
    first: dict[tuple[object, ...], Considered] = {}
    for one in found:
        same: tuple[object, ...] = (one.question, one.party, one.standard_ppm, one.probability_ppm, one.moved)
        told.setdefault(same, []).append(f"{one.term} {one.reading}".strip())
        first.setdefault(same, one)
    yield f"{incident}, for the panel; nothing of this is a finding."
    for same, terms in told.items():
        yield ""
        yield from _lines(first[same], terms)


def _lines(one: "Considered", terms: Sequence[str]) -> Iterator[str]:
    from trucekeeper.kernel.truth import Truth
    from trucekeeper.weighing.explain import percent
    from trucekeeper.weighing.words import likelihood

    answer = {Truth.YES: "yes", Truth.NO: "no", Truth.UNKNOWN: "not established"}[one.answer]
    yield from _wrapped(
        f"{ASKED[one.question.value].format(one.party)} {answer} ({', '.join(terms)})", "", "  "
    )
    yield (
        f"  {percent(one.probability_ppm)} per cent, {likelihood(one.probability_ppm)}; "
        f"standard {percent(one.standard_ppm)}"
    )
    yield (
        f"  before any evidence {percent(one.prior_ppm)}; the evidence multiplies the odds "
        f"by e^{nats(one.bayes_milli)}"
    )
    priors = ", ".join(f"{percent(to)} from {percent(prior)}" for prior, to in one.at_priors)
    yield from _wrapped(f"whatever one believed before: {priors}", "  ", "    ")
    for item in one.moved:
        line = f"{nats(item.milli):>7} {item.grade:2} {item.source} ({item.group}), entry {item.ref}: {item.says}"
        yield from _wrapped(line, "  ", " " * 13)
    for pull in one.pulled:
        line = (
            f"> {pull.group} left out: {percent(pull.without_ppm)}; "
            f"were its word the opposite: {percent(pull.captured_ppm)}"
        )
        yield from _wrapped(line, "  ", "    ")
    for weight, ppm in one.linked:
        yield f"  > linked otherwise (weight {percent(weight)}): {percent(ppm)}"
    affirms, denies = one.one_more_ppm
    yield from _wrapped(
        f"> one more independent B2 that affirms would bring it to {percent(affirms)}, "
        f"one that denies to {percent(denies)} per cent",
        "  ",
        "    ",
    )


def nats(milli: int) -> str:
    """Thousandths of a nat as nats, with their sign."""
    return f"{'-' if milli < 0 else '+'}{abs(milli) // 1000}.{abs(milli) % 1000:03d}"


def _wrapped(line: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(line, 78, initial_indent=first, subsequent_indent=rest)

"""sight/v1: read and body undo each other, and whatever is neither a read nor a count is refused in one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel import canon
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.watching import Probes, Read
from trucekeeper.movements.wire import sight

callers = st.sampled_from(["liaison-a", "officer", "uss one", "é"])
numbers = st.lists(st.integers(2, 2**40), min_size=1, max_size=20, unique=True).map(
    lambda one: tuple(sorted(one))
)
reads = st.builds(Read, callers, numbers, st.sampled_from(sight.WAYS))


@st.composite
def probes(draw: st.DrawFn) -> Probes:
    start, asked = draw(st.integers(0, 2**40)), draw(st.integers(0, 10**6))
    end = start + draw(st.integers(1, 10**9))
    met, refused = draw(st.integers(0, asked)), draw(st.integers(0, 10**6))
    return Probes(draw(callers), Instant(start), Instant(end), asked, met, refused)


@given(seen=reads | probes())
def test_read_and_body_undo_each_other(seen: Read | Probes) -> None:
    body = sight.body(seen)
    assert sight.read(body) == seen
    assert canon.decode_object(canon.encode(body)) == body


READ = {"caller": "liaison-a", "notices": [2, 7], "by": "notice"}
COUNT = {
    "caller": "uss", "start": "2026-03-01T00:00:00.000Z", "end": "2026-03-01T01:00:00.000Z", "asked": 3, "met": 1,
    "refused": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**READ, "notices": []}, "notices"), ({**READ, "notices": [7, 2]}, "notices"),
        ({**READ, "notices": [2, 2]}, "notices"), ({**READ, "notices": [1]}, "notices"),
        ({**READ, "by": "window"}, "by"), ({**READ, "caller": ""}, "caller"), ({**READ, "asked": 1}, "the body"),
        ({**READ, "place": "here"}, "place"), ({"caller": "x"}, "the body"), ({**COUNT, "by": "list"}, "the body"),
        ({**COUNT, "met": 4}, "asked"), ({**COUNT, "refused": -1}, "asked"), ({**COUNT, "end": COUNT["start"]}, "end"),
        ({**COUNT, "caller": "a\u202eb"}, "caller"), ({**COUNT, "asked": True}, "asked"),
    ],
)  # fmt: skip
def test_what_is_neither_is_refused(body: dict, field: str) -> None:
    with pytest.raises(BadInput, match=f"sight: {field} "):
        sight.read(body)


def test_what_would_be_refused_is_not_written() -> None:
    with pytest.raises(BadInput):
        sight.body(Read("x", (), "notice"))
    with pytest.raises(BadInput):
        sight.body(Probes("x", Instant(0), Instant(0), 0, 0, 0))

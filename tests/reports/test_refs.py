import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel.errors import BadInput
from trucekeeper.record.ref import Ref
from trucekeeper.reports.refs import compress, expand

REFS = st.builds(Ref, st.integers(0, 40), st.integers(-1, 12))


@given(st.lists(REFS))
def test_references_come_back_from_their_text(refs: list[Ref]) -> None:
    assert expand(compress(refs)) == tuple(sorted(set(refs)))


@given(st.lists(REFS), st.randoms())
def test_the_text_does_not_hang_on_the_order_of_the_references(refs: list[Ref], random: object) -> None:
    shuffled = list(refs)
    random.shuffle(shuffled)
    assert compress(shuffled) == compress(refs)


def test_runs_of_entries_and_of_rows_become_ranges() -> None:
    rows = [Ref(14, row) for row in range(994)]
    assert compress([Ref(12), Ref(16), Ref(17), Ref(18), *rows]) == "12, 14.0-14.993, 16-18"


@pytest.mark.parametrize(
    "text",
    ["12,13", "13, 12", "12-12", "12, 13", "12-14.3", "14.3-15.4", "a", "12-", " 12", "14-12", "12, 12"],
)
def test_what_would_not_be_written_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        expand(text)

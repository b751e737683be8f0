"""source/v1 refuses what is no source."""

import pytest

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput
from trucekeeper.parties import wire

BODY: dict[str, Json] = {"id": "patrol-3", "group": "mission", "medium": "patrol", "reliability": "B"}


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"id": "a b"}, "id is not an identifier"),
        ({"interest": "a/b"}, "interest is not an identifier"),
        ({"interest": None}, "interest is null"),
        ({"group": ""}, "group is empty"),
        ({"medium": "rumour"}, "medium is not known"),
        ({"reliability": "G"}, "reliability is not known"),
        ({"name": "x"}, "name is not a field"),
    ],
)
def test_a_malformed_source_is_refused_with_its_field(change: dict[str, Json], names: str) -> None:
    with pytest.raises(BadInput, match=f"^source: {names}"):
        wire.read(BODY | change)


def test_a_source_without_an_interest_reads_so() -> None:
    assert wire.read(BODY).interest is None

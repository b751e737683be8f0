import pytest

from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.ids import Id


def test_an_id_is_written_and_read_in_one_form() -> None:
    assert str(Id("INC", 2026, 123)) == "INC-2026-000123"
    assert Id.parse("INC-2026-000123") == Id("INC", 2026, 123)
    assert Id.parse("INC-2026-1234567").number == 1_234_567


@pytest.mark.parametrize(
    "text", ["", "INC", "INC-26-000123", "inc-2026-000123", "INC-2026-123", "INC-2026-0000123", "INC-2026-000000",
             "INC-2026-00012\u0663", "INC-2026-000123\n", "I-2026-000123"],
)  # fmt: skip
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not an id"):
        Id.parse(text)


@pytest.mark.parametrize(
    ("prefix", "year", "number"), [("inc", 2026, 1), ("INC", 99999, 1), ("INC", 2026, -1)]
)
def test_an_impossible_id_is_refused(prefix: str, year: int, number: int) -> None:
    with pytest.raises(BadInput):
        Id(prefix, year, number)

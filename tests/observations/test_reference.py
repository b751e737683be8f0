"""The reference page names every field and every word of the form, and its example is a real one."""

import re
from pathlib import Path

import pytest

from trucekeeper.kernel import canon
from trucekeeper.observations import wire
from trucekeeper.observations.model import ACTS, MEANS, PHASES, STATUSES, WEAPONS, Kind
from trucekeeper.parties.wire import MEDIA, SourceV1


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "reference" / "observation.md").read_text(encoding="utf-8")


def test_every_field_stands_on_the_page(page: str) -> None:
    forms = (wire.ObservationV1, wire.WhereV1, wire.WeaponV1, wire.HarmV1, wire.CoverageV1, wire.AccessV1,
             wire.HoldingV1, SourceV1)  # fmt: skip
    fields = {name for form in forms for name in form.model_fields}
    assert {name for name in fields if f"`{name}`" not in page} == set()


def test_every_word_stands_on_the_page(page: str) -> None:
    words = {*ACTS, *MEANS, *PHASES, *STATUSES, *WEAPONS, *MEDIA, *(kind.value for kind in Kind)}
    assert words - set(re.findall(r"[a-z-]+", page)) == set()


def test_the_example_is_the_canonical_form_of_what_it_says(page: str) -> None:
    example = re.search(r"```json\n(.*?)```", page, re.DOTALL)
    assert example is not None
    data = re.sub(r"\n ?", "", example[1]).encode()
    assert canon.encode(wire.body(wire.read(canon.decode_object(data)))) == data

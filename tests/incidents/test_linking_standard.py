"""The page that states the scores says the numbers that the scores use."""

import re
from pathlib import Path

from trucekeeper.incidents import linking, pairing
from trucekeeper.incidents.compatible import SAME
from trucekeeper.incidents.extent import PLACE_SLACK_M


def test_the_page_states_both_tables(root: Path) -> None:
    text = (root / "docs" / "standards" / "linking.md").read_text(encoding="utf-8")
    rows = [(int(a), int(b)) for a, b in re.findall(r"^\| (\d+) \| (\d+) \|$", text, flags=re.MULTILINE)]
    assert rows == [*pairing.TIME_TABLE, *pairing.PLACE_TABLE]


def test_the_page_states_every_other_number(root: Path) -> None:
    text = (root / "docs" / "standards" / "linking.md").read_text(encoding="utf-8")
    numbers = {int(number) for number in re.findall(r"-?\d+", text)}
    assert numbers >= {
        SAME, PLACE_SLACK_M, linking.FLOOR, linking.THRESHOLD, pairing.OUTSIDE_FINE, pairing.RELAYED,
        pairing.WEAPON_SAME, pairing.WEAPON_OTHER, pairing.CALIBRE_MEETS, pairing.CALIBRE_APART,
        pairing.PHASE_SAME, pairing.PHASE_OTHER,
    }  # fmt: skip

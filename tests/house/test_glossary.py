"""One thing has one word: what the glossary calls a synonym names nothing in the source."""

import re
import tokenize
from pathlib import Path

ROW = re.compile(r"^\| \*\*(?P<word>[^|*]+)\*\* \| (?P<meaning>[^|]+) \| (?P<other>[^|]*) \|$", re.MULTILINE)
PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def synonyms(root: Path) -> dict[str, str]:
    """Each word not to use, with the one to use instead."""
    rows = list(ROW.finditer((root / "docs" / "glossary.md").read_text(encoding="utf-8")))
    return {
        other.strip(" `"): row["word"]
        for row in rows
        for other in row["other"].split(",")
        if other.strip(" `")
    }


def parts(identifier: str) -> set[str]:
    """The words an identifier is made of, in snake or camel case, and their singular."""
    words = {part.lower() for part in PART.findall(identifier)}
    return words | {word.removesuffix("s") for word in words}


def test_no_identifier_uses_a_synonym(root: Path) -> None:
    instead = synonyms(root)
    found: set[str] = set()
    for path in (root / "src").rglob("*.py"):
        with tokenize.open(path) as source:
            for token in tokenize.generate_tokens(source.readline):
                if token.type == tokenize.NAME:
                    found |= {
                        f"{path.relative_to(root)}:{token.start[0]}: {token.string}: say {instead[part]}"
                        for part in parts(token.string) & instead.keys()
                    }
    assert sorted(found) == []


def test_every_room_that_holds_a_word_is_in_the_glossary(root: Path) -> None:
    words = {row["word"].lower() for row in ROW.finditer((root / "docs" / "glossary.md").read_text("utf-8"))}
    assert {"record", "entry", "agreement", "term", "zone", "observation", "incident", "finding"} <= words


def test_an_identifier_falls_into_its_words() -> None:
    assert {"http", "verdict", "of", "panel"} <= parts("HTTPVerdicts_of_panel")

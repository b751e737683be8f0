"""The two-column page, as data."""

from pathlib import Path

from tests.agreement.sample import TEXT, small
from trucekeeper.agreement.folder import load
from trucekeeper.agreement.page import Page, Row, page


def rows(shown: Page, clause: str) -> dict[str, tuple[str, ...]]:
    (box,) = next(each for each in shown.clauses if each.id == clause).boxes
    return {row.label: row.words for row in box.rows}


def test_each_article_stands_beside_what_is_checked_of_it(tmp_path: Path) -> None:
    shown = page(load(small(tmp_path)))
    first, second = shown.clauses
    assert first.words[0].paragraphs == ("Nobody shall fire.",)
    assert second.words[0].paragraphs == ("1. The other side shall leave.", "2. Exercises are exempt.")
    assert (first.boxes[0].norm, second.boxes[0].norm) == ("must not", "must")
    assert second.remarks == ("Grants the exemption exercise.",)


def test_a_deadline_is_shown_as_a_local_and_a_utc_time(tmp_path: Path) -> None:
    shown = page(load(small(tmp_path)))
    assert rows(shown, "art-1")["From"] == (
        "4 March 2026, 00:00 (Europe/Kyiv), which is 2026-03-03 22:00 UTC",
        "2 days, the first being the day after the agreement enters into force",
    )
    assert rows(shown, "art-2")["Before"][1] == "3 days, the first being the day after the time of t1 is up"


def test_a_zone_is_shown_with_its_distances_its_side_and_its_time(tmp_path: Path) -> None:
    assert rows(page(load(small(tmp_path))), "art-1")["Where"] == (
        "0 to 5.5 km from contact, the side of A",
        "town, until 1 June 2026, 03:00 (Europe/Kyiv), which is 2026-06-01 00:00 UTC",
    )


def test_a_rival_reading_shows_only_what_differs(tmp_path: Path) -> None:
    shown = page(load(small(tmp_path)))
    (rival,) = shown.clauses[0].boxes[0].rivals
    assert (rival.id, rival.by) == ("second-day-of", "B")
    ((main, other),) = rival.rows
    assert (main.label, other.label) == ("From", "From")
    assert other.words[0].startswith("3 March 2026, 00:00")


def test_terms_that_differ_only_in_bearer_and_zone_share_a_box(root: Path) -> None:
    shown = page(load(root / "src/trucekeeper/drill/lakeside"))
    artillery = next(clause for clause in shown.clauses if clause.id == "art-2")
    (box,) = artillery.boxes
    assert box.ids == ("t2-a", "t2-b")
    where = next(row for row in box.rows if row.label == "Where")
    assert [words.split(":")[0] for words in where.words] == ["Republic of Aldmere", "Free Cantons of Vesk"]
    assert [words.language for words in artillery.words] == ["en", "fr"]


def test_a_clause_that_nothing_checks_says_so(tmp_path: Path) -> None:
    text = TEXT + "\n## Last {#art-3}\n\nThe end.\n"
    assert page(load(small(tmp_path, text=text))).clauses[2].remarks == (
        "Nothing here is checked by machine.",
    )


def test_what_is_not_evaluated_is_said_beside_its_clause(tmp_path: Path) -> None:
    folder = small(tmp_path, ("{file: zones/contact.geojson, as_of", "{supplied: front, as_of"))
    assert page(load(folder)).clauses[0].remarks == (
        "t1: not evaluated: nobody supplied the geometry front.",
    )


def test_the_facts_name_who_agreed_and_how_findings_are_made(tmp_path: Path) -> None:
    facts = {row.label: row.words for row in page(load(small(tmp_path))).facts}
    assert facts["Parties"] == ("A (party-a)", "B (party-b)")
    assert facts["Cosigned by"] == ("1 of 1 guarantors",)
    assert facts["Lines"] == ("contact, as of 2026-02-20",)
    assert Row("Parties", facts["Parties"]).code is False

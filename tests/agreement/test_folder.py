"""Reading an agreement's folder: what it means, and one sentence with file, line and clause for what is wrong."""

from pathlib import Path

import pytest

from tests.agreement.sample import TEXT, geojson, small
from trucekeeper.agreement.calendar import binds, deadline_of, text_in_force
from trucekeeper.agreement.folder import lint, load, lock
from trucekeeper.agreement.model import Modality, Standard, Within
from trucekeeper.agreement.wire import body, check
from trucekeeper.kernel.clock import Instant, parse_rfc3339
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.places.zone import Band, Side


def test_the_small_agreement_is_read_as_it_says(tmp_path: Path) -> None:
    agreement = load(small(tmp_path))
    term, other, reading = agreement.terms
    assert (term.modality, term.party, term.zones) == (Modality.SHANT, "party-a", ("a-5km", "town"))
    assert term.standard == Standard(800_000, 950_000)
    assert other.standard == Standard(800_000, 1)
    assert (reading.id, reading.reading, reading.read_by) == ("t1", "second-day-of", "party-b")
    assert reading.within == Within(2, "in-force", "of")
    assert reading.when == term.when
    band = agreement.zone("a-5km").shape
    assert isinstance(band, Band)
    assert (band.from_m, band.to_m, band.side) == (0, 5500, Side.LEFT)
    assert agreement.sides == (("contact", "party-a", "party-b"),)
    assert agreement.publication.cut_off_min == 19 * 60 + 30
    assert agreement.publication.daily_report == ("parties", "g1")
    assert agreement.acts_of("fire") == ("explosion", "shot")
    assert agreement.base_rates == (("explosion", 400_000),)
    assert [clause.id for clause in agreement.clauses] == ["art-1", "art-2"]
    assert agreement.clauses[0].texts == (("en", "Nobody shall fire."),)
    assert lint(tmp_path) == ()


def test_deadlines_follow_each_other_by_days_and_by_reading(tmp_path: Path) -> None:
    agreement = load(small(tmp_path))
    term, other, reading = agreement.terms
    assert deadline_of(agreement, term) == parse_rfc3339("2026-03-04T00:00:00+02:00")
    assert deadline_of(agreement, reading) == parse_rfc3339("2026-03-03T00:00:00+02:00")
    assert deadline_of(agreement, other) == parse_rfc3339("2026-03-07T00:00:00+02:00")
    assert binds(agreement, term).start == deadline_of(agreement, term)
    assert binds(agreement, other).end == deadline_of(agreement, other)


@pytest.mark.parametrize(
    ("old", "new", "line", "clause", "says"),
    [
        (
            "event: 0.80, attribution: 0.95",
            "event: 1.20, attribution: 0.95",
            30,
            "art-1",
            "not between 0 and 1",
        ),
        ("event: 0.80,", "event: 0.8000001,", 30, "art-1", "finer than one of parts per million"),
        ("'count >= 1'", "'count >= \"one\"'", 26, "art-1", "a number is compared with a word"),
        ("'count >= 1'", "'weapon.class == \"artilery\"'", 26, "art-1", "weapon.class is never 'artilery'"),
        ("if: 'civilian_harm'", "if: 'count'", 31, "art-1", "a number stands where yes or no is needed"),
        ("clause: art-1", "clause: art-9", 22, "art-9", "'art-9' is no clause of the text"),
        ("    party: party-a", "    party: party-c", 23, "art-1", "'party-c' is no party of this agreement"),
        ("action: fire", "action: firing", 25, "art-1", "'firing' is no act or class of acts"),
        ("[a-5km, town]\n", "[a-5km, city]\n", 27, "art-1", "'city' is no zone of this agreement"),
        ("except: [exercise]", "except: [drill]", 29, "art-1", "'drill' is no exemption"),
        ("modality: MUST", "modality: OUGHT", 35, "art-2", "'OUGHT' is no norm word"),
        ("of: t1}", "of: t9}", 32, "art-2", "counts from the term 't9', which is none here"),
        ("of: t1}", "of: t2}", 32, "art-2", "counts from itself"),
        ("severity: S1", "severity: S5", 39, "art-2", "'S5' is no severity"),
        ("    of: t1\n", "    of: t7\n", 42, "", "reads 't7', which is no term here"),
        ("{within:", "{party: party-b, within:", 44, "", "'party' is not a key here"),
        ("    by: party-b\n", "    by: party-z\n", 43, "", "'party-z' is no party or guarantor"),
        ("sectors: [town]", "sectors: [village]", 14, "", "'village' is no zone"),
        (", valid: [2026-03-01T00:00:00Z, null]", "", 12, "", "the zone 'a-5km' has no validity"),
        ("Z, 2026-06-01", "Z, 2026-02-01", 13, "", "ends before it starts"),
        ("to_km: 5.5", "to_km: 5.0005", 12, "", "finer than one of metres"),
        ("from_km: 0", "from_km: 6", 12, "", "a band runs from"),
        ("line: contact,", "line: front,", 12, "", "'front' is no line"),
        (", left: party-a", "", 12, "", "does not say which party is on its left"),
        ("file: zones/town", "file: ../zones/town", 13, "", "is no file of this folder"),
        ("timezone: Europe/Kyiv", "timezone: Europe/Atlantis", 5, "", "no named time zone"),
        ("00:00:00Z\n", "00:00:00\n", 4, "", "no time zone"),
        ("2026-03-01T00:00:00Z\n", "2026-02-29T00:00:00Z\n", 4, "", "does not exist"),
        ("procedure:", "procedures:", 46, "", "'procedures' is not a key here"),
        ("panel_votes: 2", "panel_votes: 1", 46, "", "from 2 to 99"),
        ("1-of-guarantors", "2-of-guarantors", 47, "", "there are 1 guarantors"),
        ("cut_off: 19:30", "cut_off: 24:30", 45, "", "a time of day"),
        ("explosion: 0.4}", "explosion: 1}", 19, "", "no evidence could ever move it"),
        ("id: t2", "id: t1", 32, "art-2", "used twice"),
        ("id: small", "id: small\n  id: large", 3, "", "written twice"),
        ("id: party-b,", "id: party-a,", 7, "", "an id of its own"),
        ("[town]", "&x [town]\nladders: *x", 14, "", "an alias"),
        ("exercise: art-2", "exercise: art-7", 18, "", "'art-7' is no clause"),
    ],
)
def test_what_is_wrong_is_named_by_file_line_and_clause(
    tmp_path: Path, old: str, new: str, line: int, clause: str, says: str
) -> None:
    folder = small(tmp_path, (old, new))
    errors = [complaint for complaint in lint(folder) if complaint.severity == "error"]
    assert says in errors[0].says
    assert (errors[0].file, errors[0].line, errors[0].clause) == ("agreement.yaml", line, clause)
    with pytest.raises(BadInput) as refused:
        load(folder)
    assert f"agreement.yaml, line {line}" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_every_error_is_named_not_only_the_first(tmp_path: Path) -> None:
    folder = small(tmp_path, ("action: fire", "action: firing"), ("modality: MUST", "modality: OUGHT"))
    assert [each.clause for each in lint(folder) if each.severity == "error"][:2] == ["art-1", "art-2"]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "the file is empty"),
        (b"a: [", "the YAML cannot be read"),
        (b"a: \xff", "not UTF-8"),
        (b"- a", "names with values"),
        (b"[" * 5000, "the YAML cannot be read"),
        (b"a: \x00", "the YAML cannot be read"),
    ],
)
def test_yaml_that_is_none_is_refused_in_one_sentence(tmp_path: Path, raw: bytes, says: str) -> None:
    folder = small(tmp_path)
    (folder / "agreement.yaml").write_bytes(raw)
    with pytest.raises(BadInput, match=says):
        load(folder)


@pytest.mark.parametrize("path", ["agreement.yaml", "text/en.md", "zones/town.geojson"])
def test_a_file_changed_after_locking_is_refused(tmp_path: Path, path: str) -> None:
    folder = small(tmp_path)
    changed = folder / path
    changed.write_bytes(changed.read_bytes() + b"\n")
    with pytest.raises(BadInput, match=f"{path} is not what was locked"):
        load(folder)
    lock(folder)
    assert load(folder).id == "small"


def test_a_file_added_or_removed_after_locking_is_refused(tmp_path: Path) -> None:
    folder = small(tmp_path)
    (folder / "zones/more.geojson").write_bytes(geojson("Polygon", []))
    with pytest.raises(BadInput, match="in the folder but not locked"):
        load(folder)
    (folder / "zones/more.geojson").unlink()
    (folder / "agreement.lock").write_text(
        "0" * 64 + "  text/fr.md\n" + (folder / "agreement.lock").read_text()
    )
    with pytest.raises(BadInput, match=r"text/fr\.md is locked but not in the folder"):
        load(folder)


def test_a_folder_without_lock_or_agreement_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="the lock is missing"):
        load(small(tmp_path, locked=False))
    with pytest.raises(BadInput, match=r"holds no agreement\.yaml"):
        load(tmp_path / "nowhere")


def test_geometry_that_cannot_be_read_names_its_zone(tmp_path: Path) -> None:
    folder = small(tmp_path)
    (folder / "zones/town.geojson").write_bytes(b"{}")
    lock(folder)
    with pytest.raises(BadInput, match="line 13: the zone 'town'"):
        load(folder)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (TEXT.replace(" {#art-2}", ""), 9, "a heading has no anchor"),
        (TEXT.replace("{#art-2}", "{#art-1}"), 9, "the same anchor stands at two headings"),
        (TEXT.replace("Nobody shall fire.", ""), 5, "the article has no words"),
    ],
)
def test_a_text_without_proper_anchors_is_refused(tmp_path: Path, text: str, line: int, says: str) -> None:
    found = lint(small(tmp_path, text=text))
    assert ("text/en.md", line) in [(each.file, each.line) for each in found if says in each.says]


def test_every_language_has_every_article(tmp_path: Path) -> None:
    folder = small(tmp_path, ("languages: [en]", "languages: [en, fr]"))
    with pytest.raises(BadInput, match=r"text/fr\.md is missing"):
        load(folder)
    (folder / "text/fr.md").write_text(TEXT.split("## Leaving")[0], encoding="utf-8")
    lock(folder)
    with pytest.raises(BadInput, match="'art-2' is missing in this language"):
        load(folder)


def test_supplied_geometry_is_asked_for_by_name_and_its_absence_is_said(tmp_path: Path) -> None:
    folder = small(tmp_path, ("{file: zones/contact.geojson, as_of", "{supplied: front, as_of"))
    without = load(folder)
    assert [(each.term.id, each.term.reading) for each in without.not_evaluated] == [
        ("t1", ""),
        ("t1", "second-day-of"),
    ]
    assert "nobody supplied the geometry front" in without.not_evaluated[0].says
    assert [term.id for term in without.terms] == ["t2"]
    assert deadline_of(without, without.terms[0]) == parse_rfc3339("2026-03-07T00:00:00+02:00")


def test_supplied_geometry_counts_in_the_digest_wherever_it_lies(tmp_path: Path) -> None:
    folder = small(
        tmp_path,
        ("{file: zones/contact.geojson, as_of", "{supplied: front, as_of"),
        ("of: t1}", "of: in-force}"),
    )
    front = geojson("LineString", [[1.0, 1.0], [1.0, 2.0]])
    with_it = load(folder, {"front": front})
    assert with_it.not_evaluated == ()
    assert with_it.digest != load(folder).digest
    (folder / "supplied").mkdir()
    (folder / "supplied/front.geojson").write_bytes(front)
    assert load(folder) == with_it
    with pytest.raises(BadInput, match="'rear' was supplied, but"):
        load(folder, {"rear": front})


def test_the_record_holds_the_lock_and_refuses_another_folder(tmp_path: Path) -> None:
    agreement = load(small(tmp_path / "one"))
    recorded = body(agreement)
    assert recorded["id"] == "small"
    assert [set(line) for line in recorded["lock"]] == [{"path", "sha256"}] * 4
    check(agreement, recorded)
    other = load(small(tmp_path / "two", ("title: Small truce", "title: Other truce")))
    with pytest.raises(NotTrusted, match="not the one on the record"):
        check(other, recorded)


def test_the_text_in_force_is_the_latest_that_has_begun(tmp_path: Path) -> None:
    first = load(small(tmp_path / "one"))
    later = load(small(tmp_path / "two", ("in_force: 2026-03-01T", "in_force: 2026-05-01T")))
    versions = (later, first)
    assert text_in_force(versions, Instant(first.in_force - 1)) is None
    assert text_in_force(versions, first.in_force) == first
    assert text_in_force(versions, Instant(later.in_force - 1)) == first
    assert text_in_force(versions, later.in_force) == later
    other = load(small(tmp_path / "three", ("title: Small truce", "title: Other truce")))
    with pytest.raises(BadInput, match="two texts come into force at the same moment"):
        text_in_force((first, other), first.in_force)

"""``truce weigh`` as a member of the panel reads it."""

import json
import shutil
from pathlib import Path

import pytest

from tests.truce import sentence, truce
from tests.weighing.test_evidence_wire import document
from trucekeeper.kernel.truth import Truth
from trucekeeper.office.wiring import open_office


def written(place: Path) -> Path:
    """A file with one hypothesis that is not adjudicated."""
    body = json.loads(json.dumps(document()))
    body["hypotheses"][0]["adjudicated"] = None
    file = place / "evidence.json"
    file.write_text(json.dumps(body), encoding="utf-8")
    return file


def test_the_answer_fits_eighty_columns_and_gives_its_reasons(tmp_path: Path) -> None:
    done = truce("weigh", written(tmp_path))
    assert (done.code, done.err) == (0, "")
    assert [line for line in done.out.splitlines() if len(line) > 80] == []
    assert "h1: explosion by north, term 4.2: not established" in done.out
    assert "with any one group left out" in done.out
    assert "s1 (m): denies: lawful" in done.out
    assert "one more independent source that affirms would bring it to" in done.out.replace("\n    ", " ")


def test_a_likelihood_and_a_confidence_never_stand_together(tmp_path: Path) -> None:
    done = truce("weigh", written(tmp_path))
    assert "confidence" not in done.out


def test_the_answer_as_json_is_whole_numbers_that_sum(tmp_path: Path) -> None:
    (found,) = truce("weigh", written(tmp_path), "--json").json
    assert found["schema"] == "weighed/v1"
    assert found["prior_milli"] + sum(one["milli"] for one in found["shares"]) == found["log_odds_milli"]
    assert sum(found["causes_ppm"].values()) == 1_000_000


def test_what_is_learnt_can_be_weighed_by_again(tmp_path: Path) -> None:
    file, fit = written(tmp_path), tmp_path / "fit.json"
    learnt = truce("weigh", file, "--learn", fit, "--json")
    again = truce("weigh", file, "--fit", fit, "--json")
    assert learnt.code == again.code == 0
    assert learnt.out == again.out
    assert json.loads(fit.read_text(encoding="utf-8"))["schema"] == "fit/v1"


def test_of_an_incident_the_panel_sees_what_moved_the_drafts_own_number(drilled: Path) -> None:
    with open_office(drilled, readonly=True) as office:
        case = next(case for case in office.casebook.cases() if case.findings[0].answer is Truth.YES)
        stated = {(one.term, one.reading, one.question.value): one.probability_ppm for one in case.findings}
    incident = case.findings[0].incident
    told = truce("weigh", incident, "--office", drilled)
    assert (told.code, told.err) == (0, "")
    assert [line for line in told.out.splitlines() if len(line) > 80] == []
    assert "left out" in told.out
    assert "were its word the opposite" in told.out
    shown = truce("weigh", incident, "--office", drilled, "--json").json
    assert {one["question"] for one in shown} == {"event", "attribution"}
    for one in shown:
        assert stated[one["term"], one["reading"], one["question"]] == one["probability_ppm"]
        assert one["moved"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("INC-2026-000001",), "name the office's folder with --office"),
        (("INC-2026-000001", "--only", "h1", "--office", "."), "leave them out for an incident"),
    ],
)
def test_an_incident_needs_an_office_and_takes_no_option_of_a_file(words: tuple[str, ...], says: str) -> None:
    done = truce("weigh", *words)
    assert done.code == 2
    assert says in sentence(done)


def test_an_offices_evidence_teaches_tables_that_another_person_approves(
    drilled: Path, tmp_path: Path
) -> None:
    office, body, tables = tmp_path / "office", tmp_path / "body.json", tmp_path / "tables.json"
    shutil.copytree(drilled, office)
    told = truce("evidence", body, "--office", office)
    assert (told.code, told.err) == (0, "")
    assert "it names sources, so keep it" in told.out
    assert truce("weigh", body, "--learn", tables).code == 0
    proposed = truce("fit", tables, "--from", body, "--office", office)
    assert (proposed.code, proposed.err) == (0, "")
    entry = proposed.out.split("entry ")[1].split(".")[0]
    key = next((office / "drill" / "people").glob("guarantor-*.pem"))
    approved = truce("approve", entry, "--key", key, "--words", "Learnt anew, the same.", "--office", office)
    assert f"entry {entry}, fit/v1, is in force" in approved.out
    with open_office(office, readonly=True) as opened:
        incident = next(iter(opened.casebook.incidents())).id
        assert opened.inquiry.assessed(incident).method.startswith(f"tables/v1@{entry}+")

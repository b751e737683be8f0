"""``truce notice commit``, ``reveal``, ``commitments`` and ``prove``, as a notifier meets them."""

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.committing import CLINIC, ORIGIN, registering_office
from tests.office_kit import key_of
from tests.truce import sentence, truce
from trucekeeper.kernel import canon
from trucekeeper.movements.grid import columns, square_at
from trucekeeper.movements.wire.commitment import read_secret
from trucekeeper.office.wiring import open_office
from trucekeeper.places.position import Position

FORM = """\
kind: site
category: hospital
organisation: Lakes Relief
designation: Hospital at the mole
contact:
  name: Duty matron
  number: +00 55 010 203
purpose: Care for the sick of both banks.
recipients: [liaison-a]
source: gps
uncertainty_m: 40
start: 2026-03-02T08:00:00Z
area:
  - circle: {at: "21.000000 S 19.000000 W", radius_m: 20}
"""


def drawn(lat: float = -21.0, lon: float = -19.0) -> str:
    ring = [[lon, lat], [lon + 0.002, lat], [lon + 0.002, lat + 0.001], [lon, lat + 0.001], [lon, lat]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return json.dumps({"type": "Feature", "properties": {}, "geometry": shape})


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    """A closed office, keys of two notifiers, a form and a drawing."""
    for kit in registering_office(tmp_path / "office"):
        kit.office.close()
    for name in ("relief-1", "relief-2"):
        key_of(name).save(tmp_path / f"{name}.pem")
    (tmp_path / "site.yaml").write_text(FORM, "utf-8")
    (tmp_path / "site.geojson").write_text(drawn(), "utf-8")
    (tmp_path / "far.geojson").write_text(drawn(-20.5), "utf-8")
    return tmp_path


def commit(here: Path, site: str, secret: str, *more: object) -> object:
    done = truce(
        "notice", "commit", here / site, "--key", here / "relief-1.pem", "--secret", here / secret,
        "--office", here / "office", "--json", *more,
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    return done.json


def test_a_site_is_registered_counted_proven_and_revealed(here: Path) -> None:
    office, secret = here / "office", here / "secret"
    made = commit(here, "site.geojson", "secret")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    kept = read_secret(secret.read_bytes())
    assert square_at(CLINIC) in kept.cells
    assert made == {
        "entry": 2,
        "label": kept.label,
        "notifier": "relief-1",
        "cells": len(kept.cells),
        "root": kept.commitment.root.hex(),
    }
    counted = truce("notice", "commitments", "--office", office, "--json")
    assert counted.json == [{"notifier": "relief-1", "sealed": 1, "revealed": 0}]
    proven = truce("notice", "prove", secret, "--office", office, "--into", here / "bundle", "--json").json
    assert (proven["entry"], proven["revealed"], proven["held_then"]) == (2, None, 1)
    assert proven["checkpoint"] > 2
    vkey = office / "log" / "log.vkey"
    assert truce("verify", here / "bundle", "--key", vkey).code == 0
    done = truce("notice", "reveal", secret, "--key", here / "relief-1.pem", "--office", office, "--json")
    assert (done.code, done.json["revealed"], done.json["entry"]) == (0, 1, 3)
    proven = truce("notice", "prove", secret, "--office", office, "--into", here / "later", "--json").json
    assert proven["revealed"] == 3
    assert truce("verify", here / "later", "--key", vkey).code == 0
    assert (
        truce("notice", "commitments", "--office", office, "--json").json[0].items() >= {"sealed": 0}.items()
    )


def test_what_is_said_to_people_says_what_it_is_not(here: Path) -> None:
    words = ("--key", here / "relief-1.pem", "--office", here / "office")
    said = truce("notice", "commit", here / "site.geojson", "--secret", here / "secret", *words).out
    assert "It warns nobody" in said
    shown = truce("notice", "prove", here / "secret", "--office", here / "office").out
    assert "Proven: relief-1 registered these" in shown
    assert "It does not prove that anybody knew." in shown
    assert "relief-1" in truce("notice", "commitments", "--office", here / "office").out


def test_nothing_of_the_place_is_in_the_office_until_it_is_revealed(here: Path) -> None:
    """Neither salts nor cells, in any file of its folder; the revealed cells are there afterwards, to compare."""
    commit(here, "site.geojson", "secret")
    kept = json.loads((here / "secret").read_text("utf-8"))

    def holds(salt: str) -> bool:
        with open_office(here / "office", readonly=True) as office:
            bodies = [one.entry.body_bytes for one in office.record.entries()]
        files = [file.read_bytes() for file in (here / "office").rglob("*") if file.is_file()]
        return any(salt.encode() in one for one in (*bodies, *files))

    assert not any(holds(salt) for salt in kept["salts"])
    truce("notice", "reveal", here / "secret", "--key", here / "relief-1.pem", "--office", here / "office")
    assert holds(kept["salts"][0])


def test_a_form_is_registered_with_what_its_coordinates_leave_open(here: Path) -> None:
    commit(here, "site.yaml", "secret")
    kept = read_secret((here / "secret").read_bytes())
    edge = Position(CLINIC.lat_u + 500, CLINIC.lon_u)  # 55 m north, within 20 m and 40 m
    assert {square_at(CLINIC), square_at(edge)} <= set(kept.cells)


def test_labels_are_drawn_by_lot_and_group_what_is_revealed_together(here: Path) -> None:
    one = commit(here, "site.geojson", "one")
    assert re.fullmatch("[0-9a-f]{32}", one["label"])
    commit(here, "far.geojson", "two", "--label", one["label"])
    other = commit(here, "far.geojson", "three")
    assert other["label"] != one["label"]
    words = ("--key", here / "relief-1.pem", "--office", here / "office")
    alone = truce("notice", "reveal", here / "one", *words)
    assert (alone.code, "a reveal opens all that share its label" in sentence(alone)) == (6, True)
    mixed = truce("notice", "reveal", here / "one", here / "three", *words)
    assert (mixed.code, "one label at a time" in sentence(mixed)) == (2, True)
    both = truce("notice", "reveal", here / "two", here / "one", *words, "--json")
    assert both.json["revealed"] == 2


def test_it_is_sealed_away_from_the_office_and_handed_in(here: Path) -> None:
    office = here / "office"
    done = truce(
        "notice", "commit", here / "site.geojson", "--secret", here / "secret", "--key", here / "relief-1.pem",
        "--out", here / "entry", "--origin", ORIGIN, "--notifier", "relief-1", "--json",
    )  # fmt: skip
    assert (done.code, done.json["entry"]) == (0, None)
    assert truce("receive", here / "entry", "--office", office).code == 0
    assert truce("notice", "prove", here / "secret", "--office", office, "--json").json["entry"] == 2
    opening = ("--key", here / "relief-1.pem", "--out", here / "opening")
    assert truce("notice", "reveal", here / "secret", *opening).code == 0
    assert truce("receive", here / "opening", "--office", office).code == 0
    assert truce("notice", "prove", here / "secret", "--office", office, "--json").json["revealed"] == 3


def test_it_is_taken_down_from_a_call_by_two(here: Path) -> None:
    words = ("--office", here / "office", "--caller", "relief-1", "--by", "clerk-1", "--heard-by")
    site = ("notice", "commit", here / "site.geojson", "--secret", here / "secret")
    alone = truce(*site, *words, "clerk-1")
    assert (alone.code, "it takes two members of staff" in sentence(alone)) == (2, True)
    assert not (here / "secret").exists()
    assert truce(*site, *words, "clerk-2").code == 0
    assert read_secret((here / "secret").read_bytes()).notifier == "relief-1"
    assert truce("notice", "reveal", here / "secret", *words, "clerk-2").code == 0


WRONG = {
    "commit {}/site.geojson --secret {}/new --office {}/office": (2, "signed with --key"),
    "commit {}/site.geojson --secret {}/new --key {}/relief-1.pem": (2, "say which office"),
    "commit {}/site.geojson --secret {}/kept --key {}/relief-1.pem --office {}/office": (2, "already there"),
    "commit {}/site.geojson --secret {}/new --key {}/relief-1.pem --office {}/office --label clinic": (
        2,
        "a label says nothing",
    ),
    "commit {}/site.geojson --secret {}/new --key {}/relief-1.pem --out {}/entry": (2, "--origin"),
    "commit {}/nowhere.geojson --secret {}/new --key {}/relief-1.pem --office {}/office": (
        5,
        "cannot be read",
    ),
    "commit {}/large.geojson --secret {}/new --key {}/relief-1.pem --office {}/office": (
        2,
        "more than 64 cells",
    ),
    "commit {}/site.geojson --secret {}/new --key {}/office/keys/officer.pem --office {}/office": (
        4,
        "taken down by the office",
    ),
    "reveal {}/kept --key {}/relief-2.pem --office {}/office": (4, "relief-2 cannot register or reveal"),
    "reveal {}/kept --office {}/office": (2, "signed with --key"),
    "reveal {}/site.yaml --key {}/relief-1.pem --office {}/office": (2, "not JSON"),
    "reveal {}/never --key {}/relief-1.pem --office {}/office": (6, "registered nothing under this label"),
    "prove {}/never --office {}/office": (5, "never registered what this secret opens"),
    "prove {}/elsewhere --office {}/office": (2, "is for the record of another.example/log"),
    "prove {}/swapped --office {}/office": (2, "ascending order"),
    "prove {}/office/office.toml --office {}/office": (2, "not JSON"),
}


def test_what_is_wrong_is_said_in_one_sentence_and_changes_nothing(here: Path) -> None:
    commit(here, "site.geojson", "kept")
    kept = json.loads((here / "kept").read_text("utf-8"))
    for name, change in (
        ("never", {"label": "9" * 32}),
        ("elsewhere", {"origin": "another.example/log"}),
        ("swapped", {"cells": kept["cells"][::-1]}),
    ):
        (here / name).write_bytes(canon.encode({**kept, **change}))
    ring = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    (here / "large.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), "utf-8")
    for line, (code, says) in WRONG.items():
        done = truce("notice", *line.replace("{}", str(here)).split())
        assert says in sentence(done), line
        assert done.code == code, (line, done.err)
        assert not (here / "new").exists(), line
        assert not (here / "entry").exists(), line
    counted = truce("notice", "commitments", "--office", here / "office", "--json")
    assert counted.json == [{"notifier": "relief-1", "sealed": 1, "revealed": 0}]


def test_the_lines_in_the_documentation_check_it_too(here: Path, root: Path) -> None:
    """The code there shares nothing with this program."""
    page = (root / "docs" / "reference" / "commitments.md").read_text("utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    theirs: dict = {}
    exec(compile(block, "commitments.md", "exec"), theirs)
    made = commit(here, "site.geojson", "secret")
    opened = json.loads((here / "secret").read_text("utf-8"))
    assert theirs["root"](opened) == made["root"]
    assert theirs["cell"](CLINIC.lat_u, CLINIC.lon_u) in opened["cells"]
    truce("notice", "reveal", here / "secret", "--key", here / "relief-1.pem", "--office", here / "office")
    with open_office(here / "office", readonly=True) as office:
        body = office.record.entry(3).body
    shown = [{**one, "label": body["label"], "notifier": body["notifier"]} for one in body["opened"]]
    assert [theirs["root"](one) for one in shown] == [made["root"]]
    for lat_u in (*range(-90_000_000, 90_000_001, 7_777_777), 90_000_000):
        for lon_u in (-180_000_000, -1, 0, 179_999_999, 180_000_000):
            ours = square_at(Position(lat_u, lon_u))
            assert theirs["cell"](lat_u, lon_u) == [ours.row, ours.column]
            assert theirs["columns"](ours.row) == columns(ours.row)

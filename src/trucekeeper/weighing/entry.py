"""fit/v1 and weighed/v1 as canonical JSON: whole numbers, ASCII keys. ``read_fit`` and ``fit_body`` undo each other."""

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Never, TypedDict

from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.errors import BadInput
from trucekeeper.weighing.evidence import CAUSES
from trucekeeper.weighing.fit import (
    ANY,
    CLAIMANT,
    CLASS,
    METHOD,
    MILLION,
    NAMED,
    SOURCE,
    STANCES,
    SYMBOLS,
    Copying,
    Ear,
    Fit,
    Table,
)
from trucekeeper.weighing.voiced import MOST_RECORD, MOST_TOLD
from trucekeeper.weighing.weighed import Share, Weighed
from trucekeeper.weighing.words import likelihood

FIT = "fit/v1"
WEIGHED = "weighed/v1"

LARGEST = 64 * 1024 * 1024

_KEYS = ("schema", "method", "classes", "own", "captured", "copies", "ears")
_LEARNT = ("voiced", "record")
"""Left out, both, where nothing was adjudicated to learn them from."""


def fit_body(fit: Fit) -> dict[str, Json]:
    """The fit as a JSON value."""
    learnt: dict[str, Json] = {}
    if fit.voiced or any(fit.record):
        learnt["voiced"] = {f"{stance} {name}": list(pair) for (name, stance), pair in fit.voiced.items()}
        learnt["record"] = list(fit.record)
    return {
        "schema": FIT,
        "method": fit.method,
        "classes": _tables(fit.classes),
        "own": _tables(fit.own),
        "captured": dict(fit.captured),
        "copies": [
            {"child": one.child, "parent": one.parent, "ppm": one.ppm}
            for one in sorted(fit.copies, key=lambda one: (one.child, one.parent))
        ],
        "ears": {
            name: {
                "bands": [[within, ppm] for within, ppm in ear.bands],
                "night": ear.night,
                "cloud": ear.cloud,
                "alarm": ear.alarm,
                "sounds": list(ear.sounds),
                "points": list(ear.points),
            }
            for name, ear in fit.ears.items()
        },
        **learnt,
    }


def read_fit(raw: bytes) -> Fit:
    """The fit in a fit/v1 file; BadInput names what is wrong with it."""
    return fit_of(canon.decode_object(raw, LARGEST))


def fit_of(found: Mapping[str, Json]) -> Fit:
    """The fit in the object of a fit/v1 file."""
    taught = any(key in found for key in _LEARNT)
    fields = Fields(found, FIT).only(*_KEYS, *(_LEARNT if taught else ()))
    if fields.text("schema") != FIT or fields.text("method") != METHOD:
        _refuse("schema", f"is not {FIT} by the method {METHOD}; use the software that made it")
    classes = _read_tables(fields.mapping("classes"), "classes")
    captured = {name: _ppm(value, f"captured.{name}") for name, value in fields.mapping("captured").items()}
    if any((ANY, stance) not in classes for stance in STANCES):
        _refuse("classes", "lacks a table for those of whom nothing is known; add it")
    if any(name not in captured for name in (ANY, CLAIMANT, NAMED)):
        _refuse("captured", "lacks one of *, claimant and named; add it")
    return Fit(
        method=METHOD,
        classes=MappingProxyType(classes),
        own=MappingProxyType(_read_tables(fields.mapping("own"), "own")),
        captured=MappingProxyType(captured),
        copies=tuple(_copying(one) for one in fields.objects("copies")),
        ears=MappingProxyType(
            {name: _ear(fields.object("ears").object(name), name) for name in fields.mapping("ears")}
        ),
        **(_learnt(fields) if taught else _Learnt()),
    )


class _Learnt(TypedDict, total=False):
    voiced: Mapping[tuple[str, str], tuple[int, int]]
    record: tuple[int, int, int, int]


def _learnt(fields: Fields) -> _Learnt:
    """What adjudicated incidents taught beyond the tables, where the fit holds it."""
    voiced: dict[tuple[str, str], tuple[int, int]] = {}
    for key, value in fields.mapping("voiced").items():
        stance, space, name = key.partition(" ")
        where = f"voiced.{key[:40]}"
        if not space or stance not in STANCES or not name.startswith((CLASS, SOURCE)):
            _refuse(where, "is not a stance with a class or a source; correct it")
        affirms, denies = _micros(value, 2, MOST_TOLD, where)
        voiced[name, stance] = (affirms, denies)
    lawful, accident, staged, nothing = _micros(fields.array("record"), 4, MOST_RECORD, "record")
    return {"voiced": MappingProxyType(voiced), "record": (lawful, accident, staged, nothing)}


def _micros(value: Json, count: int, most: int, where: str) -> list[int]:
    if not isinstance(value, list) or len(value) != count:
        _refuse(where, f"is not a list of {count}; correct it")
    found: list[int] = []
    for one in value:
        if not isinstance(one, int) or isinstance(one, bool) or abs(one) > most:
            _refuse(where, f"holds something that is not from {-most} to {most}; correct it")
        found.append(one)
    return found


def weighed_body(found: Weighed) -> dict[str, Json]:
    """The answer as a JSON value."""
    return {
        "schema": WEIGHED,
        "hypothesis": found.hypothesis,
        "probability_ppm": found.probability_ppm,
        "words": likelihood(found.probability_ppm),
        "log_odds_milli": found.log_odds_milli,
        "prior_ppm": found.prior_ppm,
        "prior_milli": found.prior_milli,
        "bayes_milli": found.bayes_milli,
        "at_priors": [{"prior_ppm": prior, "probability_ppm": ppm} for prior, ppm in found.at_priors],
        "causes_ppm": {cause.value: ppm for cause, ppm in zip(CAUSES, found.causes_ppm, strict=True)},
        "threshold_ppm": found.threshold_ppm,
        "answer": found.answer,
        "seen": found.seen,
        "lowest_ppm": found.lowest_ppm,
        "highest_ppm": found.highest_ppm,
        "pivotal": found.pivotal,
        "captured_ppm": found.captured_ppm,
        "captor": found.captor,
        "shares": [_share(one) for one in found.shares],
        "linked": [
            {"number": one.number, "weight_ppm": one.weight_ppm, "probability_ppm": one.probability_ppm}
            for one in found.linked
        ],
    }


def _share(one: Share) -> dict[str, Json]:
    return {
        "what": one.what,
        "id": one.id,
        "source": one.source,
        "group": one.group,
        "milli": one.milli,
        "says": one.says,
    }


def _tables(tables: Mapping[tuple[str, str], Table]) -> dict[str, Json]:
    return {f"{stance} {name}": [list(row) for row in table] for (name, stance), table in tables.items()}


def _read_tables(found: Mapping[str, Json], what: str) -> dict[tuple[str, str], Table]:
    tables: dict[tuple[str, str], Table] = {}
    for key, value in found.items():
        stance, space, name = key.partition(" ")
        if not space or stance.partition("/")[0] not in STANCES:
            _refuse(f"{what}.{key[:40]}", "does not begin with a stance; correct it")
        tables[name, stance] = _table(value, f"{what}.{key[:40]}")
    return tables


def _table(value: Json, where: str) -> Table:
    rows = value if isinstance(value, list) else []
    if len(rows) != len(CAUSES):
        _refuse(where, "has not one row for each cause; correct it")
    return tuple(_row(row, where) for row in rows)


def _row(value: Json, where: str) -> tuple[int, ...]:
    row = _ppms(value, len(SYMBOLS), where)
    if sum(row) != MILLION:
        _refuse(where, "has a row that does not sum to 1000000; correct it")
    return row


def _ppms(value: Json, count: int, where: str) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) != count:
        _refuse(where, f"is not a list of {count}; correct it")
    return tuple(_ppm(one, where) for one in value)


def _ppm(value: Json, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MILLION:
        _refuse(where, "holds something that is not from 0 to 1000000; correct it")
    return value


def _ear(fields: Fields, name: str) -> Ear:
    fields.only("bands", "night", "cloud", "alarm", "sounds", "points")
    bands: list[tuple[int, int]] = []
    for band in fields.array("bands"):
        if not isinstance(band, list) or len(band) != 2 or not isinstance(band[0], int):
            _refuse(f"ears.{name}.bands", "holds something that is not a distance and a chance; correct it")
        bands.append((band[0], _ppm(band[1], f"ears.{name}.bands")))
    falls = all(one[0] < two[0] and one[1] >= two[1] for one, two in pairwise(bands))
    if not bands or not falls:
        _refuse(f"ears.{name}.bands", "does not fall with rising distance; correct it")
    count = len(CAUSES)
    return Ear(
        bands=tuple(bands),
        night=_ppm(fields.whole("night"), f"ears.{name}.night"),
        cloud=_ppm(fields.whole("cloud"), f"ears.{name}.cloud"),
        alarm=_ppm(fields.whole("alarm"), f"ears.{name}.alarm"),
        sounds=_ppms(fields.array("sounds"), count, f"ears.{name}.sounds"),
        points=_ppms(fields.array("points"), count, f"ears.{name}.points"),
    )


def _copying(fields: Fields) -> Copying:
    fields.only("child", "parent", "ppm")
    return Copying(fields.text("child"), fields.text("parent"), _ppm(fields.whole("ppm"), "copies"))


def _refuse(where: str, why: str) -> Never:
    msg = f"{FIT}: {where!a} {why}"
    raise BadInput(msg)

"""The strict check of both files: unknown fields, wrong kinds, dangling names and impossible figures are refused."""

from collections.abc import Callable

from sim.errors import refuse
from sim.words import CAUSES

Row = dict[str, object]
Test = Callable[[object], bool]


def _whole(low: int, high: int) -> Test:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _word(*choices: str) -> Test:
    return lambda value: value in choices


def _or_null(test: Test) -> Test:
    return lambda value: value is None or test(value)


def _text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 100 and value.isascii()


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _hash(value: object) -> bool:
    return isinstance(value, str) and len(value) == 16 and set(value) <= set("0123456789abcdef")


def _listing(value: object) -> bool:
    return isinstance(value, list)


def _pairs(*names: str) -> Test:
    def test(value: object) -> bool:
        return (
            isinstance(value, dict)
            and tuple(value) == names
            and all(_whole(0, 10**9)(value[name]) for name in names)
        )

    return test


_PPM = _whole(1, 1_000_000)
_MS = _whole(0, 2**53)
_CAUSE = _word(*CAUSES)

FORMS: dict[str, dict[str, Test]] = {
    "modalities": {
        "id": _text,
        "range": _listing,
        "false": _pairs("alarms", "of"),
        "night": _or_null(_pairs("hits", "misses")),
        "cloud": _or_null(_pairs("hits", "misses")),
    },
    "sources": {
        "id": _text,
        "class": _text,
        "group": _text,
        "side": _or_null(_text),
        "modality": _or_null(_text),
        "parent": _or_null(_text),
    },
    "hypotheses": {
        "id": _text,
        "term": _text,
        "act": _text,
        "named": _text,
        "claimant": _or_null(_text),
        "lat_u": _whole(-90_000_000, 90_000_000),
        "lon_u": _whole(-180_000_000, 180_000_000),
        "radius_m": _whole(1, 100_000),
        "start_ms": _MS,
        "end_ms": _MS,
        "base_ppm": _pairs(*CAUSES),
        "adjudicated": _or_null(_CAUSE),
        "threshold_ppm": _PPM,
    },
    "statements": {
        "id": _text,
        "hypothesis": _text,
        "source": _text,
        "says": _word("affirm", "deny"),
        "account": _or_null(_CAUSE),
        "at_ms": _MS,
        "copies": _or_null(_text),
        "words": _or_null(_hash),
    },
    "watches": {
        "hypothesis": _text,
        "source": _text,
        "distance_m": _whole(0, 1_000_000),
        "on_shift": _flag,
        "in_view": _flag,
        "night": _flag,
        "cloud": _flag,
        "detected": _flag,
        "points_to": _or_null(_text),
    },
    "alternatives": {"hypothesis": _text, "weight_ppm": _PPM, "statements": _listing},
}
TRUTHS: dict[str, dict[str, Test]] = {
    "hypotheses": {"id": _text, "cause": _CAUSE, "oracle_ppm": _whole(1, 999_999)},
    "sources": {"id": _text, "captured": _flag, "copies": _or_null(_text)},
}


def _rows(document: Row, name: str, form: dict[str, Test]) -> list[Row]:
    raw = document.get(name)
    if not isinstance(raw, list):
        refuse(f"'{name}' must be a list.")
    for at, row in enumerate(raw):
        if not isinstance(row, dict) or set(row) != set(form):
            refuse(f"{name}[{at}] must have exactly the fields {', '.join(form)}.")
        for field, test in form.items():
            if not test(row[field]):
                refuse(f"{name}[{at}].{field} is {row[field]!r}, which it may not be.")
    return raw


def _distinct(rows: list[Row], name: str) -> set[object]:
    found = {row["id"] for row in rows}
    if len(found) != len(rows):
        refuse(f"{name} has the same id twice.")
    return found


def _known(rows: list[Row], name: str, field: str, ids: set[object]) -> None:
    for at, row in enumerate(rows):
        if row[field] is not None and row[field] not in ids:
            refuse(f"{name}[{at}].{field} names {row[field]!r}, which is not there.")


def _once(rows: list[Row], name: str) -> None:
    if len({(row["hypothesis"], row["source"]) for row in rows}) != len(rows):
        refuse(f"{name} has two entries of one source for one hypothesis.")


def check_evidence(document: Row) -> None:
    """Refused unless the document is evidence/v1 in every particular."""
    if document.get("schema") != "evidence/v1":
        refuse("'schema' must be evidence/v1.")
    if unknown := set(document) - {"schema", "sides", *FORMS}:
        refuse(f"The field '{min(unknown)}' is not known.")
    sides = document.get("sides")
    if not (isinstance(sides, list) and len(sides) == 2 and all(map(_text, sides)) and sides[0] != sides[1]):
        refuse("'sides' must be two different names.")
    optional = {"alternatives"} - set(document)
    rows = {name: _rows(document, name, form) for name, form in FORMS.items() if name not in optional}
    ids = {
        name: _distinct(rows[name], name) for name in ("modalities", "sources", "hypotheses", "statements")
    }
    _references(rows, ids, set(sides))
    for name in ("statements", "watches"):
        _once(rows[name], name)
    _figures(rows)
    _possible(rows)


def _references(rows: dict[str, list[Row]], ids: dict[str, set[object]], sides: set[object]) -> None:
    _known(rows["sources"], "sources", "side", sides)
    _known(rows["sources"], "sources", "modality", ids["modalities"])
    _known(rows["sources"], "sources", "parent", ids["sources"])
    _known(rows["hypotheses"], "hypotheses", "named", sides)
    _known(rows["hypotheses"], "hypotheses", "claimant", sides)
    _known(rows["statements"], "statements", "copies", ids["sources"])
    _known(rows["watches"], "watches", "points_to", sides)
    for name in ("statements", "watches"):
        _known(rows[name], name, "source", ids["sources"])
    for name in ("statements", "watches", "alternatives"):
        _known(rows.get(name, []), name, "hypothesis", ids["hypotheses"])
    made = {row["id"]: row["hypothesis"] for row in rows["statements"]}
    for at, row in enumerate(rows.get("alternatives", [])):
        listed = row["statements"]
        if not isinstance(listed, list) or any(made.get(one) != row["hypothesis"] for one in listed):
            refuse(f"alternatives[{at}].statements names a statement that is not of its hypothesis.")


def _figures(rows: dict[str, list[Row]]) -> None:
    for at, row in enumerate(rows["hypotheses"]):
        base = row["base_ppm"]
        if not isinstance(base, dict) or sum(base.values()) != 1_000_000 or min(base.values()) < 1:
            refuse(f"hypotheses[{at}].base_ppm must be positive and sum to 1000000.")
        if row["named"] == row["claimant"]:
            refuse(f"hypotheses[{at}].claimant is the named side itself.")
        if int(str(row["start_ms"])) >= int(str(row["end_ms"])):
            refuse(f"hypotheses[{at}].end_ms is not after its start_ms.")


def _possible(rows: dict[str, list[Row]]) -> None:
    for at, row in enumerate(rows["statements"]):
        if (row["says"] == "affirm") != (row["account"] == "violation") and row["account"] is not None:
            refuse(f"statements[{at}].account contradicts what it says.")
    for at, row in enumerate(rows["watches"]):
        if row["detected"] and not (row["on_shift"] and row["in_view"]):
            refuse(f"watches[{at}] detected something while it could not.")
        if row["points_to"] is not None and not row["detected"]:
            refuse(f"watches[{at}] points somewhere and detected nothing.")
    for at, row in enumerate(rows["modalities"]):
        _range(row["range"], at)


def _range(bins: object, at: int) -> None:
    test = _pairs("within_m", "hits", "misses")
    if not isinstance(bins, list) or not bins or not all(map(test, bins)):
        refuse(f"modalities[{at}].range must be a list of within_m, hits, misses.")
    edges = [one["within_m"] for one in bins]
    if edges != sorted(set(edges)):
        refuse(f"modalities[{at}].range must rise in distance.")


def check_truth(document: Row, evidence: Row) -> None:
    """Refused unless the document is truth/v1 and speaks of the evidence's hypotheses and sources."""
    if document.get("schema") != "truth/v1" or not _text(document.get("scenario")):
        refuse("'schema' must be truth/v1 and 'scenario' a name.")
    if unknown := set(document) - {"schema", "scenario", *TRUTHS}:
        refuse(f"The field '{min(unknown)}' is not known.")
    for name, form in TRUTHS.items():
        rows = _rows(document, name, form)
        theirs = evidence[name]
        if not isinstance(theirs, list) or [row["id"] for row in rows] != [row["id"] for row in theirs]:
            refuse(f"{name} must be those of the evidence, in the same order.")
        if name == "sources":
            _known(rows, name, "copies", {row["id"] for row in rows})

"""commitment/v1 and reveal/v1 as signed, and the secret that its notifier keeps in between."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trucekeeper.kernel import b64, canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements import commitment as rules
from trucekeeper.movements.commitment import MOST_TOGETHER, SALT_BYTES, Commitment, Opening, Reveal
from trucekeeper.movements.grid import Square
from trucekeeper.movements.wire.notices import ReadBackV1, taken_down, taken_down_body
from trucekeeper.parties.wire import IDENTIFIER, Strict, parsed

COMMITMENT = "commitment/v1"
REVEAL = "reveal/v1"
SECRET = "commitment-secret/v1"  # noqa: S105 - the name of a form
LIMIT_SECRET_BYTES = 1_048_576

_LABEL = re.compile(r"[0-9a-f]{32}")
_ROOT = re.compile(r"[0-9a-f]{64}")


class CommitmentV1(Strict):
    """The body of a commitment/v1 entry; ``root`` is in hex."""

    label: str
    notifier: str
    cells: int
    root: str
    taken_down: ReadBackV1 | None = None


class OpeningV1(Strict):
    """What opens one commitment: pairs of row and column, and a salt in base64 for each."""

    root: str
    cells: list[list[int]]
    salts: list[str]


class RevealV1(Strict):
    """The body of a reveal/v1 entry."""

    label: str
    notifier: str
    opened: list[OpeningV1]
    taken_down: ReadBackV1 | None = None


class SecretV1(Strict):
    """The file that the notifier keeps."""

    kind: str
    origin: str
    label: str
    notifier: str
    cells: list[list[int]]
    salts: list[str]


@dataclass(frozen=True, slots=True)
class Secret:
    """What opens a commitment in the record of ``origin``. Who has it knows where the site is."""

    origin: str
    label: str
    notifier: str
    cells: tuple[Square, ...]
    salts: tuple[bytes, ...]

    @property
    def commitment(self) -> Commitment:
        """What is registered, and gives nothing away but the number of cells."""
        root = rules.root(self.notifier, self.label, self.cells, self.salts)
        return Commitment(self.label, self.notifier, len(self.cells), root)

    @property
    def opening(self) -> Opening:
        """What a reveal says of it."""
        return Opening(self.commitment.root, self.cells, self.salts)


def read_commitment(body: Mapping[str, Json]) -> Commitment:
    """The commitment that ``body`` (commitment/v1) holds."""
    form = parsed(CommitmentV1, "commitment", body)
    _check("commitment", form.label, form.notifier)
    if not _ROOT.fullmatch(form.root):
        _refuse("commitment: root", "is not 64 lower-case hex digits; copy it whole")
    if form.cells < 1:
        _refuse("commitment: cells", "is less than one; a site covers some cell")
    taken = taken_down(form.taken_down, "commitment")
    return Commitment(form.label, form.notifier, form.cells, bytes.fromhex(form.root), taken)


def commitment_body(new: Commitment) -> dict[str, Json]:
    """The commitment/v1 body of ``new``; refuses what :func:`read_commitment` would refuse."""
    form: dict[str, Json] = {
        "label": new.label,
        "notifier": new.notifier,
        "cells": new.cells,
        "root": new.root.hex(),
    }
    if new.taken_down is not None:
        form["taken_down"] = taken_down_body(new.taken_down)
    read_commitment(form)
    return form


def read_reveal(body: Mapping[str, Json]) -> Reveal:
    """The reveal that ``body`` (reveal/v1) holds; whether it opens anything is for the rules."""
    form = parsed(RevealV1, "reveal", body)
    _check("reveal", form.label, form.notifier)
    roots = [one.root for one in form.opened]
    if not roots or roots != sorted(set(roots)) or not all(_ROOT.fullmatch(root) for root in roots):
        _refuse("reveal: opened", "is not a list in ascending order of roots, each once; sort it")
    if sum(len(one.cells) for one in form.opened) > MOST_TOGETHER:
        _refuse("reveal: opened", f"holds more than {MOST_TOGETHER} cells; no label has room for so many")
    opened = tuple(
        Opening(bytes.fromhex(one.root), *_cells(f"reveal: opened.{number}", one.cells, one.salts))
        for number, one in enumerate(form.opened)
    )
    return Reveal(form.label, form.notifier, opened, taken_down(form.taken_down, "reveal"))


def reveal_body(reveal: Reveal) -> dict[str, Json]:
    """The reveal/v1 body of ``reveal``; refuses what :func:`read_reveal` would refuse."""
    form: dict[str, Json] = {
        "label": reveal.label,
        "notifier": reveal.notifier,
        "opened": [{"root": one.root.hex(), **_cells_body(one.cells, one.salts)} for one in reveal.opened],
    }
    if reveal.taken_down is not None:
        form["taken_down"] = taken_down_body(reveal.taken_down)
    read_reveal(form)
    return form


def read_secret(data: bytes) -> Secret:
    """The secret in a file."""
    form = parsed(SecretV1, "secret", canon.decode_object(data.rstrip(b"\n"), LIMIT_SECRET_BYTES))
    if form.kind != SECRET:
        _refuse(
            "secret: kind", f"is not {SECRET}; name the file that was written when the site was registered"
        )
    _check("secret", form.label, form.notifier)
    cells, salts = _cells("secret", form.cells, form.salts)
    return Secret(form.origin, form.label, form.notifier, cells, salts)


def secret_bytes(secret: Secret) -> bytes:
    """The file that :func:`read_secret` reads."""
    form: dict[str, Json] = {
        "kind": SECRET,
        "origin": secret.origin,
        "label": secret.label,
        "notifier": secret.notifier,
        **_cells_body(secret.cells, secret.salts),
    }
    return canon.encode(form) + b"\n"


def _cells(
    where: str, given: Sequence[Sequence[int]], salts: Sequence[str]
) -> tuple[tuple[Square, ...], tuple[bytes, ...]]:
    if not given or any(len(pair) != 2 for pair in given):
        _refuse(f"{where}.cells", "is not a list of pairs of row and column; write it so")
    if len(salts) != len(given):
        _refuse(f"{where}.salts", f"has {len(salts)} salts for {len(given)} cells; give one for each")
    cells = tuple(Square(row, column) for row, column in given)
    if list(cells) != sorted(set(cells)):
        _refuse(f"{where}.cells", "is not in ascending order, each once; sort it by row and column")
    return cells, tuple(b64.decode(salt, f"{where}: a salt", SALT_BYTES) for salt in salts)


def _cells_body(cells: Sequence[Square], salts: Sequence[bytes]) -> dict[str, Json]:
    return {
        "cells": [[one.row, one.column] for one in cells],
        "salts": [b64.encode(salt) for salt in salts],
    }


def _check(what: str, label: str, notifier: str) -> None:
    if not _LABEL.fullmatch(label):
        _refuse(f"{what}: label", "is not 32 lower-case hex digits drawn by lot; a label says nothing")
    if not IDENTIFIER.fullmatch(notifier):
        _refuse(f"{what}: notifier", "is no id of a holder; use letters, digits and . _ : -")


def _refuse(field: str, why: str) -> None:
    msg = f"{field} {why}"
    raise BadInput(msg)

"""The office itself changes a bundle and signs it anew: each later step catches what it must."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attacks.office import REFS, entries, listed, rebuilt, small_office
from tests.record.kit import DAY_MS, LOG, NOW, VKEY, sealed, signer
from trucekeeper.kernel import b64, note
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.record import admission, checkpoint, entry
from trucekeeper.record.bundle import collect
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.ref import Ref
from trucekeeper.verifier.notes import Refused
from trucekeeper.verifier.verify import verify_bundle

Change = Callable[[dict[str, Json]], None]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    with small_office(tmp_path_factory.mktemp("lying")) as record:
        return collect(record, REFS, "the shelling of 1 March")


def replace_entry(value: dict[str, Json]) -> None:
    entries(value)[2]["envelope"] = sealed(number=2).decode().replace("north", "south")


def replace_by_a_signed_one(value: dict[str, Json]) -> None:
    entries(value)[2]["envelope"] = sealed(body={"kind": "report", "note": "nothing"}, number=2).decode()


def change_salt(value: dict[str, Json]) -> None:
    entries(value)[2]["salt"] = b64.encode(bytes(32))


def swap_indexes(value: dict[str, Json]) -> None:
    one, other = entries(value)[2:4]
    one["envelope"], other["envelope"] = other["envelope"], one["envelope"]


def shorten_proof(value: dict[str, Json]) -> None:
    proof = entries(value)[2]["proof"]
    assert isinstance(proof, list)
    proof.pop()


def drop_key_set(value: dict[str, Json]) -> None:
    found = value["entries"]
    assert isinstance(found, list)
    del found[0]


def repeat_entry(value: dict[str, Json]) -> None:
    found = value["entries"]
    assert isinstance(found, list)
    found.append(found[-1])


def unsorted_entries(value: dict[str, Json]) -> None:
    found = value["entries"]
    assert isinstance(found, list)
    found[1], found[2] = found[2], found[1]


def change_row(value: dict[str, Json]) -> None:
    row = listed(value, "rows")[0]
    row["row"] = str(row["row"]).replace("r1", "r9")


def renumber_row(value: dict[str, Json]) -> None:
    listed(value, "rows")[0]["ref"] = "4.2"


def row_of_no_batch(value: dict[str, Json]) -> None:
    listed(value, "rows")[0]["ref"] = "3.1"


def cite_another_agreement(value: dict[str, Json]) -> None:
    value["agreement"] = {"digest": "00" * 32, "ref": "1"}


def cite_another_entry(value: dict[str, Json]) -> None:
    agreement = value["agreement"]
    assert isinstance(agreement, dict)
    agreement["ref"] = "2"


def cite_no_agreement(value: dict[str, Json]) -> None:
    value["agreement"] = None


def another_origin(value: dict[str, Json]) -> None:
    value["origin"] = "hill.example/log"


def another_version(value: dict[str, Json]) -> None:
    value["version"] = 1


def extra_field(value: dict[str, Json]) -> None:
    value["note"] = "trust me"


def another_root(value: dict[str, Json]) -> None:
    value["checkpoint"] = checkpoint.sign(Checkpoint("lake.example/log", 6, bytes(32)), LOG).decode()


def another_signature_line(value: dict[str, Json]) -> None:
    text = note.parse(str(value["checkpoint"]).encode()).text
    both = note.sign(text, (("lake.example/log", LOG), ("witness.example", signer("witness"))))
    value["checkpoint"] = both.decode()


def checkpoint_of_another_key(value: dict[str, Json]) -> None:
    text = note.parse(str(value["checkpoint"]).encode()).text
    value["checkpoint"] = note.sign(text, (("lake.example/log", signer("stranger")),)).decode()


@pytest.mark.parametrize(
    ("step", "change"),
    [
        (5, repeat_entry),
        (5, unsorted_entries),
        (1, another_version),
        (1, extra_field),
        (1, another_origin),
        (3, another_signature_line),
        (2, checkpoint_of_another_key),
        (5, replace_entry),
        (5, replace_by_a_signed_one),
        (5, change_salt),
        (5, swap_indexes),
        (5, shorten_proof),
        (5, another_root),
        (6, drop_key_set),
        (8, change_row),
        (8, renumber_row),
        (8, row_of_no_batch),
        (9, cite_another_agreement),
        (9, cite_another_entry),
        (9, cite_no_agreement),
    ],
)
def test_a_lie_is_caught_at_its_step(whole: bytes, step: int, change: Change) -> None:
    with pytest.raises(Refused, match=rf"^the bundle fails at step {step}:"):
        verify_bundle(rebuilt(whole, change), VKEY)


@pytest.mark.parametrize(
    ("envelope", "why"),
    [
        (sealed("stranger"), "nobody's mandate"),
        (sealed("monitor-gone"), "nobody's mandate"),
        (sealed("monitor-1", at=Instant(NOW - 200 * DAY_MS)), "nobody's mandate"),
        (sealed("monitor-1", "finding/v1", {}), "may not sign finding/v1"),
        (sealed("liaison-a", body={"kind": "report"}), "claims and denies"),
        (sealed().replace(b"north", b"south"), "monitor-1 did not sign it"),
        (sealed(origin="hill.example/log"), "another record"),
    ],
    ids=("stranger", "expired", "back-dated", "role", "party", "signature", "origin"),
)
def test_an_entry_that_the_office_slipped_in_is_caught_by_its_author(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, envelope: bytes, why: str
) -> None:
    with small_office(tmp_path) as record:
        mandate = record.keyset().mandate(signer("monitor-1").key_id, NOW)
        monkeypatch.setattr(
            admission, "admit", lambda data, *_: admission.Admitted(entry.opened(data), mandate)
        )
        (receipt,) = record.append([envelope])
        monkeypatch.undo()
        data = collect(record, (Ref(receipt.index),), "slipped in")
    with pytest.raises(Refused, match=rf"^the bundle fails at step 7: entry {receipt.index}.*{why}"):
        verify_bundle(data, VKEY)

"""The office puts an agreement of its own into the log, and hands out bundles that leave the true one out."""

from pathlib import Path

import pytest

from tests.attacks.office import entries, rebuilt
from tests.record.kit import VKEY, new_record, sealed
from trucekeeper.kernel.canon import Json
from trucekeeper.record import amendment
from trucekeeper.record.bundle import collect
from trucekeeper.record.entry import opened
from trucekeeper.record.ref import Ref
from trucekeeper.verifier.notes import Refused
from trucekeeper.verifier.verify import verify_bundle

TRUE = sealed("office", "agreement/v1", {"digest": "ab" * 32, "id": "lake"}, number=1)
FALSE = sealed("office", "agreement/v1", {"digest": "cd" * 32, "id": "lake"}, number=3)
UNSIGNED: dict[str, Json] = {
    "digest": "cd" * 32,
    "id": "lake",
    "signatures": [],
    "amends": opened(TRUE).digest,
}


def lied(folder: Path, monkeypatch: pytest.MonkeyPatch, second: bytes) -> bytes:
    """A bundle on entry 2 of a log that admitted a second agreement against its own rules."""
    with new_record(folder) as record:
        record.append([TRUE, sealed(number=2)])
        with monkeypatch.context() as rules:
            rules.setattr(amendment, "in_order", lambda *_: None)
            rules.setattr(amendment, "agreed", lambda *_: None)
            record.append([second])
        return collect(record, [Ref(2)], "x")


def test_the_agreement_of_entry_1_is_the_one_in_force(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        record.append([TRUE, sealed(number=2)])
        data = collect(record, [Ref(2)], "x")
    assert verify_bundle(data, VKEY).agreement == (1, opened(TRUE).digest)


def test_a_second_first_agreement_is_refused_beside_the_true_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused, match="step 9: an agreement is out of its order"):
        verify_bundle(lied(tmp_path, monkeypatch, FALSE), VKEY)


def test_it_is_refused_without_the_true_one_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(value: dict[str, Json]) -> None:
        kept: list[Json] = [one for one in entries(value) if one["ref"] != "1"]
        value["entries"] = kept

    with pytest.raises(Refused, match="step 9: an agreement is out of its order"):
        verify_bundle(rebuilt(lied(tmp_path, monkeypatch, FALSE), without), VKEY)


def test_an_amendment_that_nobody_signed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    amended = sealed("office", "agreement/v1", UNSIGNED, number=3)
    with pytest.raises(Refused, match="step 9: an amendment lacks the signature of a party or of guarantors"):
        verify_bundle(lied(tmp_path, monkeypatch, amended), VKEY)

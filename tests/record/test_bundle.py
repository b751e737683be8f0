import json
from pathlib import Path

import pytest
import rfc8785

from tests.record.kit import VKEY, new_record, prepared, sealed
from trucekeeper.kernel.errors import BadInput, NotFound
from trucekeeper.record.bundle import collect
from trucekeeper.record.ref import Ref
from trucekeeper.verifier.notes import Refused
from trucekeeper.verifier.verify import verify_bundle


def test_a_bundle_holds_what_was_asked_for_and_what_it_rests_on(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        record.append([sealed("office", "agreement/v1", {"id": "first"}), sealed(), sealed()])
        made = prepared(3)
        record.append_batch(made.envelope, made.rows, made.salts)
        record.append([sealed(), sealed()])
        data = collect(record, [Ref(4, 2), Ref(2), Ref(2)], "one row and one entry")
        digest = record.entry(1).digest
        assert data == collect(record, [Ref(2), Ref(4, 2)], "one row and one entry")
    shown = verify_bundle(data, VKEY)
    assert [index for index, _, _ in shown.entries] == [0, 1, 2, 4]
    assert shown.rows == {"4.2": json.loads(made.rows[2])}
    assert shown.agreement == (1, digest)
    assert shown.checkpoint.size == 7
    assert rfc8785.dumps(json.loads(data)) == data


def test_what_is_not_recorded_cannot_be_bundled(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        for ref in (Ref(1), Ref(0, 0), Ref(9, 9)):
            with pytest.raises(NotFound):
                collect(record, [ref], "nothing")
        with pytest.raises(BadInput):
            collect(record, [], "nothing", since=2)


@pytest.mark.parametrize("data", [b"", b"{}", b"null", b"[" * 500, b'{"bundle":{},"sig":""}', b"\xff"])
def test_what_is_no_bundle_is_refused_at_the_first_step(data: bytes) -> None:
    with pytest.raises(Refused, match=r"^the bundle fails at step 1:"):
        verify_bundle(data, VKEY)


def test_a_spoilt_verifier_key_is_refused() -> None:
    with pytest.raises(Refused, match="step 1"):
        verify_bundle(b"{}", "no key")

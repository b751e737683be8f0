import json
import subprocess
import sys
from pathlib import Path

import pytest
import rfc8785

from tests.record.kit import VKEY, new_record, prepared, sealed
from trucekeeper.kernel.errors import BadInput, NotFound, NotTrusted
from trucekeeper.record.bundle import collect
from trucekeeper.record.ref import Ref
from trucekeeper.record.verify import verify_bundle


def test_a_bundle_holds_what_was_asked_for_and_what_it_rests_on(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        record.append([sealed("office", "agreement/v1", {"id": "first"}), sealed(), sealed()])
        made = prepared(3)
        record.append_batch(made.envelope, made.rows, made.salts)
        record.append([sealed("office", "agreement/v1", {"id": "second"}), sealed()])
        data = collect(record, [Ref(4, 2), Ref(2), Ref(2)], "one row and one entry")
        digest = record.entry(5).digest
        assert data == collect(record, [Ref(2), Ref(4, 2)], "one row and one entry")
    shown = verify_bundle(data, VKEY)
    assert [one.index for one in shown.entries] == [0, 2, 4, 5]
    assert shown.rows == ((Ref(4, 2), made.rows[2]),)
    assert shown.agreement == digest
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
    with pytest.raises(NotTrusted, match=r"^step 1 of 9, the form of the bundle"):
        verify_bundle(data, VKEY)


def test_a_spoilt_verifier_key_is_refused() -> None:
    with pytest.raises(NotTrusted, match="step 1 of 9"):
        verify_bundle(b"{}", "no key")


def test_the_verifier_loads_cryptography_and_the_standard_library_alone(root: Path) -> None:
    program = (
        "import sys; before = set(sys.modules); import trucekeeper.record.verify;"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=root
    ).stdout.split()
    outside = {name for name in loaded if name not in sys.stdlib_module_names}
    assert outside <= {"trucekeeper", "cryptography", "_cffi_backend", "_openssl"}, (
        "the last two are parts of cryptography"
    )

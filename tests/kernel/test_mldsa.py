import stat
from pathlib import Path

import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from trucekeeper.kernel import mldsa
from trucekeeper.kernel.errors import BadInput, Conflict, NotTrusted
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.kernel.mldsa import MlDsaSigner

KEY = MlDsaSigner(bytes(range(32)))


def test_a_signature_holds_for_its_key_and_message_alone() -> None:
    signature = KEY.sign(b"message")
    assert (len(KEY.public), len(signature)) == (1312, 2420)
    assert mldsa.verify(KEY.public, signature, b"message")
    assert not mldsa.verify(KEY.public, signature, b"another")
    assert not mldsa.verify(MlDsaSigner(bytes(32)).public, signature, b"message")
    assert not mldsa.verify(KEY.public, signature[:-1], b"message")
    assert not mldsa.verify(KEY.public[:-1], signature, b"message")
    assert not mldsa.verify(KEY.public, bytes(2420), b"message")


def test_a_key_is_kept_as_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    made = MlDsaSigner.generate()
    made.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert MlDsaSigner.load(path).public == made.public
    assert made.key_id in repr(made)
    with pytest.raises(Conflict):
        made.save(path)
    path.chmod(0o644)
    with pytest.raises(NotTrusted, match="chmod 600"):
        MlDsaSigner.load(path)


def test_cryptography_without_ml_dsa_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    signature = KEY.sign(b"message")

    class Unknown:
        def __getattr__(self, name: str):
            raise UnsupportedAlgorithm(name)

    monkeypatch.setattr(mldsa, "MLDSA44PrivateKey", Unknown())
    monkeypatch.setattr(mldsa, "MLDSA44PublicKey", Unknown())
    for make in (MlDsaSigner.generate, lambda: MlDsaSigner(bytes(32))):
        with pytest.raises(BadInput, match="knows no ML-DSA-44"):
            make()
    assert not mldsa.verify(KEY.public, signature, b"message")


def test_another_kind_of_key_or_seed_is_refused(tmp_path: Path) -> None:
    Ed25519Signer(bytes(32)).save(tmp_path / "key.pem")
    with pytest.raises(BadInput, match="no ML-DSA-44 key"):
        MlDsaSigner.load(tmp_path / "key.pem")
    with pytest.raises(BadInput, match="31 bytes"):
        MlDsaSigner(bytes(31))

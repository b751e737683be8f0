"""ML-DSA-44 keys (FIPS 204): signatures that a quantum computer is not known to forge."""

import contextlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from trucekeeper.kernel import keys
from trucekeeper.kernel.errors import BadInput

PUBLIC_BYTES = 1312
SIGNATURE_BYTES = 2420

_UNKNOWN = "this machine's cryptography knows no ML-DSA-44; use a newer one, or do without this key"


class MlDsaSigner:
    """A private key held in memory; it fulfils ``keys.Signer``, with longer keys and signatures."""

    __slots__ = ("_key", "key_id", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            msg = f"a signing seed has {len(seed)} bytes where 32 belong; make a new key"
            raise BadInput(msg)
        try:
            self._key = MLDSA44PrivateKey.from_seed_bytes(seed)
        except UnsupportedAlgorithm as error:
            raise BadInput(_UNKNOWN) from error
        self.public = self._key.public_key().public_bytes_raw()
        self.key_id = keys.key_id(self.public)

    def __repr__(self) -> str:
        return f"MlDsaSigner({self.key_id})"

    @classmethod
    def generate(cls) -> "MlDsaSigner":
        """A new key from the machine's own randomness."""
        try:
            return cls(MLDSA44PrivateKey.generate().private_bytes_raw())
        except UnsupportedAlgorithm as error:
            raise BadInput(_UNKNOWN) from error

    def sign(self, message: bytes) -> bytes:
        """The signature over ``message`` with an empty context, 2420 bytes; another one each time."""
        return self._key.sign(message)

    def save(self, path: Path) -> None:
        """Write the key as PEM (PKCS #8), readable by its owner alone; never over an existing file."""
        keys.keep(path, self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    @classmethod
    def load(cls, path: Path) -> "MlDsaSigner":
        """Read what :meth:`save` wrote; refuse a file that others on the machine may read."""
        pem = keys.kept(path)
        key = None
        with contextlib.suppress(ValueError, TypeError, UnsupportedAlgorithm):
            key = load_pem_private_key(pem, password=None)
        if not isinstance(key, MLDSA44PrivateKey):
            msg = f"the key file {path.name} holds no ML-DSA-44 key in PEM; name another file"
            raise BadInput(msg)
        return cls(key.private_bytes_raw())


def sound(public: bytes) -> bool:
    """Whether ``public`` has the length of a public key: every such string is one."""
    return len(public) == PUBLIC_BYTES


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` over ``message`` is that of ``public``; never raises, and no where ML-DSA is unknown."""
    if not sound(public) or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True

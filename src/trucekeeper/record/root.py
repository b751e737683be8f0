"""Signatures by several people under one text, and the root keys that alone may change a key set.

Each signs DSSE PAE(type, the canonical body without its field "signatures"), apart from the others and in any order;
the list is kept by key id. So nobody needs to be where the others are, nor the office where any of them is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trucekeeper.kernel import b64, canon, keys
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.kernel.pae import pae

FIELD = "signatures"

LIMIT_KEYS = 64


@dataclass(frozen=True, slots=True)
class Root:
    """The keys of those who decide on a key set, and how many of them it takes; none and 0: nobody, ever."""

    keys: tuple[bytes, ...] = ()
    threshold: int = 0

    def __post_init__(self) -> None:
        if not all(keys.sound(one) for one in self.keys):
            msg = "a key set holds a root key that no single holder can own; make a new Ed25519 key"
            raise BadInput(msg)
        if len(self.keys) > LIMIT_KEYS or not min(1, len(self.keys)) <= self.threshold <= len(self.keys):
            msg = (
                f"a threshold of {self.threshold} does not fit {len(self.keys)} root keys; write a number from 1 to "
                f"that of the keys, which are at most {LIMIT_KEYS}, or 0 where there are none"
            )
            raise BadInput(msg)

    @property
    def ids(self) -> frozenset[str]:
        """The key ids of the root keys."""
        return frozenset(keys.key_id(one) for one in self.keys)


NOBODY = Root()
"""Where there are no root keys: the key set stays as it is."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature under a text, and the id of the key that it is said to be of."""

    key: str
    signature: bytes


def statement(body: Mapping[str, Json]) -> bytes:
    """The bytes that each signs: the canonical body without its signatures."""
    return canon.encode({name: value for name, value in body.items() if name != FIELD})


def sign(signer: keys.Signer, payload_type: str, body: Mapping[str, Json]) -> Signed:
    """The signature of one of them."""
    return Signed(signer.key_id, signer.sign(pae(payload_type, statement(body))))


def written(signatures: Iterable[Signed]) -> list[Json]:
    """The field "signatures" of a body, in its one order."""
    ordered = sorted(signatures, key=lambda one: one.key)
    return [{"key": one.key, "sig": b64.encode(one.signature)} for one in ordered]


def read(fields: Fields) -> tuple[Signed, ...]:
    """What :func:`written` wrote; BadInput where a key signed twice or the order is another."""
    found = tuple(
        Signed(one.text("key"), b64.decode(one.text("sig"), "a signature", keys.SIGNATURE_BYTES))
        for one in (each.only("key", "sig") for each in fields.objects(FIELD))
    )
    named = [one.key for one in found]
    if named != sorted(set(named)):
        msg = "the signatures under a text are not in the order of their keys, each once; write them so"
        raise BadInput(msg)
    return found


def checked(
    payload_type: str, body: Mapping[str, Json], signatures: Sequence[Signed], known: Mapping[str, bytes]
) -> frozenset[str]:
    """The ids of the keys that signed; NotTrusted for a signature that is of none of ``known`` or does not hold.

    ``known`` gives public keys by their ids.
    """
    message = pae(payload_type, statement(body))
    for one in signatures:
        public = known.get(one.key)
        if public is None:
            msg = f"the key {one.key} may not sign this text; leave its signature out"
            raise NotTrusted(msg)
        if not keys.verify(public, one.signature, message):
            msg = f"the signature of the key {one.key} does not hold under this text; let its holder sign this one"
            raise NotTrusted(msg)
    return frozenset(one.key for one in signatures)

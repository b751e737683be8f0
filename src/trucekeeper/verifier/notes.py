"""Hashes, signatures, tree proofs, checkpoints and witness policies, as far as a verifier needs them.

RFC 6962 and 9162 (tree), RFC 8032 (Ed25519), DSSE, C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG, WITNESS, WITNESS_ML_DSA = 1, 4, 6
_PRIME = 2**255 - 19
_EIGHTH = 2707385501144840649318225287225658788936804267575313519463743609750303402022
"""y of two points of order 8, as its negative is of two more: under such a key one signature would fit any message."""
_SMALL = {0, 1, _PRIME - 1, _EIGHTH, _PRIME - _EIGHTH}


class Refused(Exception):
    """What was handed in is not what it claims to be; the message is one sentence."""


def need(holds: object, says: str) -> None:
    """Refused, with these words, unless it holds."""
    if not holds:
        raise Refused(says)


def fields(value: Mapping[str, object], names: str) -> None:
    """Refused unless an object has these fields and no other."""
    need(" ".join(sorted(value)) == names, f"other fields stand there than {names}")


def sha(*parts: bytes) -> bytes:
    """SHA-256 over the parts."""
    return hashlib.sha256(b"".join(parts)).digest()


def b64(text: str, length: int | None = None) -> bytes:
    """Standard base64 with padding, in its one spelling."""
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "base64 is not in its one spelling")
    need(length in {None, len(data)}, f"a value has {len(data)} bytes where {length} belong")
    return data


def written(value: object) -> bytes:
    """The one canonical form of parsed JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature holds, under a key that one holder alone can have."""
    y = int.from_bytes(public, "little") & (2**255 - 1)
    if len(public) != 32 or len(signature) != 64 or y >= _PRIME or y in _SMALL:
        return False
    with suppress(InvalidSignature, ValueError):
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        return True
    return False


def pae(kind: str, payload: bytes) -> bytes:
    """What is signed (DSSE, version 1): the type of a payload, and the payload."""
    name = f"application/vnd.trucekeeper.{kind}+json".encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def _walk(number: int, last: int, path: Sequence[bytes], left: bytes, right: bytes) -> Sequence[bytes]:
    """Up from node ``number`` of a level that ends at ``last``; ``left`` takes the steps on its left side alone."""
    for step in path:
        if last == 0:
            return ()
        if number & 1 or number == last:
            left, right = sha(b"\1", step, left), sha(b"\1", step, right)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            right = sha(b"\1", right, step)
        number, last = number >> 1, last >> 1
    return () if last else (left, right)


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether ``path`` leads from the leaf at ``index`` to the root of ``size`` leaves."""
    hashed = sha(b"\0", leaf)
    return 0 <= index < size and _walk(index, size - 1, path, hashed, hashed)[1:] == (root,)


def extends(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the tree of ``new`` leaves extends that of ``old``."""
    if not 0 < old < new:
        return not path and 0 <= old <= new and old_root == (new_root if old == new else sha())
    first, *steps = path if old & (old - 1) and path else (old_root, *path)
    whole = (old & -old).bit_length() - 1  # levels below the last complete subtree of the old tree
    return _walk((old - 1) >> whole, (new - 1) >> whole, steps, first, first) == (old_root, new_root)


class Vkey(NamedTuple):
    """A verifier key: ``name+hint+base64(type, public key)``."""

    name: str
    kind: int
    public: bytes
    hint: bytes

    @classmethod
    def parse(cls, text: str, *kinds: int) -> "Vkey":
        """The key in a line, of one of ``kinds``."""
        name, hint, coded = text.removesuffix("\n").split("+", 2)
        data = b64(coded)
        found = sha(name.encode(), b"\n", data)[:4]
        need(re.fullmatch(r"[!-*,-~]{1,255}", name) and data[0] in kinds, "a verifier key is of no use here")
        need(found.hex() == hint, f"the verifier key of {name} does not match its own id; copy it again")
        return cls(name, data[0], data[1:], found)


class Checkpoint(NamedTuple):
    """The log has ``size`` leaves under ``root``; ``lines`` are the signatures: (name, hint) and bytes."""

    text: str
    size: int
    root: bytes
    lines: Sequence[tuple[tuple[str, bytes], bytes]]


def checkpoint(note: str, log: Vkey) -> Checkpoint:
    """The checkpoint in a signed note, once the log's own line is seen to hold."""
    text, blank, tail = note.rpartition("\n\n")
    need(blank and tail.endswith("\n"), "a checkpoint is not a text, a blank line and signatures")
    origin, size, root = text.split("\n")
    lines: list[tuple[tuple[str, bytes], bytes]] = []
    for line in tail[:-1].split("\n"):
        dash, name, coded = line.split(" ")
        data = b64(coded)
        need(dash == "\u2014" and name and len(data) > 4, "a signature line of a checkpoint is malformed")
        lines.append(((name, data[:4]), data[4:]))
    own = [data for by, data in lines if by == (log.name, log.hint)]
    need(origin == log.name and own, f"a checkpoint is not one that {log.name} signed")
    holds = all(signed(log.public, one, f"{text}\n".encode()) for one in own)
    need(holds, f"the signature of {log.name} under a checkpoint does not hold")
    need(re.fullmatch(r"0|[1-9][0-9]{0,15}", size, re.ASCII), "a checkpoint states no size")
    return Checkpoint(f"{text}\n", int(size), b64(root, 32), lines)


class Policy(NamedTuple):
    """The witnesses of a log by the policy's names, groups as (threshold, members), and the quorum."""

    log: Vkey
    witnesses: Mapping[str, Vkey]
    groups: Mapping[str, tuple[int, Sequence[str]]]
    quorum: str

    @classmethod
    def parse(cls, text: str) -> "Policy":
        """Read a policy file; a line that is no rule is refused."""
        logs: list[Vkey] = []
        quorum: list[str] = []
        witnesses: dict[str, Vkey] = {}
        groups: dict[str, tuple[int, Sequence[str]]] = {}
        for line in text.split("\n"):
            known = {"none", *witnesses, *groups}
            match line.replace("\t", " ").split():
                case ["log", key, *more] if len(more) < 2:
                    logs.append(Vkey.parse(key, LOG))
                case ["witness", name, key, *more] if len(more) < 2 and name not in known:
                    witnesses[name] = Vkey.parse(key, WITNESS, WITNESS_ML_DSA)
                case ["group", name, many, *members] if name not in known and {*members} <= known - {"none"}:
                    groups[name] = ({"all": len(members), "any": 1}.get(many) or int(many), members)
                case ["quorum", name] if name in known:
                    quorum.append(name)
                case words:
                    need(not words or words[0].startswith("#"), f"a line of a policy is no rule: {line[:40]}")
        (log,), (needed,) = logs, quorum
        keys = [log.public, *(one.public for one in witnesses.values())]
        counted = [one for _, members in groups.values() for one in members]
        once = len({*keys}) == len(keys) and len({*counted}) == len(counted)
        fits = all(1 <= least <= len(members) for least, members in groups.values())
        need(once and fits, "a policy gives a key to two, counts one twice, or asks for more than there are")
        return cls(log, witnesses, groups, needed)

    def met(self, names: set[str], needed: str) -> bool:
        """Whether the witnesses ``names`` make the quorum, or the group, ``needed``."""
        if needed not in self.groups:
            return needed in {"none", *names}
        least, members = self.groups[needed]
        return sum(self.met(names, one) for one in members) >= least

    def counted(self, name: str) -> set[str]:
        """The witnesses that ``name`` counts; those that the quorum does not count attest beyond it."""
        _, members = self.groups.get(name, (0, ()))
        return {below for one in members for below in self.counted(one)} or {name}

    def cosigned(self, stated: Checkpoint) -> dict[str, int]:
        """Who cosigned by Ed25519, and when (seconds since 1970), once all lines of known witnesses hold."""
        times: dict[str, int] = {}
        for name, key in self.witnesses.items():
            for by, line in stated.lines:
                if by == (key.name, key.hint) and key.kind == WITNESS:
                    at = int.from_bytes(line[:8], "big")
                    holds = signed(key.public, line[8:], f"cosignature/v1\ntime {at}\n{stated.text}".encode())
                    need(holds and at < 2**63, f"the cosignature of {name} does not hold")
                    times |= {name: min(at, times.get(name, at))} if at else {}
        return times

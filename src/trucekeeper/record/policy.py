"""Which cosignatures make a checkpoint one to rely on: a witness policy of one log (C2SP tlog-policy).

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <name>...
    quorum <name>|none

A cosignature does not sign its author's name, so no key may stand twice, nor may the log's own key be a witness.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NoReturn

from trucekeeper.kernel import note
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.record import checkpoint, cosignature
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.cosignature import Cosigned

NONE = "none"
LIMIT_BYTES = 262_144
LIMIT_LINES = 1_024

_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Witness:
    """A cosigner that the policy calls ``name``; its key may bear another name."""

    name: str
    verifier: note.Verifier
    url: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Holds where at least ``threshold`` of ``members``, witnesses or earlier groups, hold."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """The log, its witnesses by name, the groups, and which of them all is the quorum ("none": nobody is needed)."""

    text: str
    log: note.Verifier
    witnesses: Mapping[str, Witness]
    groups: Mapping[str, Group]
    quorum: str

    @classmethod
    def parse(cls, text: str) -> "Policy":
        """Read a policy file; BadInput says which line is wrong, and why."""
        return _Reader(text).policy()

    @property
    def keys(self) -> Mapping[str, note.Verifier]:
        """The witnesses' keys by the policy's names, as ``record.cosignature`` asks for."""
        return {name: witness.verifier for name, witness in self.witnesses.items()}

    @property
    def counted(self) -> frozenset[str]:
        """The witnesses that the quorum counts."""
        return frozenset(self._below(self.quorum))

    def satisfied(self, names: Iterable[str]) -> bool:
        """Whether the witnesses ``names`` make the quorum."""
        return self.quorum == NONE or self._holds(self.quorum, frozenset(names))

    def tiers(self, names: Iterable[str]) -> tuple[str, ...]:
        """Who of ``names`` attests beyond the quorum: known witnesses that it does not count, such as a party's."""
        given = frozenset(names)
        return tuple(name for name in self.witnesses if name in given and name not in self.counted)

    def time(self, cosigned: Iterable[Cosigned]) -> Instant | None:
        """When the quorum was reached: the k-th smallest time of a quorum of k; None without quorum or for "none".

        Clocks are replayed by this time alone.
        """
        names: set[str] = set()
        for one in sorted(cosigned, key=lambda one: one.time_s):
            names.add(one.name)
            if self.quorum != NONE and self.satisfied(names):
                return one.at
        return None

    def cosigned(self, data: bytes) -> tuple[Cosigned, ...]:
        """Who cosigned the checkpoint, by the policy's names; NotTrusted where a known line does not hold."""
        return cosignature.verified(data, self.keys)

    def accepted(self, data: bytes) -> tuple[Checkpoint, tuple[Cosigned, ...]]:
        """The checkpoint that the log signed and the quorum cosigned; else NotTrusted."""
        found = checkpoint.verified(data, self.log.vkey)
        cosigned = self.cosigned(data)
        if not self.satisfied(one.name for one in cosigned):
            got = ", ".join(one.name for one in cosigned) or "nobody"
            msg = f"a checkpoint of size {found.size} is cosigned by {got}, which is no quorum; ask for a cosigned one"
            raise NotTrusted(msg)
        return found, cosigned

    def _holds(self, name: str, given: frozenset[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in given
        return sum(self._holds(member, given) for member in group.members) >= group.threshold

    def _below(self, name: str) -> Iterable[str]:
        group = self.groups.get(name)
        if group is None:
            return () if name == NONE else (name,)
        return (below for member in group.members for below in self._below(member))


class _Reader:
    """Reads the lines in order; a name can be used below its definition only, and in one group."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._log: note.Verifier | None = None
        self._quorum: str | None = None
        self._witnesses: dict[str, Witness] = {}
        self._groups: dict[str, Group] = {}
        self._members: set[str] = set()
        self._line = 0

    def policy(self) -> Policy:
        lines = self._text.split("\n")
        if len(self._text.encode()) > LIMIT_BYTES or len(lines) > LIMIT_LINES:
            self._refuse("the file is too long; keep a policy to the witnesses of one log")
        rules: Mapping[str, Callable[[Sequence[str]], None]] = {
            "log": self._read_log,
            "witness": self._read_witness,
            "group": self._read_group,
            "quorum": self._read_quorum,
        }
        for self._line, line in enumerate(lines, 1):
            if any((ord(one) < 32 and one != "\t") or ord(one) == 127 for one in line):
                self._refuse("it holds a control character; write plain lines")
            words = line.replace("\t", " ").strip(" ").split(" ")
            first, *rest = [word for word in words if word] or ["#"]
            if first.startswith("#"):
                continue
            if first not in rules:
                self._refuse(f"{first[:40]!a} begins no rule; write log, witness, group or quorum")
            rules[first](rest)
        if self._log is None or self._quorum is None:
            self._refuse("it has no log or no quorum; write one line of each")
        self._refuse_shared_keys(self._log)
        witnesses, groups = MappingProxyType(self._witnesses), MappingProxyType(self._groups)
        return Policy(self._text, self._log, witnesses, groups, self._quorum)

    def _read_log(self, words: Sequence[str]) -> None:
        if self._log is not None:
            self._refuse("there is a log already; a policy is of one log")
        if len(words) not in {1, 2}:
            self._refuse("write log, its verifier key and at most a URL")
        self._log = self._verifier(words[0], (note.ED25519,))

    def _read_witness(self, words: Sequence[str]) -> None:
        if len(words) not in {2, 3}:
            self._refuse("write witness, a name, its verifier key and at most a URL")
        name = self._new(words[0])
        url = words[2] if len(words) == 3 else None
        self._witnesses[name] = Witness(name, self._verifier(words[1], note.COSIGNERS), url)

    def _read_group(self, words: Sequence[str]) -> None:
        if len(words) < 3:
            self._refuse("write group, a name, all, any or a number, and the members")
        name, many, *members = words
        self._new(name)
        for member in members:
            if member not in self._witnesses and member not in self._groups:
                self._refuse(f"{member[:40]!a} is not defined above; define it first")
            if member in self._members:
                self._refuse(f"{member[:40]!a} stands in a group already; each counts once")
            self._members.add(member)
        named = {"all": len(members), "any": 1}
        threshold = named.get(many) or (int(many) if _NUMBER.fullmatch(many) else 0)
        if not 1 <= threshold <= len(members):
            self._refuse(
                f"{many[:40]!a} of {len(members)} cannot be met; write all, any or a number up to that"
            )
        self._groups[name] = Group(threshold, tuple(members))

    def _read_quorum(self, words: Sequence[str]) -> None:
        if self._quorum is not None:
            self._refuse("there is a quorum already; write one")
        if len(words) != 1:
            self._refuse("write quorum and one name")
        if words[0] != NONE and words[0] not in self._witnesses and words[0] not in self._groups:
            self._refuse(f"{words[0][:40]!a} is not defined above; define it first")
        self._quorum = words[0]

    def _new(self, name: str) -> str:
        if name == NONE or name in self._witnesses or name in self._groups:
            self._refuse(f"the name {name[:40]!a} is taken; choose another")
        return name

    def _verifier(self, vkey: str, kinds: Sequence[int]) -> note.Verifier:
        try:
            return note.Verifier.parse(vkey, kinds)
        except BadInput as error:
            self._refuse(str(error), error)

    def _refuse_shared_keys(self, log: note.Verifier) -> None:
        used = {log.public: "the log"}
        for name, witness in self._witnesses.items():
            other = used.setdefault(witness.verifier.public, name)
            if other != name:
                msg = (
                    f"the witness policy gives {name} the key of {other}; give each witness a key of its own"
                )
                raise BadInput(msg)

    def _refuse(self, why: str, cause: BadInput | None = None) -> NoReturn:
        msg = f"the witness policy, line {self._line}: {why}"
        raise BadInput(msg) from cause

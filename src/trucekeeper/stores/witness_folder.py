"""A witness in one folder: its key, its verifier key, the logs that it watches, and what it remembers.

``witness.pem`` and perhaps ``mldsa.pem`` (0600), ``witness.vkey`` (a line a key), ``logs`` (a line a log: its
verifier key and, where it differs from the key's name, its origin), ``witness.sqlite``.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from trucekeeper.kernel import note
from trucekeeper.kernel.clock import Clock, SystemClock
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound
from trucekeeper.kernel.keys import Ed25519Signer, Signer
from trucekeeper.kernel.mldsa import MlDsaSigner
from trucekeeper.record import witness
from trucekeeper.record.cosignature import cosign
from trucekeeper.record.witness import Held, Judgement, Log, Request, Verdict
from trucekeeper.stores.durable import replace
from trucekeeper.stores.witness_store import WitnessStore

KEY = "witness.pem"
ML_DSA_KEY = "mldsa.pem"
VKEY = "witness.vkey"
LOGS = "logs"
STATE = "witness.sqlite"

_HEAD = "# One log a line: its verifier key, and its origin where that is not the key's name.\n"


@dataclass(frozen=True, slots=True)
class Watched:
    """A log, the newest checkpoint cosigned of it, and what it signed that contradicts it."""

    log: Log
    held: Held | None
    forks: tuple[bytes, ...]

    @property
    def id(self) -> str:
        """SHA-256 of the origin, in hex."""
        return hashlib.sha256(self.log.origin.encode()).hexdigest()


def make_witness(root: Path, name: str, *, ml_dsa: bool = False) -> None:
    """Make the folder of a new witness called ``name``; with ``ml_dsa`` it cosigns by a second key too."""
    signer = Ed25519Signer.generate()
    verifiers = [note.Verifier(name, signer.public, note.COSIGNATURE)]
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        msg = "the folder for the new witness is not empty; name an empty or a new one"
        raise Conflict(msg)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    root.chmod(0o700)
    signer.save(root / KEY)
    if ml_dsa:
        second = MlDsaSigner.generate()
        second.save(root / ML_DSA_KEY)
        verifiers.append(note.Verifier(name, second.public, note.ML_DSA_COSIGNATURE))
    replace(root / LOGS, _HEAD.encode())
    WitnessStore.create(root / STATE).close()
    replace(root / VKEY, "".join(f"{verifier.vkey}\n" for verifier in verifiers).encode())


def watch(root: Path, vkey: str, origin: str | None = None) -> Log:
    """Let the witness watch one more log; one that runs takes it up by itself. One key a log: Conflict for a second."""
    verifier = note.Verifier.parse(vkey)
    log = Log(verifier.name if origin is None else origin, verifier)
    if not log.origin or any(ord(one) < 32 for one in log.origin):
        msg = "an origin is one line of text; give the first line of the log's checkpoint"
        raise BadInput(msg)
    file = _existing(root) / LOGS
    text = file.read_text(encoding="utf-8")
    known = _read(text).get(log.origin)
    if known is not None:
        if known.verifier == verifier:
            return known
        msg = f"this witness knows the log {log.origin} under another key; a log that lost its key takes a new origin"
        raise Conflict(msg)
    line = f"{verifier.vkey}\n" if log.origin == verifier.name else f"{verifier.vkey} {log.origin}\n"
    replace(file, (text + line).encode())
    return log


class Witness:
    """An open witness; threads may share it."""

    __slots__ = ("_clock", "_logs", "_root", "_seen", "_signers", "_store", "name", "verifiers")

    def __init__(self, root: Path, clock: Clock | None = None) -> None:
        self._root = _existing(root)
        self._clock = clock or SystemClock()
        lines = (root / VKEY).read_text(encoding="ascii").splitlines()
        self.verifiers = tuple(note.Verifier.parse(line, note.COSIGNERS) for line in lines)
        self.name = self.verifiers[0].name
        self._signers: list[Signer] = [Ed25519Signer.load(root / KEY)]
        if (root / ML_DSA_KEY).exists():
            self._signers.append(MlDsaSigner.load(root / ML_DSA_KEY))
        if [one.public for one in self.verifiers] != [one.public for one in self._signers]:
            msg = f"{VKEY} is not of the keys in this folder; restore the file that was handed to the logs"
            raise Conflict(msg)
        self._logs: Mapping[str, Log] = {}
        self._seen = (0, 0)
        self._store = WitnessStore(root / STATE)

    def close(self) -> None:
        """Give the files back."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def logs(self) -> Mapping[str, Log]:
        """The logs by origin, as the file says now."""
        file = self._root / LOGS
        found = file.stat()
        seen = (found.st_mtime_ns, found.st_size)
        if seen != self._seen:
            self._logs, self._seen = _read(file.read_text(encoding="utf-8")), seen
        return self._logs

    def watched(self) -> tuple[Watched, ...]:
        """Every log with what is known of it."""
        return tuple(
            Watched(log, self._store.held(origin), self._store.forks(origin))
            for origin, log in self.logs().items()
        )

    def submit(self, body: bytes) -> tuple[Judgement, bytes]:
        """Judge a request (C2SP add-checkpoint): the verdict, and the cosignature lines where it is to cosign.

        What it cosigned is on disk before it answers.
        """
        try:
            request = witness.read(body)
        except BadInput as error:
            return Judgement(Verdict.MALFORMED, str(error)), b""
        origin = request.stated.origin
        log = self.logs().get(origin)
        first = witness.judged(request, log, self._store.held(origin))
        if log is not None and first.forked:
            self._store.keep_fork(request.stated, note.only(request.note, (log.verifier,)))
        if log is None or first.verdict is not Verdict.COSIGN:
            return first, b""
        judgements: list[Judgement] = []
        lines: list[str] = []

        def step(held: Held | None) -> Held | None:
            judgements.append(witness.judged(request, log, held))
            if judgements[0].verdict is not Verdict.COSIGN:
                return None
            time_s = max(self._clock.now() // 1000, held.time_s if held else 1)
            lines.extend(self._cosigned(request, time_s))
            kept = note.with_lines(note.only(request.note, (log.verifier,)), lines)
            return Held(request.stated, time_s, kept)

        self._store.advance(origin, step)
        return judgements[0], "".join(lines).encode()

    def _cosigned(self, request: Request, time_s: int) -> list[str]:
        plain = request.stated.text == request.text
        signers = self._signers if plain else self._signers[:1]  # ML-DSA would leave extension lines unsigned
        return [cosign(signer, self.name, request.text, time_s) for signer in signers]


def _existing(root: Path) -> Path:
    if not (root / VKEY).is_file():
        msg = "there is no witness in this folder; make one with `truce witness init`"
        raise NotFound(msg)
    return root


def _read(text: str) -> dict[str, Log]:
    logs: dict[str, Log] = {}
    for line in text.splitlines():
        vkey, _, origin = line.strip().partition(" ")
        if not vkey or vkey.startswith("#"):
            continue
        verifier = note.Verifier.parse(vkey)
        log = Log(origin or verifier.name, verifier)
        if log.origin in logs:
            msg = f"the file {LOGS} names the log {log.origin} twice; strike one line out"
            raise BadInput(msg)
        logs[log.origin] = log
    return logs

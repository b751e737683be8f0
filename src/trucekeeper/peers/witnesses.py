"""Asks witnesses for their cosignatures, all at once (C2SP tlog-witness, the log's side).

A witness is a stranger: it may be away, slow, wrong or false. Whatever one does, the others' answers come back,
within a time limit that holds for each witness as a whole, however it drips.
"""

import asyncio
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

import httpx

from trucekeeper.kernel import note
from trucekeeper.kernel.clock import Clock
from trucekeeper.kernel.errors import BadInput, NotTrusted, TruceError
from trucekeeper.record import checkpoint, cosignature, witness
from trucekeeper.record.policy import Witness

LIMIT_S = 10.0
LIMIT_BYTES = 65_536
LIMIT_ASKED = 4
"""Requests to one witness in one round: another office process may move it between two of ours."""
SKEW_S = 300

_SIZE = re.compile(rb"(0|[1-9][0-9]{0,15})\n")

Consistency = Callable[[int, int], Sequence[bytes]]
"""The proof that the log of the second size extends that of the first."""


class Outcome(Enum):
    """How asking one witness ended."""

    COSIGNED = "cosigned"
    BEHIND = "behind"
    AHEAD = "ahead"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    LYING = "lying"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one witness. ``size`` is the one it says it holds; ``line`` is its cosignature, which holds."""

    name: str
    outcome: Outcome
    why: str = ""
    size: int | None = None
    line: str | None = None
    time_s: int | None = None

    @property
    def told(self) -> str:
        """The outcome in words."""
        return f"{self.outcome.value}: {self.why}" if self.why else self.outcome.value


@dataclass(frozen=True, slots=True)
class Asked:
    """A witness of the policy, where it answers, and the size it was last seen to hold."""

    witness: Witness
    url: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Submission:
    """What every witness is handed, to cosign: ``data`` is our signed checkpoint."""

    data: bytes
    consistency: Consistency
    clock: Clock
    limit_s: float = LIMIT_S
    stated: checkpoint.Checkpoint = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stated", checkpoint.parse(note.parse(self.data).text))


def collect(of: Submission, asked: Sequence[Asked]) -> tuple[Answer, ...]:
    """One answer a witness, in the order of ``asked``; never raises for what a witness does.

    ``of.consistency`` is called from another thread, once at a time.
    """
    answers: dict[str, Answer] = {}
    worker = threading.Thread(target=lambda: asyncio.run(_all(of, asked, answers)), daemon=True)
    worker.start()
    worker.join(of.limit_s + 1)  # a name server that does not answer cannot be interrupted, only left behind
    slow = f"no full answer within {of.limit_s:g} seconds"
    found = dict(answers)
    return tuple(found.get(one.witness.name, Answer(one.witness.name, Outcome.SLOW, slow)) for one in asked)


async def _all(of: Submission, asked: Sequence[Asked], answers: dict[str, Answer]) -> None:
    async with httpx.AsyncClient(
        follow_redirects=False, trust_env=False, timeout=of.limit_s, headers={"Accept-Encoding": "identity"}
    ) as client:

        async def one(who: Asked) -> None:
            answers[who.witness.name] = await _bounded(of, who, client)

        await asyncio.gather(*map(one, asked))


async def _bounded(of: Submission, who: Asked, client: httpx.AsyncClient) -> Answer:
    name = who.witness.name
    try:
        return await asyncio.wait_for(_ask(of, who, client), of.limit_s)
    except (TimeoutError, httpx.TimeoutException):
        return Answer(name, Outcome.SLOW, f"no full answer within {of.limit_s:g} seconds")
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError):
        return Answer(name, Outcome.UNREACHABLE, "its address is no http or https URL")
    except httpx.ProtocolError:
        return Answer(name, Outcome.REFUSED, "it did not answer in HTTP")
    except (httpx.HTTPError, OSError) as error:
        return Answer(name, Outcome.UNREACHABLE, f"it cannot be reached ({type(error).__name__})")
    except TruceError as error:
        return Answer(name, Outcome.REFUSED, f"nothing could be proven to it ({error})")


async def _ask(of: Submission, who: Asked, client: httpx.AsyncClient) -> Answer:
    name, ours = who.witness.name, of.stated.size
    old = min(who.size, ours)
    for _ in range(LIMIT_ASKED):
        proof = of.consistency(old, ours) if old else ()
        status, kind, body = await _posted(client, who.url, witness.written(old, proof, of.data))
        if body is None:
            return Answer(name, Outcome.LYING, f"its answer is longer than {LIMIT_BYTES} bytes or encoded")
        if status == witness.Verdict.COSIGN.value:
            return _cosigned(of, who.witness, body)
        if status != witness.Verdict.STALE.value:
            return Answer(name, Outcome.REFUSED, _reason(status))
        match = _SIZE.fullmatch(body)
        if match is None or kind.partition(";")[0].strip() != witness.SIZE_TYPE:
            return Answer(name, Outcome.REFUSED, "it holds another size and does not say which")
        held = int(match[1])
        if held > ours:
            return Answer(
                name, Outcome.AHEAD, f"it holds {held} leaves of this log, and we only {ours}", held
            )
        old = held
    return Answer(name, Outcome.BEHIND, "it answered each proof by naming a size again", old)


async def _posted(client: httpx.AsyncClient, url: str, content: bytes) -> tuple[int, str, bytes | None]:
    """Status, media type and body of the answer; the body is None where it is too long or encoded."""
    target = url.rstrip("/") + "/add-checkpoint"
    async with client.stream("POST", target, content=content) as response:
        read = bytearray()
        encoded = response.headers.get("content-encoding", "identity") != "identity"
        async for part in response.aiter_raw():
            read += part
            if encoded or len(read) > LIMIT_BYTES:
                return response.status_code, "", None
        return response.status_code, response.headers.get("content-type", ""), bytes(read)


def _cosigned(of: Submission, who: Witness, body: bytes) -> Answer:
    """What came back, as our own view of it: a line of the witness's own key, which holds and is of now."""
    returned = f"{of.stated.text}\n".encode() + body
    known = {who.name: who.verifier}
    try:
        if note.parse(returned).text != of.stated.text:
            return Answer(who.name, Outcome.LYING, "it returned more than signature lines")
        if not cosignature.verified(returned, known):
            key = who.verifier.hint.hex()
            return Answer(
                who.name, Outcome.LYING, f"it returned no line of {who.verifier.name} by the key {key}"
            )
        line = note.lines(note.only(returned, (who.verifier,)))[0]
        (found,) = cosignature.verified(f"{of.stated.text}\n{line}".encode(), known)
    except (BadInput, NotTrusted) as error:
        return Answer(who.name, Outcome.LYING, f"what it returned does not hold ({error})")
    off_s = abs(found.time_s - of.clock.now() // 1000)
    if off_s > SKEW_S:
        return Answer(who.name, Outcome.LYING, f"its clock and ours are {off_s} seconds apart")
    return Answer(who.name, Outcome.COSIGNED, "", of.stated.size, line, found.time_s)


def _reason(status: int) -> str:
    reasons = {
        403: "it does not know our log, or not by this key",
        404: "it does not watch our log; its keeper has to add log.vkey",
        422: "our checkpoint does not extend what it saw of this log before",
        429: "it was asked too often",
    }
    return f"{reasons.get(status, 'it does not take our request')} (HTTP {status})"

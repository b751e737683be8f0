"""The words of custody: an act on a media file, and the chain that the acts make.

The Berkeley Protocol on Digital Open Source Investigations (2022, chapter VI) asks for authenticity, availability,
identity, persistence, renderability and understandability. The digest gives identity; the evidentiary copy, never
rewritten, gives persistence; acts in the record give authenticity; working copies leave the evidentiary copy alone.
"""

from dataclasses import dataclass
from enum import Enum

from trucekeeper.kernel.clock import Instant
from trucekeeper.record.ref import Ref


class Act(Enum):
    """What was done with a file. Only the evidentiary copy changes hands; a working copy is ``copied`` off it."""

    RECEIVED = "received"
    COPIED = "copied"
    HANDED_OVER = "handed-over"
    RETURNED = "returned"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a C2PA manifest inside the file says of itself; never required, for it can identify a source.

    ``state`` is what the reader found: ``valid``, ``trusted``, ``invalid``, or ``unread`` where a manifest is there
    and could not be read. ``manifest`` is the SHA-256 in hex of its readable form, held in the vault like a file.
    """

    state: str
    manifest: str | None = None


@dataclass(frozen=True, slots=True)
class Custody:
    """One act: the file by its SHA-256 in hex and its size, from whom, to whom, and when (UTC milliseconds).

    ``giver`` and ``taker`` are ids of sources, holders or bodies, never names of persons. ``of`` is the digest of
    the file that this one belongs to, such as a token to what it stamps.
    """

    act: Act
    sha256: str
    size_bytes: int
    media_type: str
    at: Instant
    giver: str
    taker: str
    note: str | None = None
    of: str | None = None
    origin: str = "hand"
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An act where it stands in the record, and who signed it."""

    ref: Ref
    signer: str
    custody: Custody


@dataclass(frozen=True, slots=True)
class Chain:
    """What became of one file. ``holder`` is who has the evidentiary copy; None: nobody, or it is not known.

    ``breaks`` are the places where the chain does not hold, one sentence each: shown, never repaired.
    """

    sha256: str
    steps: tuple[Step, ...]
    holder: str | None
    breaks: tuple[str, ...]

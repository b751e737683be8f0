"""Imports a file: each row recorded once, or refused with its reason; nothing is half-imported."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trucekeeper.custody.arrival import taken_in
from trucekeeper.desks.intake import File, IntakeDesk
from trucekeeper.feeds import tables
from trucekeeper.feeds.rows import Accepted, Area, FeedMapping, Refused
from trucekeeper.kernel.keys import Signer
from trucekeeper.observations.model import Observation
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of one file. ``recorded`` rows are new (for a dry run: would be).

    ``already`` lists (row of the file, where it stands in the record); ``receipt`` is None where nothing was written.
    """

    feed: str
    version: int
    file_sha256: str
    recorded: int
    refused: tuple[Refused, ...]
    already: tuple[tuple[int, Ref], ...]
    receipt: Receipt | None


def import_file(
    desk: IntakeDesk,
    path: Path,
    mapping: FeedMapping,
    signer: Signer,
    *,
    area: Area | None = None,
    dry_run: bool = False,
) -> ImportResult:
    """Record every new and sound row of the file as one batch, signed by the importing officer.

    The corrected file may be imported again: what stands in the record already is passed over.
    """
    with tables.stream_of(path) as stream:
        digest = taken_in(stream).sha256
        refused: list[Refused] = []

        def accepted() -> Iterator[tuple[int, Observation]]:
            for row in tables.read(stream, mapping, area):
                if isinstance(row, Accepted):
                    yield row.number, row.observation
                else:
                    refused.append(row)

        feed = mapping.feed
        file = File(feed.name, digest, f"{feed.name}/{feed.version}")
        done = desk.import_rows(file, accepted(), signer, dry_run=dry_run)
    return ImportResult(
        feed=feed.name,
        version=feed.version,
        file_sha256=digest,
        recorded=done.rows,
        refused=tuple(refused),
        already=done.already,
        receipt=done.receipt,
    )

"""A bulk file as one entry: its body commits to a root over salted rows, so that one row is provable alone.

The author prepares the batch, seals its body as ``batch/v1``, and hands rows and salts in beside the envelope.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from trucekeeper.kernel import b64, merkle
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.record import sealing

KIND = "batch/v1"
LIMIT_ROWS = 1_000_000
LIMIT_ROW_BYTES = 65_535


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch entry says: ``file_sha256`` in hex is the received file, ``root`` commits to the rows."""

    feed: str
    file_sha256: str
    importer: str
    root: bytes
    rows: int
    source: str


def draw_salts(count: int, random: Callable[[int], bytes]) -> tuple[bytes, ...]:
    """``count`` salts from ``random``, which gives that many random bytes (``secrets.token_bytes``)."""
    drawn = random(count * sealing.SALT_BYTES)
    return tuple(
        drawn[at : at + sealing.SALT_BYTES] for at in range(0, count * sealing.SALT_BYTES, sealing.SALT_BYTES)
    )


def prepare(
    rows: Sequence[bytes], salts: Sequence[bytes], *, feed: str, file_sha256: str, importer: str, source: str
) -> Batch:
    """The batch over ``rows``, each the canonical bytes of one observation body; seal :func:`body` of it."""
    batch = Batch(feed, file_sha256, importer, sealing.batch_root(rows, salts), len(rows), source)
    return read(body(batch))


def body(batch: Batch) -> dict[str, Json]:
    """The body of ``batch/v1``."""
    return {
        "feed": batch.feed,
        "file_sha256": batch.file_sha256,
        "importer": batch.importer,
        "root": b64.encode(batch.root),
        "rows": batch.rows,
        "source": batch.source,
    }


def read(value: Mapping[str, Json]) -> Batch:
    """The batch that a body of ``batch/v1`` holds; BadInput names what is wrong in it."""
    fields = Fields(value, "a batch").only("feed", "file_sha256", "importer", "root", "rows", "source")
    texts = {name: fields.text(name) for name in ("feed", "importer", "source")}
    for name, text in texts.items():
        if not 0 < len(text) <= 200:
            msg = f"a batch: the field {name!r} is empty or longer than 200 characters; give it a short name"
            raise BadInput(msg)
    digest = fields.text("file_sha256")
    if len(digest) != 64 or not set("0123456789abcdef").issuperset(digest):
        msg = "a batch: the field 'file_sha256' is not 64 lower-case hex digits; hash the file again"
        raise BadInput(msg)
    rows = fields.whole("rows")
    if not 1 <= rows <= LIMIT_ROWS:
        msg = f"a batch has {rows} rows; it takes 1 to {LIMIT_ROWS}, so split the file"
        raise BadInput(msg)
    root = b64.decode(fields.text("root"), "a batch's root", merkle.HASH_BYTES)
    return Batch(texts["feed"], digest, texts["importer"], root, rows, texts["source"])


def verify_row(batch: Batch, number: int, salt: bytes, row: bytes, proof: Sequence[bytes]) -> None:
    """NotTrusted unless ``row`` is row ``number`` of ``batch``."""
    hashed = merkle.leaf_hash(sealing.leaf(salt, row))
    if not merkle.verify_inclusion(hashed, number, batch.rows, proof, batch.root):
        msg = f"row {number} is not in its batch under the root that the batch's author signed; refuse it"
        raise NotTrusted(msg)

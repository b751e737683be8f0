"""An office that can be made to lie: it signs whatever an attack asks for, with the log's true key."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.record.kit import LOG, new_record, prepared, sealed
from trucekeeper.kernel import b64, canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.pae import pae
from trucekeeper.record import bundle
from trucekeeper.record.ref import Ref
from trucekeeper.stores.sql_record import SqlRecord

REFS = (Ref(2), Ref(3), Ref(4, 1), Ref(4, 3))


@contextmanager
def small_office(folder: Path) -> Iterator[SqlRecord]:
    """Key set 0, agreement 1, two reports 2 and 3, a batch 4 of five rows, another report 5."""
    with new_record(folder) as record:
        record.append([sealed("office", "agreement/v1", {"id": "lake", "digest": "ab" * 32}, number=1)])
        record.append([sealed(number=2), sealed("liaison-a", body={"kind": "claim"}, number=3)])
        made = prepared(5)
        record.append_batch(made.envelope, made.rows, made.salts)
        record.append([sealed(number=10**6 - 1)])
        yield record


def rebuilt(data: bytes, change: Callable[[dict[str, Json]], None]) -> bytes:
    """The bundle after ``change``, signed anew by the log's key, as only a lying office could."""
    value = canon.decode_object(data, bundle.LIMIT_BYTES)["bundle"]
    assert isinstance(value, dict)
    change(value)
    signature = LOG.sign(pae(bundle.PAYLOAD_TYPE, canon.encode(value)))
    return canon.encode({"bundle": value, "sig": b64.encode(signature)})


def entries(value: dict[str, Json]) -> list[dict[str, Json]]:
    """The entries of a bundle, to be changed in place."""
    return listed(value, "entries")


def listed(value: dict[str, Json], name: str) -> list[dict[str, Json]]:
    """The objects of one list of a bundle, to be changed in place."""
    found = value[name]
    assert isinstance(found, list)
    return [one for one in found if isinstance(one, dict)]

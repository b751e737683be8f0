"""Destroys what opens a leaf: of an entry with its rows, of one row, or of one field that is told apart."""

from trucekeeper.kernel.errors import NotPermitted
from trucekeeper.record import disclosure, entry, keyset
from trucekeeper.record.ref import Ref
from trucekeeper.stores.log_folder import Places
from trucekeeper.stores.sql_reader import SqlReader
from trucekeeper.stores.vault import Vault


def erase(record: SqlReader, vault: Vault, places: Places, ref: Ref, path: str | None) -> None:
    """As ``record.ports.Record.erase``; the caller lets nobody else write meanwhile."""
    if ref.row >= 0:
        rows = next((one.rows for one in vault.read(ref.entry, ref.entry + 1)), 0)
        if ref.row >= rows:
            record.row(ref)  # refuses, and says why
        vault.erase_row(ref.entry, ref.row)
    elif record.absent(ref.entry) != "erased":
        _erase_entry(record, vault, places, ref.entry, path)


def _erase_entry(record: SqlReader, vault: Vault, places: Places, index: int, path: str | None) -> None:
    found = record.opened(index)
    if found.entry.kind == keyset.KIND:
        msg = f"entry {index} is a key set, by which others are checked; it cannot be erased"
        raise NotPermitted(msg)
    if path is None:
        vault.erase_entry(index)
        places.open(index).unlink(missing_ok=True)
    elif found.disclosures:
        paths = disclosure.opening(entry.opened(found.envelope).body, found.disclosures).paths
        left = set(disclosure.without(paths, path))
        kept = tuple(one for one in found.disclosures if one in left)
        if kept != found.disclosures:
            vault.keep_told(index, kept)

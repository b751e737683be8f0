"""Opens and makes the vault of a record: a file in the office's folder, or a PostgreSQL database."""

from trucekeeper.kernel.errors import Conflict, Damaged
from trucekeeper.stores import cipher
from trucekeeper.stores.durable import Database, SqliteFile
from trucekeeper.stores.log_folder import Places
from trucekeeper.stores.postgres import Postgres
from trucekeeper.stores.vault import Vault
from trucekeeper.stores.vault_tables import TABLES


def opened_vault(places: Places, origin: str, queue: str | None, *, write: bool) -> Vault:
    """The vault of a record; ``queue`` is the address of its database, None for the file in the folder."""
    key = cipher.load_key(places.key)
    if queue is None and not places.vault.exists():
        msg = f"the record has lost {places.vault.name}; restore it from a backup"
        raise Damaged(msg)
    database: Database = (
        SqliteFile(places.vault, write=write) if queue is None else Postgres(queue, origin, write=write)
    )
    try:
        return Vault(database, key, origin)
    except BaseException:
        database.close()
        raise


def make_vault(places: Places, origin: str, queue: str | None) -> None:
    """A new, empty vault, and its key; Conflict where there is one, or part of one."""
    if places.key.exists() or (queue is None and places.vault.exists()):
        msg = (
            f"{places.office.name} holds a record already, or part of one; open it, or choose an empty folder"
        )
        raise Conflict(msg)
    cipher.make_key(places.key)
    places.vault.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    places.vault.parent.chmod(0o700)
    database: Database = (
        SqliteFile(places.vault, write=True, tables=TABLES)
        if queue is None
        else Postgres(queue, origin, write=True, tables=TABLES)
    )
    try:
        Vault.make(database, cipher.load_key(places.key), origin)
    finally:
        database.close()

"""The public side of a record: verifier key, tiles, and the checkpoints that the log has signed and published."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from trucekeeper.kernel import note
from trucekeeper.kernel.errors import Conflict, Damaged, NotFound, TruceError
from trucekeeper.record import checkpoint, sealing, tiles
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.ports import Tiles
from trucekeeper.record.tiles import TileNodes
from trucekeeper.stores import durable
from trucekeeper.stores.tile_folder import TileFolder

WIDTH = 256


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files of a record lie in an office's folder."""

    office: Path

    @property
    def log(self) -> Path:
        """The log's folder."""
        return self.office / "log"

    @property
    def vkey(self) -> Path:
        """The log's verifier key, one line."""
        return self.log / "log.vkey"

    @property
    def checkpoint(self) -> Path:
        """The published checkpoint."""
        return self.log / "checkpoint"

    @property
    def signed(self) -> Path:
        """The newest checkpoint that the log has signed."""
        return self.log / "signed"

    @property
    def policy(self) -> Path:
        """The witness policy in force; there is none where the log publishes by itself."""
        return self.log / "policy"

    @property
    def frozen(self) -> Path:
        """There once the log may never be written again."""
        return self.log / "frozen"

    @property
    def lock(self) -> Path:
        """Held by the one writer."""
        return self.log / "lock"

    @property
    def vault(self) -> Path:
        """Queue and vault, where no other database is named."""
        return self.office / "vault" / "vault.sqlite"

    @property
    def key(self) -> Path:
        """The vault's key."""
        return self.office / "keys" / "vault.key"

    def open(self, index: int) -> Path:
        """What opens an entry of an open kind, for everybody."""
        return self.log / "open" / f"{index}.json"


class LogFolder:
    """One log's folder, to read."""

    def __init__(self, places: Places) -> None:
        self.places = places
        try:
            self.vkey = places.vkey.read_text("utf-8").removesuffix("\n")
        except FileNotFoundError as error:
            msg = f"there is no record in {places.office.name}; name the folder of an office, or make one"
            raise NotFound(msg) from error
        except UnicodeDecodeError as error:
            msg = "log.vkey is not text; restore it from a backup"
            raise Damaged(msg) from error
        self.origin = note.Verifier.parse(self.vkey).name
        self.tiles: Tiles = TileFolder(places.log)
        self._verified = lru_cache(4)(self._verify)
        self._bundle = lru_cache(16)(self._read_bundle)
        self._nodes = lru_cache(2)(self._read_nodes)

    def signed(self) -> tuple[bytes, Checkpoint] | None:
        """The newest checkpoint that the log has signed; None before the first."""
        return self._read(self.places.signed)

    def published(self) -> tuple[bytes, Checkpoint] | None:
        """The published checkpoint; None before the first."""
        return self._read(self.places.checkpoint)

    def size(self) -> int:
        """How many leaves the newest signed checkpoint covers."""
        found = self.signed()
        return 0 if found is None else found[1].size

    def nodes(self, size: int) -> TileNodes:
        """The hashes of the tree of ``size`` leaves, read from tiles."""
        return self._nodes(size)

    def leaf(self, index: int, size: int) -> bytes:
        """The leaf at ``index`` as the log of ``size`` leaves holds it."""
        number = index // WIDTH
        width = size % WIDTH if number == size // WIDTH else WIDTH
        return self._bundle(number, width)[index % WIDTH]

    def keep_policy(self, text: str | None) -> None:
        """Lay down the witness policy in force; with one, integration no longer publishes by itself."""
        if text is None:
            self.places.policy.unlink(missing_ok=True)
            durable.sync_folder(self.places.log)
        else:
            durable.replace(self.places.policy, text.encode())

    def refuse_frozen(self) -> None:
        """Conflict where the log may not be written any more."""
        if self.places.frozen.exists():
            msg = (
                "this log is frozen and takes nothing more; open it for reading, or go on in the log after it"
            )
            raise Conflict(msg)

    def _read(self, path: Path) -> tuple[bytes, Checkpoint] | None:
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        return data, self._verified(path.name, data)

    def _verify(self, name: str, data: bytes) -> Checkpoint:
        try:
            return checkpoint.verified(data, self.vkey)
        except TruceError as error:
            msg = f"log/{name} is no checkpoint that this log has signed ({error}); restore it from a backup"
            raise Damaged(msg) from error

    def _read_nodes(self, size: int) -> TileNodes:
        return TileNodes(self.tiles.get, size)

    def _read_bundle(self, number: int, width: int) -> tuple[bytes, ...]:
        data = self.tiles.get(tiles.bundle_path(number, width))
        if data is None and width < WIDTH:  # grown since, and the unfinished one cleared away
            data = self.tiles.get(tiles.bundle_path(number))
        try:
            found = () if data is None else tiles.unbundle(data)[:width]
        except TruceError:
            found = ()
        if len(found) != width or any(len(leaf) != sealing.LEAF_BYTES for leaf in found):
            msg = f"the log has lost the leaves from {number * WIDTH} on, or holds others; restore its tiles"
            raise Damaged(msg)
        return found

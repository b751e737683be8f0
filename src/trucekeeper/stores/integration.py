"""Brings the queue into the log: bundles and tiles on disk first, then the root is signed, then it is published.

A crash at any point is made good by doing the same again: leaves, padding among them, are in the vault before the
first file is written, so every file comes out with the same bytes, and no size ever gets a second root.
"""

from trucekeeper.kernel import b64, canon, merkle
from trucekeeper.kernel.errors import Conflict, Damaged
from trucekeeper.kernel.keys import Signer
from trucekeeper.record import checkpoint, release
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.stores import durable, points
from trucekeeper.stores.edge import Edge
from trucekeeper.stores.log_folder import WIDTH, LogFolder
from trucekeeper.stores.vault import Vault

OPEN_KINDS = tuple(sorted(release.OPEN))
"""What everybody may read: laid down beside the tiles, with the salt that opens the leaf."""

_AT_ONCE = WIDTH * WIDTH
_PAGE = 500


class Integration:
    """Grows one log; for one thread at a time."""

    def __init__(self, log: LogFolder, vault: Vault, signer: Signer) -> None:
        self._log = log
        self._vault = vault
        self._signer = signer
        self.edge = Edge()

    def repair(self) -> None:
        """Take up the log where it stands; Damaged where its tiles do not carry what it has signed."""
        signed, published = self._log.signed(), self._log.published()
        newest = max(
            (one[1] for one in (signed, published) if one is not None), key=lambda one: one.size, default=None
        )
        if newest is None:
            return
        if self._vault.size() < newest.size:
            msg = f"the log has {newest.size} entries and the vault {self._vault.size()}; restore the vault"
            raise Damaged(msg)
        for one in (signed, published):
            if one is not None:
                self._hold_against(one[1])
        first = newest.size - newest.size % WIDTH
        leaves = [self._log.leaf(index, newest.size) for index in range(first, newest.size)]
        if leaves != self._vault.leaves(first, newest.size):
            msg = f"the newest leaves of the log, from {first} on, are not those of the vault; restore one of them"
            raise Damaged(msg)
        self.edge = Edge.of(newest.size, self._log.nodes(newest.size), leaves)
        if signed is None or signed[1].size < newest.size:
            self._sign()
        elif published is None or published[1].size < newest.size:
            self._publish(signed[0])

    def integrate(self, upto: int) -> bytes:
        """Bring the vault's leaves below ``upto`` into the log; gives the signed checkpoint."""
        first, edge = self.edge.size, self.edge
        while edge.size < upto:
            stop = min(upto, edge.size - edge.size % _AT_ONCE + _AT_ONCE)
            grown = edge.grown(self._vault.leaves(edge.size, stop))
            self._log.tiles.put(grown.bundles)
            points.reached("bundles")
            self._log.tiles.put(grown.tiles)
            points.reached("tiles")
            edge = grown.edge
        if edge.size > first or self._log.signed() is None:
            self._lay_open(first, edge.size)
            self.edge = edge
            self._sign()
        found = self._log.signed()
        return b"" if found is None else found[0]

    def publish(self, note: bytes) -> None:
        """Make ``note`` the published checkpoint, once it is seen to be of this log and no older than the last."""
        stated = checkpoint.verified(note, self._log.vkey)
        if stated.size > self.edge.size:
            msg = f"a checkpoint of {stated.size} leaves is ahead of the log, which has {self.edge.size}; refuse it"
            raise Conflict(msg)
        self._hold_against(stated)
        last = self._log.published()
        if last is not None and last[1].size > stated.size:
            msg = f"a checkpoint of {last[1].size} leaves is published already; publish none older than that"
            raise Conflict(msg)
        durable.replace(self._log.places.checkpoint, note)
        points.reached("published")

    def _sign(self) -> None:
        stated = Checkpoint(self._log.origin, self.edge.size, self.edge.root())
        note = checkpoint.sign(stated, self._signer)
        durable.replace(self._log.places.signed, note)
        points.reached("signed")
        self._publish(note)

    def _publish(self, note: bytes) -> None:
        if not self._log.places.policy.exists():
            durable.replace(self._log.places.checkpoint, note)
            points.reached("published")

    def _hold_against(self, stated: Checkpoint) -> None:
        """A signed checkpoint is never taken back: the tiles must still have its root at its size."""
        if merkle.Frontier.of(stated.size, self._log.nodes(stated.size)).root() != stated.root:
            msg = f"the log no longer agrees with its checkpoint of {stated.size} leaves; restore it from a backup"
            raise Damaged(msg)

    def _lay_open(self, start: int, stop: int) -> None:
        """Lay down what opens each entry of an open kind, before a checkpoint covers it."""
        while True:
            page = self._vault.read(start, stop, OPEN_KINDS, _PAGE)
            for one in page:
                if one.sealed is not None:
                    path = self._log.places.open(one.entry)
                    path.parent.mkdir(exist_ok=True)
                    value = {
                        "envelope": one.sealed.envelope.decode("utf-8"),
                        "salt": b64.encode(one.sealed.salt),
                    }
                    durable.replace(path, canon.encode({**value}))
                start = one.entry + 1
            if len(page) < _PAGE:
                return

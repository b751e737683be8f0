"""Writes one entry: sealed with a person's key, appended, answered with a receipt."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Clock
from trucekeeper.kernel.keys import Signer
from trucekeeper.record import entry
from trucekeeper.record.ports import Record
from trucekeeper.record.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Pen:
    """``draw`` gives that many random bytes; it names entries and salts fields, it never makes keys."""

    record: Record
    clock: Clock
    draw: Callable[[int], bytes]

    def sealed(self, signer: Signer, kind: str, body: Mapping[str, Json], apart: Iterable[str] = ()) -> bytes:
        """An envelope for this record, signed now, with the fields at the paths ``apart`` told apart."""
        uid, now = self.draw(16).hex(), self.clock.now()
        return entry.seal(signer, kind, self.record.origin, uid, now, body, apart=apart, draw=self.draw)

    def write(
        self, signer: Signer, kind: str, body: Mapping[str, Json], apart: Iterable[str] = ()
    ) -> Receipt:
        """Seal and append one entry."""
        (receipt,) = self.record.append([self.sealed(signer, kind, body, apart)])
        return receipt

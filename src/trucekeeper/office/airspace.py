"""Opens the airspace desk of an office, and finds the keys of the authorities whose tokens it accepts."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from trucekeeper.airspace.book import Indexes
from trucekeeper.airspace.ports import Hidden, NoneHidden
from trucekeeper.desks.airspace import AirspaceDesk, Itself
from trucekeeper.kernel.errors import NotFound, NotPermitted
from trucekeeper.kernel.keys import Signer
from trucekeeper.movements.ports import Index
from trucekeeper.office.folder import Folder
from trucekeeper.office.settings import Settings
from trucekeeper.record.pen import Pen

PUBLIC_KEYS = "TRUCE_F3548_PUBLIC_KEYS"
"""Paths of PEM files, with commas between; they count beside those of office.toml, and for any issuer."""

AUDIENCES = "TRUCE_F3548_AUDIENCES"
"""Audiences, with commas between; they count beside those of office.toml."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """PEM files' contents, each with the issuer it is bound to, and the audiences a token may name."""

    keys: tuple[tuple[bytes, str | None], ...]
    audiences: frozenset[str]


def accepted(folder: Folder, settings: Settings, environment: Mapping[str, str]) -> Accepted:
    """Whose tokens let clients in, by office.toml and the environment; NotFound for a key file that is not there."""
    listed = [(folder.root / key.file, key.iss) for key in settings.f3548.public_keys]
    listed += [(folder.root / path, None) for path in _parts(environment, PUBLIC_KEYS)]
    keys: list[tuple[bytes, str | None]] = []
    for path, iss in listed:
        try:
            keys.append((path.read_bytes(), iss))
        except OSError as error:
            msg = f"the token key {path.name} cannot be read ({error.strerror}); correct its path"
            raise NotFound(msg) from error
    return Accepted(tuple(keys), frozenset(settings.f3548.audiences) | set(_parts(environment, AUDIENCES)))


def airspace_desk(
    pen: Pen,
    signer: Signer | None,
    settings: Settings,
    hidden: Hidden | None = None,
    indexes: "Kept | None" = None,
) -> AirspaceDesk:
    """The desk; it reads the record when it is first asked. Without ``indexes`` it searches in memory."""

    def signing() -> Signer:
        if signer is None:
            msg = "this office was opened for reading only; open it for writing to sign for it"
            raise NotPermitted(msg)
        return signer

    host = settings.origin.partition("/")[0]
    itself = Itself(settings.officer, settings.f3548.base_url or f"https://{host}")
    return AirspaceDesk(pen, signing, (indexes or Kept()).get, itself, hidden or NoneHidden())


@dataclass(slots=True)
class Kept:
    """The three indexes of the airspace, where office.toml says; opened when first asked for, and then kept.

    They are emptied and filled anew from the record at every start: what is in them is the record's to say.
    """

    choice: str = "memory"
    folder: Path | None = None
    _opened: list[Index] = field(default_factory=list[Index])
    _held: ExitStack = field(default_factory=ExitStack)

    def get(self) -> Indexes:
        """The indexes."""
        if not self._opened:
            # compiled search takes a moment to load, and most commands never ask for it
            from trucekeeper.office import indexes  # noqa: PLC0415

            for name in ("intents", "constraints", "subscriptions"):
                self._opened.append(indexes.opened(self.choice, self.folder, f"airspace_{name}", self._held))
        return Indexes(*self._opened)

    def close(self) -> None:
        """Give files and connections back."""
        self._opened.clear()
        self._held.close()


def _parts(environment: Mapping[str, str], name: str) -> list[str]:
    return [part.strip() for part in environment.get(name, "").split(",") if part.strip()]

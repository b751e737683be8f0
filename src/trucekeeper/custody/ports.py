"""What custody asks of a store of media."""

from collections.abc import Iterator
from typing import BinaryIO, Protocol

from trucekeeper.custody.arrival import Held


class MediaStore(Protocol):
    """Files under their own SHA-256; never rewritten."""

    def put(self, stream: BinaryIO) -> Held:
        """Keep what ``stream`` gives, durably; the same bytes a second time change nothing."""
        ...

    def read(self, sha256: str) -> Iterator[bytes]:
        """The bytes of one file; Damaged at the end where they are not those of the digest, NotFound without it."""
        ...

    def holds(self, sha256: str) -> bool:
        """Whether there is such a file."""
        ...

    def remove(self, sha256: str) -> None:
        """Destroy one file; once is enough."""
        ...

    def all(self) -> Iterator[str]:
        """The digest of every file, in order."""
        ...

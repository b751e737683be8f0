"""The digest of a media file is that of its bytes, however long it is."""

import hashlib
from io import BytesIO

import pytest

from trucekeeper.custody.arrival import Held, taken_in


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3_000_000])
def test_a_file_is_held_by_its_digest_and_size(size: int) -> None:
    data = b"\x5a" * size
    assert taken_in(BytesIO(data)) == Held(hashlib.sha256(data).hexdigest(), size)

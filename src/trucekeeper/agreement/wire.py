"""``agreement/v1``: the entry with which the record says under which agreement the office works."""

from collections.abc import Mapping

from trucekeeper.agreement.model import Agreement
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import NotTrusted
from trucekeeper.record import amendment

KIND = amendment.KIND

Body = dict[str, Json]
"""``id``, ``title``, ``digest``, and ``lock``: a list of {path, sha256}, by path. See ``record.amendment`` for more."""


def body(agreement: Agreement) -> Body:
    """The body of the entry; only words, so that it is canonical as it is."""
    return {
        "digest": agreement.digest,
        "id": agreement.id,
        "lock": [{"path": path, "sha256": digest} for path, digest in agreement.files],
        "title": agreement.title,
    }


def check(agreement: Agreement, recorded: Mapping[str, Json]) -> None:
    """NotTrusted unless the recorded body, an amendment's or a first one's, is of exactly this agreement."""
    if amendment.plain(recorded) != body(agreement):
        msg = "the agreement's folder is not the one on the record; restore the folder that was signed"
        raise NotTrusted(msg)

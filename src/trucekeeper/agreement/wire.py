"""``agreement/v1``: the entry with which the record says under which agreement the office works."""

from trucekeeper.agreement.model import Agreement
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput, NotTrusted
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


def check(agreement: Agreement, recorded: object) -> None:
    """NotTrusted unless the recorded body, an amendment's or a first one's, is of exactly this agreement."""
    if not isinstance(recorded, dict):
        msg = "an agreement/v1 body is no object; the entry was not written by an office"
        raise BadInput(msg)
    if amendment.plain(recorded) != body(agreement):
        msg = "the agreement's folder is not the one on the record; restore the folder that was signed"
        raise NotTrusted(msg)

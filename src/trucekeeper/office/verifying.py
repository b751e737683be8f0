"""Hands a bundle to the verifier, and says its refusals as the office says all of its own."""

from collections.abc import Sequence

from trucekeeper.kernel import note
from trucekeeper.kernel.errors import NotTrusted
from trucekeeper.verifier.notes import Refused
from trucekeeper.verifier.verify import Verified, verify_bundle


def authentic(
    data: bytes, vkey: str, policy: str | None = None, older: str | None = None, proof: Sequence[bytes] = ()
) -> Verified:
    """What ``verifier.verify.verify_bundle`` shows of the bundle; NotTrusted where it refuses.

    BadInput where ``vkey`` is no verifier key: that is the caller's file, not the office's.
    """
    note.Verifier.parse(vkey.strip())
    try:
        return verify_bundle(data, vkey, policy, older, proof)
    except Refused as error:
        raise NotTrusted(str(error)) from error

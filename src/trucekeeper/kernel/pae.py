"""Pre-authentication encoding: what is signed says of which type it is (DSSE v1)."""


def pae(payload_type: str, payload: bytes) -> bytes:
    """``DSSEv1 SP len(type) SP type SP len(payload) SP payload``, lengths in bytes and ASCII decimal."""
    name = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)

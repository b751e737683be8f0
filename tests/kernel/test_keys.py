import stat
from pathlib import Path

import pytest

from trucekeeper.kernel import b64, keys
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound, NotTrusted
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.kernel.pae import pae

PRIME = 2**255 - 19
D = -121665 * pow(121666, -1, PRIME) % PRIME
LEVEL = 2**252 + 27742317777372353535851937790883648493


def test_a_signature_is_that_of_rfc_8032() -> None:
    signer = Ed25519Signer(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert signer.public.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = signer.sign(b"\x72")
    assert signature.hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert keys.verify(signer.public, signature, b"\x72")
    assert not keys.verify(signer.public, signature, b"\x73")


def test_a_signature_has_no_second_spelling() -> None:
    signer = Ed25519Signer(bytes(32))
    signature = signer.sign(b"words")
    again = (int.from_bytes(signature[32:], "little") + LEVEL).to_bytes(32, "little")
    assert not keys.verify(signer.public, signature[:32] + again, b"words")


def test_malformed_keys_and_signatures_hold_nothing_and_raise_nothing() -> None:
    signer = Ed25519Signer(bytes(32))
    signature = signer.sign(b"words")
    for public in (b"", b"\x00" * 31, b"\x02" * 32, b"\xff" * 32):
        assert not keys.verify(public, signature, b"words")
    for other in (b"", signature[:-1], signature + b"\x00", b"\x00" * 64):
        assert not keys.verify(signer.public, other, b"words")


def add(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    product = D * one[0] * other[0] * one[1] * other[1]
    x = (one[0] * other[1] + other[0] * one[1]) * pow(1 + product, -1, PRIME)
    y = (one[1] * other[1] + one[0] * other[0]) * pow(1 - product, -1, PRIME)
    return x % PRIME, y % PRIME


def small_order_points() -> set[tuple[int, int]]:
    """All eight, from one point multiplied by the group's large prime order."""
    for y in range(2, 200):
        square = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
        x = pow(square, (PRIME + 3) // 8, PRIME)
        if x * x % PRIME != square:
            x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
        if x * x % PRIME != square:
            continue
        point, found = (x, y), (0, 1)
        for bit in f"{LEVEL:b}":
            found = add(found, found)
            if bit == "1":
                found = add(found, point)
        points = {(0, 1)}
        step = found
        while step not in points:
            points.add(step)
            step = add(step, found)
        if len(points) == 8:
            return points
    raise AssertionError


def test_keys_of_small_order_are_refused_for_one_signature_would_fit_all_messages() -> None:
    points = small_order_points()
    assert len(points) == 8
    for x, y in points:
        encoded = (y | ((x & 1) << 255)).to_bytes(32, "little")
        assert not keys.sound(encoded)
        assert not keys.verify(encoded, encoded + bytes(32), b"any words")
    for y in range(PRIME, 2**255):
        assert not keys.sound(y.to_bytes(32, "little"))
    assert keys.sound(Ed25519Signer(bytes(32)).public)


def test_a_key_is_saved_for_its_owner_alone_and_never_over_another(tmp_path: Path) -> None:
    signer = Ed25519Signer.generate()
    path = tmp_path / "key.pem"
    signer.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Ed25519Signer.load(path).public == signer.public
    with pytest.raises(Conflict, match="already there"):
        Ed25519Signer.generate().save(path)
    assert Ed25519Signer.load(path).public == signer.public


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    Ed25519Signer.generate().save(path)
    path.chmod(0o640)
    with pytest.raises(NotTrusted, match="chmod 600"):
        Ed25519Signer.load(path)


@pytest.mark.parametrize(
    "data", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_file_without_a_key_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(data)
    path.chmod(0o600)
    with pytest.raises(BadInput, match="no Ed25519 key"):
        Ed25519Signer.load(path)


def test_an_absent_key_file_and_a_short_seed_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        Ed25519Signer.load(tmp_path / "none.pem")
    with pytest.raises(BadInput):
        Ed25519Signer(b"short")


def test_a_signer_does_not_show_its_key() -> None:
    assert repr(Ed25519Signer(bytes(32))) == f"Ed25519Signer({keys.key_id(Ed25519Signer(bytes(32)).public)})"


def test_the_pre_authentication_encoding_is_that_of_dsse() -> None:
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@pytest.mark.parametrize("text", ["QQ", "QR==", "QQ==\n", "Q Q=", "Q-==", "QQ===", "\u00e9"])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(BadInput):
        b64.decode(text, "a field")
    assert b64.decode("QQ==", "a field", 1) == b"A"
    with pytest.raises(BadInput, match="1 bytes where 2"):
        b64.decode("QQ==", "a field", 2)


def test_a_key_is_locked_by_a_passphrase_and_opened_by_it_alone(tmp_path: Path) -> None:
    made, path = Ed25519Signer(bytes(range(32))), tmp_path / "locked.pem"
    made.save(path, b"six words make a phrase")
    pem = path.read_bytes()
    assert pem.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Ed25519Signer.load(path, lambda: b"six words make a phrase").public == made.public
    for wrong in (b"six words make a phrasf", b""):
        with pytest.raises(NotTrusted, match=r"passphrase does not open the key file locked\.pem"):
            Ed25519Signer.load(path, lambda wrong=wrong: wrong)
    with pytest.raises(BadInput, match="nobody can type here"):
        Ed25519Signer.load(path)
    with pytest.raises(BadInput, match="take 12 at least"):
        made.save(tmp_path / "short.pem", b"short")
    assert not (tmp_path / "short.pem").exists()


def test_nobody_is_asked_for_the_passphrase_of_a_key_that_has_none(tmp_path: Path) -> None:
    def ask() -> bytes:
        raise AssertionError

    made = Ed25519Signer(bytes(range(32)))
    made.save(tmp_path / "plain.pem")
    assert Ed25519Signer.load(tmp_path / "plain.pem", ask).public == made.public

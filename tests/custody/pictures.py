"""Pictures as they arrive: plain ones, and ones that carry a C2PA manifest signed by a camera of ours."""

import datetime as dt
import io
import json
import struct
import zlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_TAKEN = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
_NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def plain(shade: int = 128) -> bytes:
    """A grey PNG of eight by eight."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + bytes((shade,)) * 8 for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def with_manifest(shade: int = 128) -> bytes:
    """The same picture with a manifest, signed by a key that nobody is asked to trust."""
    import c2pa  # noqa: PLC0415 - an optional extra

    certificates, key = _camera()
    manifest = {
        "claim_generator_info": [{"name": "lakeside camera", "version": "1"}],
        "title": "shore.png",
        "assertions": [
            {
                "label": "c2pa.actions",
                "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": _TAKEN}]},
            }
        ],
    }
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo("es256", certificates.encode(), key.encode(), None))
    signed = io.BytesIO()
    with c2pa.Builder(json.dumps(manifest)) as builder:
        builder.sign(signer, "image/png", io.BytesIO(plain(shade)), signed)
    return signed.getvalue()


def _camera() -> tuple[str, str]:
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("lakeside root", root_key, "lakeside root", root_key, ca=True)
    leaf = _certificate("lakeside camera", key, "lakeside root", root_key, ca=False)
    pem = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (leaf, root))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode(), secret.decode()


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, by: ec.EllipticCurvePrivateKey, *, ca: bool
) -> x509.Certificate:
    def named(who: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COMMON_NAME, who),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Lakeside"),
            ]
        )

    usage = x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOW)
        .not_valid_after(_NOW + dt.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if not ca:
        made = made.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
    return made.sign(by, hashes.SHA256())

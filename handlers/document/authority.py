"""A self-made certification authority for demonstrations, kept in the data folder; production uses a real one.

Signs PDFs as PAdES. Refuses nothing and proves nothing to anybody who does not trust this folder's root.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Lock

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

_LOCK = Lock()
_YEARS = timedelta(days=3650)


class Authority:
    """Root and signer as PEM files: root.pem, signer.pem, signer.key. Made at the first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._signer: signers.SimpleSigner | None = None

    @property
    def root(self) -> Path:
        """The certificate that a verifier has to trust."""
        self._opened()
        return self.folder / "root.pem"

    def sign(self, pdf: bytes, reason: str) -> bytes:
        """The PDF with a certifying PAdES signature. It has no picture of its own: the seal is drawn on the page."""
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        fields.append_signature_field(writer, fields.SigFieldSpec("GuangshaSeal"))
        meta = signers.PdfSignatureMetadata(
            field_name="GuangshaSeal",
            reason=reason,
            subfilter=fields.SigSeedSubFilter.PADES,
            md_algorithm="sha256",
            certify=True,
        )
        signed = BytesIO()
        signers.PdfSigner(meta, self._opened()).sign_pdf(writer, output=signed)
        return signed.getvalue()

    def _opened(self) -> signers.SimpleSigner:
        with _LOCK:
            if self._signer is None:
                if not (self.folder / "signer.key").exists():
                    _make(self.folder)
                self._signer = signers.SimpleSigner.load(
                    str(self.folder / "signer.key"),
                    str(self.folder / "signer.pem"),
                    ca_chain_files=(str(self.folder / "root.pem"),),
                )
        return self._signer


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    root_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    root_name, name = _name("广厦演示根证书"), _name("广厦演示电子签章")
    root = _certificate(root_name, root_name, root_key, root_key, is_root=True)
    signer = _certificate(name, root_name, key, root_key, is_root=False)
    _write(folder / "root.pem", root.public_bytes(serialization.Encoding.PEM), 0o644)
    _write(folder / "signer.pem", signer.public_bytes(serialization.Encoding.PEM), 0o644)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(folder / "signer.key", private, 0o600)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Complete or not at all, so that another process never reads half a key."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
    part.replace(path)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "广厦演示"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(
    name: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, by: rsa.RSAPrivateKey, *, is_root: bool
) -> x509.Certificate:
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=not is_root, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=is_root, crl_sign=is_root, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _YEARS)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .sign(by, hashes.SHA256())
    )

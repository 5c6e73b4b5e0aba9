"""What is asked of and answered by the signing service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """document_sha256: hex digest of the file's bytes; agency: whose seal (落款); the file itself is not sent."""

    document_sha256: str
    document_name: str
    agency: str


@dataclass(frozen=True, slots=True)
class SignatureReceipt:
    """signature: the service's signature over the digest; algorithm and certificate_serial say how to verify it."""

    signature_no: str
    document_sha256: str
    agency: str
    algorithm: str
    certificate_serial: str
    signed_at: datetime
    signature: bytes

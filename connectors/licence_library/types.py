"""What is told to, asked of and answered by the e-licence library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.subject import Subject


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate to keep. valid_to is inclusive; document: the signed file's bytes, usually PDF."""

    licence_type: str
    licence_no: str
    holder: Subject
    issued_on: date
    valid_from: date
    valid_to: date
    document: bytes
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredLicence:
    """Kept; document_sha256 has been compared with what was sent."""

    licence_id: str
    licence_no: str
    document_sha256: str


@dataclass(frozen=True, slots=True)
class ELicence:
    """One e-licence of the holder; valid_to is None if it does not expire. document_sha256 has been compared."""

    licence_id: str
    licence_type: str
    licence_no: str
    issuer: str
    issued_on: date
    valid_to: date | None
    media_type: str
    document_sha256: str
    document: bytes


@dataclass(frozen=True, slots=True)
class ELicences:
    """Every licence of the asked type; empty if the holder has none."""

    id_no: str
    name: str
    licences: tuple[ELicence, ...]

"""What is told to and answered by the thematic database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ThematicRecord:
    """One record of a subject area, such as ("public_rental_admission", case number, its facts)."""

    subject: str
    record_id: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ThematicReceipt:
    """Taken; version counts the pushes of this record from 1, the last one holds."""

    subject: str
    record_id: str
    receipt_no: str
    version: int

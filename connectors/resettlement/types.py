"""What is asked of and answered by the resettlement-housing system. Areas in m²."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connectors.subject import Match, Subject


@dataclass(frozen=True, slots=True)
class ResettlementQuery:
    """One person, one question (SH-029.R2)."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class ResettlementHome:
    """One home assigned as compensation; persons: everybody it was assigned to, at least 1."""

    agreement_no: str
    project: str
    address: str
    area_m2: Decimal
    persons: int
    assigned_on: date


@dataclass(frozen=True, slots=True)
class ResettlementResult:
    """homes is empty unless match is MATCHED (SH-029.R2): PARTIAL is for a person to look at, not for display."""

    id_no: str
    name: str
    match: Match
    area_m2: Decimal
    homes: tuple[ResettlementHome, ...]

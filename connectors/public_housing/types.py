"""What is asked of and answered by the public-housing system. Areas in m²."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from connectors.subject import Match, Subject


class TenancyRole(StrEnum):
    """How the person stands to the tenancy."""

    TENANT = "承租人"
    MEMBER = "同住人"


@dataclass(frozen=True, slots=True)
class PublicHousingQuery:
    """One person, one question (SH-027.R2)."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class PublicTenancy:
    """One tenancy in force. residents: everybody counted in it, at least 1."""

    contract_no: str
    address: str
    district: str
    role: TenancyRole
    area_m2: Decimal
    residents: int
    since_on: date


@dataclass(frozen=True, slots=True)
class PublicHousingResult:
    """match other than MATCHED says nothing about tenancies. area_m2: the sum of the tenancies' whole areas."""

    id_no: str
    name: str
    match: Match
    area_m2: Decimal
    tenancies: tuple[PublicTenancy, ...]

"""What is asked of and answered by the real-estate register. Areas in m², shares as fractions of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from connectors.subject import Match, Subject


class Usage(StrEnum):
    """Registered use of the premises; only HOME counts as housing."""

    HOME = "住宅"
    SHOP = "商业"
    PARKING = "车位"
    OFFICE = "办公"


@dataclass(frozen=True, slots=True)
class RealEstateQuery:
    """One person, one question (SH-028.R2)."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class RegisteredProperty:
    """One registration. disposed_on is None while the person still holds it."""

    certificate_no: str
    address: str
    district: str
    usage: Usage
    area_m2: Decimal
    share: Fraction
    registered_on: date
    disposed_on: date | None

    @property
    def owned_area_m2(self) -> Decimal:
        """area × share, rounded half up to 0.01 m²."""
        exact = self.area_m2 * self.share.numerator / self.share.denominator
        return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class RealEstateResult:
    """match other than MATCHED says nothing about ownership. area_m2: the person's part of all homes still held;
    homes: their number; properties: every registration, also shops and what was disposed of."""

    id_no: str
    name: str
    match: Match
    homes: int
    area_m2: Decimal
    properties: tuple[RegisteredProperty, ...]

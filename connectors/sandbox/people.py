"""People: the invented persons of the sandbox and what the registers know of them. Nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Property:
    """One registration in 不动产登记. usage: 住宅, 商业, 车位, 办公; disposed_on: None while still held."""

    certificate_no: str
    address: str
    district: str
    area_m2: Decimal
    share: Fraction
    usage: str
    registered_on: date
    disposed_on: date | None = None


@dataclass(frozen=True, slots=True)
class PublicTenancy:
    """One tenancy of public housing. role: 承租人 or 同住人."""

    contract_no: str
    address: str
    district: str
    role: str
    area_m2: Decimal
    residents: int
    since_on: date


@dataclass(frozen=True, slots=True)
class ResettlementHome:
    """One home assigned as compensation."""

    agreement_no: str
    project: str
    address: str
    area_m2: Decimal
    persons: int
    assigned_on: date


@dataclass(frozen=True, slots=True)
class Violation:
    """One record. kind: 违规 or 违约."""

    record_no: str
    kind: str
    reason: str
    decided_on: date
    barred_until: date | None
    lifted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """marital_status: as registered (未婚, 已婚, 离异, 丧偶); declared_marital_status: what the person would say.

    former_name: what 不动产, 公房 and 征收 still have on record, "" if nothing else. relation: to the household's
    head (本人, 配偶, 子女, 父母, 祖父母). insurance_months: paid in all; insurance_running: the unbroken run.
    situations: names of SITUATIONS that this very person shows.
    """

    id_no: str
    name: str
    sex: str
    born_on: date
    mobile: str
    household_id: str
    relation: str
    hukou_district: str
    address: str
    marital_status: str
    declared_marital_status: str
    married_on: date | None
    divorced_on: date | None
    spouse_id_no: str | None
    former_spouse_id_no: str | None
    former_name: str
    deceased_on: date | None
    residence_permit_since: date | None
    insurance_state: str
    insurance_months: int
    insurance_running: int
    employer: str | None
    employer_code: str | None
    properties: tuple[Property, ...]
    public_housing: tuple[PublicTenancy, ...]
    resettlement: tuple[ResettlementHome, ...]
    violations: tuple[Violation, ...]
    cases_in_progress: tuple[str, ...]
    valid_cases: tuple[str, ...]
    situations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Household:
    """People who apply together; the first member is the head (本人)."""

    household_id: str
    members: tuple[Person, ...]

    @property
    def head(self) -> Person:
        return self.members[0]

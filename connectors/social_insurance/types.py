"""What is asked of and answered by the social-insurance query."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from connectors.subject import Match, Subject


class InsuranceState(StrEnum):
    """State of the person's insurance."""

    PAYING = "正常缴费"
    INTERRUPTED = "中断缴费"
    ENDED = "终止"
    NONE = "未参保"


@dataclass(frozen=True, slots=True)
class SocialInsuranceQuery:
    """One person, one question (SH-026.R1)."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class SocialInsuranceResult:
    """months_total: all months paid; months_running: the unbroken run up to last_paid_month; last_paid_month:
    "YYYY-MM" or None. match other than MATCHED says nothing about contributions."""

    id_no: str
    name: str
    match: Match
    state: InsuranceState
    months_total: int
    months_running: int
    last_paid_month: str | None
    employer: str | None
    employer_code: str | None

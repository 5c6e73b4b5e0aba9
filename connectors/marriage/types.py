"""What is asked of and answered by the marriage interface."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from connectors.subject import Match, Subject


class MaritalState(StrEnum):
    """The registered state; UNKNOWN comes with every match other than MATCHED."""

    SINGLE = "未婚"
    MARRIED = "已婚"
    DIVORCED = "离异"
    WIDOWED = "丧偶"
    UNKNOWN = "未知"


@dataclass(frozen=True, slots=True)
class MarriageQuery:
    """One person, one question (SH-026.R2)."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class MarriageResult:
    """spouse_* is set exactly when state is MARRIED; divorced_on when DIVORCED (married_on: the latest marriage);
    deceased_on is set when the person stands on the death list."""

    id_no: str
    name: str
    match: Match
    state: MaritalState
    married_on: date | None
    divorced_on: date | None
    spouse_id_no: str | None
    spouse_name: str | None
    deceased_on: date | None

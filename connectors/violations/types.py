"""What is asked of and answered by the register of violations and breaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from connectors.subject import Match, Subject


class ViolationKind(StrEnum):
    """违规: against the rules of housing security; 违约: against the lease."""

    RULE = "违规"
    LEASE = "违约"


@dataclass(frozen=True, slots=True)
class ViolationsQuery:
    """One person, one question."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class Violation:
    """One record. barred_until: last day of the bar, inclusive, None without a bar; lifted_on: None while it stands."""

    record_no: str
    kind: ViolationKind
    reason: str
    authority: str
    decided_on: date
    barred_until: date | None
    lifted_on: date | None

    def bars_on(self, day: date) -> bool:
        """True if the record stands and bars on that day."""
        lifted = self.lifted_on is not None and self.lifted_on <= day
        return not lifted and self.barred_until is not None and day <= self.barred_until


@dataclass(frozen=True, slots=True)
class ViolationsResult:
    """barring: number of records that bar on the answer's as_of day; match other than MATCHED says nothing."""

    id_no: str
    name: str
    match: Match
    barring: int
    records: tuple[Violation, ...]

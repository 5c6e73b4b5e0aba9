"""Why cases came out as they did: recorded decisions of any population counted by rule row and version. Judges nothing anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from web.rules.whatif import Past, words

EXAMPLES = 500


@dataclass(frozen=True)
class Population:
    """Which decisions; empty fields do not restrict. Days are those whose version counted."""

    outcome: str = ""
    district: str = ""
    version: str = ""
    row: str = ""
    since: date | None = None
    until: date | None = None

    def holds(self, past: Past) -> bool:
        return (
            (not self.outcome or words(past.verdict) == self.outcome)
            and (not self.district or past.district == self.district)
            and (not self.version or str(past.version) == self.version)
            and (not self.row or int(self.row) in (past.verdict.rows or (0,)))
            and (self.since is None or past.decided_on >= self.since)
            and (self.until is None or past.decided_on <= self.until)
        )


@dataclass
class Reasons:
    """Counts by (version, row) and by outcome, and the first cases. Row 0: no row fired."""

    total: int = 0
    rows: dict[tuple[int, int], int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    cases: list[Mapping[str, Any]] = field(default_factory=list)

    def add(self, past: Past) -> None:
        self.total += 1
        outcome = words(past.verdict)
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        for row in past.verdict.rows or (0,):
            self.rows[past.version, row] = self.rows.get((past.version, row), 0) + 1
        if len(self.cases) < EXAMPLES:
            told = {"case_no": past.case_no, "district": past.district, "decided_on": past.decided_on}
            self.cases.append({**told, "version": past.version, "rows": past.verdict.rows, "outcome": outcome, "record_id": past.record_id})


def count(pasts: Iterable[Past], population: Population) -> Reasons:
    """Every decision of the population, counted once a fired row."""
    found = Reasons()
    for past in pasts:
        if population.holds(past):
            found.add(past)
    return found

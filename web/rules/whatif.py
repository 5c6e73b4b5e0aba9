"""What would have come out: a draft judges the recorded inputs of past decisions, and the difference is counted.

Counts every record, keeps the changed ones as examples up to a limit, and writes nothing into any case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine import canonical
from web.rules.values import shown

EXAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """outputs: JSON value; rows: 1-based numbers of the rows that fired; error and its code: empty when it decided."""

    outputs: Any
    rows: tuple[int, ...] = ()
    error: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """One recorded decision of a case."""

    record_id: str
    case_no: str
    district: str
    decided_on: date
    decided_at: datetime
    decision_id: str
    version: int
    inputs: Mapping[str, Any]
    verdict: Verdict
    is_open: bool = False


Judge = Callable[[Mapping[str, Any]], Verdict]
Weigher = Callable[[Past], Verdict]


@dataclass(slots=True)
class Count:
    """seen: decisions looked at; changed: those whose outcome differs under the draft."""

    seen: int = 0
    changed: int = 0

    def add(self, changed: bool) -> None:
        self.seen += 1
        self.changed += changed

    def as_dict(self) -> dict[str, int]:
        return {"seen": self.seen, "changed": self.changed}


@dataclass(slots=True)
class Tally:
    """The sums so far: in all, by district, by row of the draft and by (old outcome, new outcome)."""

    total: Count = field(default_factory=Count)
    open_cases: Count = field(default_factory=Count)
    errors: int = 0
    districts: dict[str, Count] = field(default_factory=dict)
    rows: dict[str, Count] = field(default_factory=dict)
    moves: dict[tuple[str, str], int] = field(default_factory=dict)
    examples: list[dict[str, Any]] = field(default_factory=list)

    def add(self, past: Past, verdict: Verdict) -> None:
        changed = differs(past.verdict, verdict)
        self.total.add(changed)
        if past.is_open:
            self.open_cases.add(changed)
        self.errors += bool(verdict.error)
        self.districts.setdefault(past.district, Count()).add(changed)
        for row in verdict.rows or (0,):
            self.rows.setdefault(str(row), Count()).add(changed)
        if changed:
            move = (words(past.verdict), words(verdict))
            self.moves[move] = self.moves.get(move, 0) + 1
            if len(self.examples) < EXAMPLES:
                self.examples.append(_example(past, verdict))

    def as_dict(self) -> dict[str, Any]:
        """JSON for the table of runs and for the page."""
        return {
            "total": self.total.as_dict(),
            "open": self.open_cases.as_dict(),
            "errors": self.errors,
            "districts": {name: count.as_dict() for name, count in sorted(self.districts.items())},
            "rows": {name: self.rows[name].as_dict() for name in sorted(self.rows, key=int)},
            "moves": [
                {"before": before, "after": after, "count": count}
                for (before, after), count in sorted(self.moves.items(), key=lambda item: -item[1])
            ],
            "examples": self.examples,
        }


def differs(before: Verdict, after: Verdict) -> bool:
    """Whether the outcome is another one; the row that led to it does not count."""
    return bool(before.error or after.error) or canonical.dumps(before.outputs) != canonical.dumps(after.outputs)


def words(verdict: Verdict) -> str:
    """The outcome on one line, for people."""
    if verdict.error:
        return f"错误：{verdict.error}"
    return shown(verdict.outputs)


def _example(past: Past, verdict: Verdict) -> dict[str, Any]:
    return {
        "record_id": past.record_id,
        "case_no": past.case_no,
        "district": past.district,
        "decided_on": past.decided_on.isoformat(),
        "version": past.version,
        "before": words(past.verdict),
        "after": words(verdict),
        "rows_before": list(past.verdict.rows),
        "rows_after": list(verdict.rows),
        "open": past.is_open,
    }


def weigh(pasts: Iterable[Past], judge: Weigher) -> Iterator[Tally]:
    """Judge each past decision anew; yields the running tally after every record (the same object)."""
    tally = Tally()
    for past in pasts:
        tally.add(past, judge(past))
        yield tally

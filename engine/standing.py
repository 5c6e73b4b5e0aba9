"""What administrators keep in tables beside the diagrams: numbering, working-day limits and the day whose version counts.

A table that is not deployed, or that says nothing, leaves the word to the diagram. Decides no case and records nothing.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.errors import DecisionMissing
from engine.feel import to_json

if TYPE_CHECKING:
    from engine.library import Library

NUMBERING = "case_numbering"
LIMITS = "working_day_limits"
DATES = "decision_dates"


def numbering_rule(library: Library, connection: Connection, on: date, process: str) -> str | None:
    """The numbering rule of a process that counts on a day."""
    return _told(library, connection, NUMBERING, on, process=process) or None


def working_days(library: Library, connection: Connection, on: date, process: str, step: str = "") -> int | None:
    """The limit of a process (step empty) or of one of its steps."""
    days = _told(library, connection, LIMITS, on, process=process, step=step)
    return None if days is None else int(days)


def date_of_version(library: Library, connection: Connection, on: date, decision: str) -> str | None:
    """application, acceptance or decision: the day of the case whose version of a decision counts."""
    return _told(library, connection, DATES, on, decision=decision) or None


def _told(library: Library, connection: Connection, table: str, on: date, **given: str) -> Any:
    try:
        entry = library.decision(connection, table, on)
    except DecisionMissing:
        return None
    return to_json(library.decision_model(connection, entry.id).evaluate(table, given).value)

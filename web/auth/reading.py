"""Notes who read what of a case: reads are events too (U05); a reader is never stopped by it."""

from __future__ import annotations

from web.auth.guard import current_person
from web.services import current_services


def note_reading(case_id: str, case_no: str, what: str, field: str = "", reason: str = "") -> None:
    """Record that the person of this request read `what` (case, file, reveal, evidence, export …) of a case."""
    seen = f"{what}:{field}" if field else what
    current_services().engine.record_read(case_id, current_person().actor, seen, reason)

"""Failures that need a person: each with its cause, what failed, and how to go on: retry, skip with a reason, or resolve."""

from __future__ import annotations

import traceback
from typing import Any

from engine.errors import GuangshaError
from engine.history import NOTHING, Subject

_LONGEST = 8_000


def incident_row(
    error: BaseException,
    kind: str,
    subject_id: str | None,
    subject: Subject = NOTHING,
    command: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What an incident says of an error. A GuangshaError speaks for itself; anything else is a bug with its traceback."""
    known = isinstance(error, GuangshaError)
    message = error.message if isinstance(error, GuangshaError) else f"{type(error).__name__}: {error}"
    code = error.code if isinstance(error, GuangshaError) else "bug"
    trace = "".join(traceback.format_exception(error))[-_LONGEST:]
    return {
        "kind": kind,
        "subject_id": subject_id,
        "process_key": subject.process_key,
        "element_id": subject.element_id,
        "element_name": subject.element_name,
        "code": code,
        "message": message[:_LONGEST],
        "cause": f"{code}:{subject.element_id or kind}:{type(error).__name__}",
        "traceback": None if known and code not in ("budget_exceeded",) else trace,
        "command": command,
    }

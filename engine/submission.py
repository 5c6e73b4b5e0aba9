"""Checks what came with a command against the form that was shown. Stores nothing; refuses with all faults at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import canonical
from engine.errors import ValidationFailed
from engine.forms import normalise, validate
from engine.library import FormEntry

Row = dict[str, Any]


def bounded(form: Any, limit: int) -> Row:
    """The form if it is an object of at most `limit` bytes."""
    if not isinstance(form, dict):
        raise ValidationFailed("表单内容应为 JSON 对象。", errors=[{"path": "", "message": "应为 JSON 对象"}])
    if len(canonical.dumps(form)) > limit:
        raise ValidationFailed("表单内容过大，请减少后重新提交。", errors=[{"path": "", "message": "内容过大"}])
    return form


def checked_form(
    entry: FormEntry,
    form: Any,
    limit: int,
    access: Mapping[str, str] | None = None,
    outcome: str | None = None,
    opinion: str | None = None,
) -> Row:
    """The cleaned form. Raises ValidationFailed with details.errors (path, message, message_en) and details.form_key."""
    clean: Row = normalise(entry.schema, bounded(form, limit), access)
    faults = validate(entry.schema, clean, access, outcome=outcome, opinion=opinion)
    if faults:
        raise ValidationFailed(
            f"有 {len(faults)} 处需要改正：{faults[0].message}",
            errors=[fault.as_dict() for fault in faults],
            form_key=entry.key,
        )
    return clean

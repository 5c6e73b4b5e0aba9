"""Checks what a new applicant enters about himself by the named formats; asks no register."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import ValidationFailed
from engine.formats import explain, normalise_text
from web.i18n import language

FORMATS = {"name": "cn-name", "id_no": "person-number", "mobile": "cn-mobile"}


def checked_applicant(values: Mapping[str, str]) -> dict[str, str]:
    """name, id_no and mobile as they were meant. Raises ValidationFailed with one sentence a field."""
    cleaned = {key: normalise_text(values.get(key, ""), name) for key, name in FORMATS.items()}
    errors = []
    for key, name in FORMATS.items():
        reason = explain(name, cleaned[key])
        if reason:
            errors.append({"path": f"/{key}", "message": reason[1] if language() == "en" else reason[0]})
    if errors:
        raise ValidationFailed(errors=errors)
    return cleaned

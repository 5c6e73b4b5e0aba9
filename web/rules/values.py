"""JSON values on a form and back: flat names, plain words, typed text. Guesses no type that the rule does not name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import canonical
from engine.errors import ValidationFailed

_TRUE, _FALSE = {"true", "是", "1"}, {"false", "否", "0"}


def flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested contexts as dotted names; lists and empty contexts stay values."""
    found: dict[str, Any] = {}
    for name, part in value.items():
        full = f"{prefix}{name}"
        if isinstance(part, Mapping) and part:
            found |= flat(part, f"{full}.")
        else:
            found[full] = part
    return found


def shown(value: Any, plain: bool = False) -> str:
    """One line for people; plain: as a person would type it back."""
    if value is None:
        return "null" if plain else "（无）"
    if isinstance(value, bool):
        return ("true" if value else "false") if plain else ("是" if value else "否")
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Mapping) and not plain:
        return "，".join(f"{name}：{shown(part)}" for name, part in value.items())
    if isinstance(value, list) and not plain:
        return "；".join(shown(part) for part in value) if value else "（空列表）"
    return canonical.dumps(value)


def typed(text: str, kind: str) -> Any:
    """What was typed, as the type of its column: number, boolean, string; otherwise JSON if it is JSON, else text."""
    text = text.strip()
    if text == "null":
        return None
    if kind == "string":
        return text
    if kind == "boolean":
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        raise ValidationFailed(f"“{text}”应为 是 或 否", errors=[{"path": "/inputs", "message": "应为 是 或 否"}])
    if kind == "number":
        return _number(text)
    try:
        return canonical.loads(text)
    except ValueError:
        return text


def _number(text: str) -> Any:
    cleaned = text.replace(",", "").replace("，", "").replace("．", ".")
    try:
        return int(cleaned) if cleaned.lstrip("-").isdecimal() else float(cleaned)
    except ValueError as error:
        raise ValidationFailed(f"“{text}”不是数字", errors=[{"path": "/inputs", "message": "不是数字"}]) from error

"""What the form of a task shows first: what the task saved in an earlier round, else what the case lets the house suggest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from engine import Calendar
from engine.views import TaskView
from web.cases.dossier import Dossier
from web.services import current_services


def first_value(found: TaskView, form: Any, opened: Dossier) -> dict[str, Any]:
    """A value for the form of the task; only fields that the form has."""
    known = set(form.schema.get("properties", {})) if form else set()
    before = opened.items.get(found.item_name)
    if before is not None and isinstance(before.value, dict):
        return {key: one for key, one in before.value.items() if key in known}
    return _suggested(known, (found.params or {}).get("params") or {})


def _suggested(known: Collection[str], params: Mapping[str, Any]) -> dict[str, Any]:
    if "items" in known and isinstance(params.get("missing"), list):
        return _one_time_notice(params["missing"])
    if {"starts_on", "ends_on"} <= set(known) and params.get("days"):
        return _notice_period(int(params["days"]), params.get("day_kind") == "working", current_services().engine.calendar())
    return {}


def _one_time_notice(missing: list[Any]) -> dict[str, Any]:
    """All missing materials as the first lines of the one notice (一次性告知)."""
    return {
        "items": [
            {"code": one.get("code", ""), "name": one.get("name", ""), "detail": f"请上传清晰完整的{one.get('name', '材料')}。"}
            for one in missing
            if isinstance(one, dict)
        ]
    }


def _notice_period(days: int, working: bool, calendar: Calendar) -> dict[str, str]:
    """The shortest period that the rules allow, from today; the first and the last day both count."""
    last = today = current_services().clock.today()
    held = int(calendar.is_working(last) or not working)
    while held < days:
        last += timedelta(days=1)
        held += int(calendar.is_working(last) or not working)
    return {"starts_on": today.isoformat(), "ends_on": last.isoformat()}

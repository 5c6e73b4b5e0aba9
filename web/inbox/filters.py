"""Reads the filter of a list from its address and writes it back; refuses nothing, an odd value restricts nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from engine import InboxFilter
from web.services import current_services

SIZES = (20, 50, 100)
SORTS = ("due_on", "created_at", "submitted_at", "case_no")
KEYS = ("view", "text", "process", "step", "channel", "district", "verification", "sort", "size", "page")


@dataclass(frozen=True)
class ListState:
    """The state of a list as its address holds it."""

    view: str
    values: Mapping[str, str]
    sort: str
    size: int
    page: int

    def address(self, path: str, **changes: object) -> str:
        """The address of this list with some values changed; a change of filter goes back to page 1."""
        values = {**self.values, "view": self.view, "sort": self.sort, "size": str(self.size), "page": str(self.page)}
        if "page" not in changes:
            values["page"] = "1"
        values.update({key: str(value) for key, value in changes.items()})
        defaults = {"view": "all", "sort": "due_on", "size": "20", "page": "1"}
        kept = {k: v for k, v in values.items() if v and defaults.get(k) != v and k in KEYS}
        return f"{path}?{urlencode(kept)}" if kept else path

    @property
    def restricted(self) -> bool:
        return any(self.values.values())


def read(arguments: Mapping[str, str]) -> ListState:
    """The state that these query arguments say."""
    values = {
        key: arguments.get(key, "").strip()[:80]
        for key in ("text", "process", "step", "channel", "district", "verification")
    }
    sort = arguments.get("sort", "due_on")
    return ListState(
        view=arguments.get("view", "all")[:20],
        values=values,
        sort=sort if sort.removeprefix("-") in SORTS else "due_on",
        size=_number(arguments.get("size"), 20, SIZES[0], SIZES[-1]),
        page=_number(arguments.get("page"), 1, 1, 100_000),
    )


def _number(text: str | None, default: int, least: int, most: int) -> int:
    return min(most, max(least, int(text))) if text and text.isdecimal() and len(text) < 8 else default


def soon() -> date:
    """The last day that still counts as «due soon»."""
    return current_services().clock.today() + timedelta(days=3)


def as_filter(state: ListState) -> InboxFilter:
    """The engine's filter of this state. Views: all, mine, free, overdue, soon, review."""
    values = {key: state.values[key] or None for key in ("channel", "district", "verification")}
    return InboxFilter(
        scope=state.view if state.view in ("mine", "free") else "all",
        text=state.values["text"],
        process_key=state.values["process"] or None,
        element_id=state.values["step"] or None,
        overdue=state.view == "overdue",
        due_until=soon() if state.view == "soon" else None,
        **values,
    )

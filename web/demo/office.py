"""The administrator's browser: the demonstration's clock, incidents, and the list of cases that says how each ended."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from web.demo.pages import words
from web.demo.run import Register
from web.demo.visitor import Visitor

_ENDED = ("closed", "withdrawn", "cancelled")
_STATE_CELL = 5  # «现在环节» of the list of cases
_LIST_PAGE = 20


class Office:
    """What the system administrator sees and does."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self.incidents = self.retried = 0
        self.complaint = ""
        first = self.standing()
        self._began = datetime.fromisoformat(first["now"])
        self._first_day = first["today"]

    def standing(self) -> dict[str, Any]:
        """now, today, next_due, busy."""
        found: dict[str, Any] = self._visitor.read("/demo/clock")
        return found

    def today(self) -> date:
        return date.fromisoformat(self.standing()["today"])

    def days_passed(self) -> float:
        return (datetime.fromisoformat(self.standing()["now"]) - self._began) / timedelta(days=1)

    def advance(self, standing: dict[str, Any], beyond: timedelta) -> None:
        """Move the clock a little beyond what is due next; a day where nothing is."""
        due = standing["next_due"]
        now = datetime.fromisoformat(standing["now"])
        to = max(datetime.fromisoformat(due), now) + beyond if due else now + timedelta(days=1)
        self._visitor.post("/demo/clock", {"to": to.isoformat()})

    def retry_incidents(self) -> int:
        """Retry every open incident on the page, each by its own button; returns how many."""
        page = self._visitor.get("/admin/incidents")
        self.complaint = next((words(cell) for cell in page.tree.xpath("//td[@data-label='说明']")), "")
        actions = [a for a in page.tree.xpath("//form/@action") if a.endswith("/retry")]
        for action in actions:
            form = page.form(action)
            self._visitor.post(action, form.hidden if form else {})
        self.incidents += len(actions)
        self.retried += len(actions)
        return len(actions)

    def note_ends(self, register: Register) -> int:
        """Look up which cases of the run have ended, and how; returns how many are newly known."""
        return sum(self._note(register, status) for status in _ENDED)

    def _note(self, register: Register, status: str) -> int:
        known, page_no = 0, 1
        while True:
            address = f"/cases?status={status}&first={self._first_day}&sort=case_no&page={page_no}"
            rows = list(self._visitor.get(address).rows())
            for _address, case_no, cells in rows:
                run = register.of(case_no)
                if run is not None and not run.ended and case_no == run.case_no:
                    register.end(run, "已删除" if run.deletion_no else cells[_STATE_CELL])
                    known += 1
            if len(rows) < _LIST_PAGE:
                return known
            page_no += 1

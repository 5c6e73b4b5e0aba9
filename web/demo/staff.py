"""One member of the staff: reads the to-do list, claims, reads the page, decides as the page allows; files at the window."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from web.demo.filling import WORDS, dated, fill, wants_opinion
from web.demo.household import answers, forgotten
from web.demo.pages import Page, PageForm
from web.demo.run import CaseRun, Register
from web.demo.story import Act, Telling
from web.demo.visitor import DemoFault, Visitor, as_field

PAGE = 100
DELETION_REASON = "申请人重复提交，经本人确认，申请删除本办件。"


@dataclass(frozen=True)
class Todo:
    """A line of somebody's to-do list."""

    worker: Worker
    address: str
    case_no: str
    run: CaseRun


class Worker:
    """A person of the staff at the pages of the office. errand: what to do besides completing a task (by Act.do or then)."""

    def __init__(self, visitor: Visitor, group: str, telling: Telling, register: Register, errand: Callable[[str, CaseRun], None]) -> None:
        self._visitor, self.group, self._telling, self._register = visitor, group, telling, register
        self._errand = errand
        self._left: set[str] = set()
        # A person fills in one application at a time: the desk keeps one draft a service.
        self._desk = threading.Lock()

    def todos(self) -> list[Todo]:
        """What waits for this person in the cases of the run; the number in the menu says whether to open the list."""
        found: list[Todo] = []
        if not self._visitor.read("/inbox/counts")["todo"]:
            return found
        page_no = 1
        while True:
            rows = list(self._visitor.get(f"/inbox?size={PAGE}&page={page_no}").rows())
            for address, case_no, _cells in rows:
                run = self._register.of(case_no)
                if run is not None and run.may_be_worked_on(case_no) and address not in self._left:
                    found.append(Todo(self, address, case_no, run))
            if len(rows) < PAGE:
                return found
            page_no += 1

    def do(self, todo: Todo, today: date) -> bool:
        """Do the task as the case's role says; False when it is not mine, taken by another, or left for later."""
        path = todo.address.partition("?")[0]
        page = self._visitor.get(path)
        claim = page.form(f"{path}/claim")
        if claim is not None:
            if self._visitor.post(f"{path}/claim", claim.hidden, expect=(302, 409)).status == 409:
                return False
            page = self._visitor.get(path)
        form, key = page.form(form_id="decide"), page.island.form_key if page.island else ""
        if form is None:
            return False
        if key in self._telling.citizen_forms and not todo.run.persona.at_window:
            self._left.add(todo.address)
            return False
        return self._decide(todo, path, page, form, key, today)

    def _decide(self, todo: Todo, path: str, page: Page, form: PageForm, key: str, today: date) -> bool:
        run, place = todo.run, f"{self.group} {key}"
        act = run.persona.act(self.group, key, run.visits[place]) if todo.case_no == run.case_no else Act()
        if act.do == "leave":
            self._left.add(todo.address)
            return False
        if act.do == "wait":
            run.seen_on = run.seen_on or today
            if (today - run.seen_on).days < act.days:
                return False
        elif act.do != "complete":
            run.visits[place] += 1
            self._errand(act.do, run)
            return True
        offered = form.choices.get("outcome", [])
        outcome = act.outcome if act.outcome in offered else (offered[0] if offered else "")
        if not self._post(path, page, form, outcome, self._known(run, key, page, act), today):
            return False
        run.visits[place] += 1
        run.steps += 1
        run.expects_citizen = run.expects_citizen or key in self._telling.citizen_called_by
        if act.then:
            self._errand(act.then, run)
        return True

    def _post(self, path: str, page: Page, form: PageForm, outcome: str, known: dict[str, Any], today: date) -> bool:
        schema = page.island.schema if page.island else {}
        value = self._visitor.uploaded(fill(schema, dated(known, today), today, outcome))
        opinion = WORDS if wants_opinion(schema, outcome) else ""
        sent = {**form.hidden, "outcome": outcome, "opinion": opinion, "form": as_field(value), "then": "stay"}
        return self._visitor.post(path, sent, expect=(302, 409)).status == 302

    def _known(self, run: CaseRun, key: str, page: Page, act: Act) -> dict[str, Any]:
        """What this person would enter: the telling's answers, what the page shows as the cause, the role's own."""
        fields = page.island.schema.get("properties", {}) if page.island else {}
        known: dict[str, Any] = dict(self._telling.answers.get("*", {}))
        if "fail_type" in fields:
            shown = f"{page.failing()} {page.text_of('rules')}"
            known |= next((dict(found) for pattern, found in self._telling.readings if re.search(pattern, shown)), {})
        if key in self._telling.citizen_forms:
            known |= forgotten(run.persona)
        return {**known, **self._telling.answers.get(key, {}), **act.form}

    def file(self, run: CaseRun, today: date, history_case_no: str = "") -> None:
        """Enter an application at the window."""
        with self._desk:
            value = answers(run.persona, history_case_no)
            self._register.filed(run, self._enter(self._telling.process, value, today))

    def ask_deletion(self, run: CaseRun, today: date) -> None:
        """Ask for the deletion of a case in review."""
        with self._desk:
            value = {"case_no": run.case_no, "reason": DELETION_REASON}
            self._register.deletion_asked(run, self._enter(self._telling.deletion, value, today))
            run.steps += 1

    def _enter(self, process: str, known: dict[str, Any], today: date) -> str:
        address = f"/intake/{process}"
        page = self._visitor.get(address)
        form = page.form(address)
        if form is None or page.island is None:
            raise DemoFault(f"{address}: {page.status} no form; {page.problems}")
        value = self._visitor.uploaded(fill(page.island.schema, dated(known, today), today))
        answer = self._visitor.post(address, {**form.hidden, "act": "submit", "form": as_field(value)})
        return answer.location.split("/")[2]

"""The applicant and the neighbour: register, apply, supplement, withdraw, object, all by the pages of the portal."""

from __future__ import annotations

from datetime import date

from web.demo.filling import dated, fill
from web.demo.household import answers, forgotten
from web.demo.run import CaseRun, Register
from web.demo.story import Telling
from web.demo.visitor import DemoFault, Visitor, as_field


class Citizen:
    """One applicant in a browser where he is logged in, on the errands of one case."""

    def __init__(self, visitor: Visitor, telling: Telling, run: CaseRun, today: date) -> None:
        self._visitor, self._telling, self._run, self._today = visitor, telling, run, today

    def apply(self, register: Register, history_case_no: str = "") -> None:
        """Fill, check and send; the receipt names the case."""
        process, visitor = self._telling.process, self._visitor
        page = visitor.get(f"/apply/{process}")
        if page.island is None:
            raise DemoFault(f"/apply/{process}: no form; {page.problems}")
        value = fill(page.island.schema, dated(answers(self._run.persona, history_case_no), self._today), self._today)
        sent = visitor.uploaded(value)
        visitor.post(f"/apply/{process}", {"form": as_field(sent)})
        check = visitor.get(f"/apply/{process}/check").form(f"/apply/{process}/submit")
        if check is None:
            raise DemoFault(f"/apply/{process}/check: no form to submit")
        hidden = {**check.hidden, "agree": "yes", "channel": self._run.persona.channel}
        receipt = visitor.post(f"/apply/{process}/submit", hidden)
        register.filed(self._run, receipt.location.split("/")[2])

    def do_tasks(self) -> int:
        """Do what waits for me in my case; returns how many tasks."""
        case_no = self._run.case_no
        addresses = self._visitor.get(f"/my/{case_no}").links(f"/my/{case_no}/tasks/")
        return sum(self._do(address) for address in addresses)

    def _do(self, address: str) -> int:
        page = self._visitor.get(address)
        form, island = page.form(address), page.island
        if form is None:
            return 0
        key = island.form_key if island else ""
        act = self._run.persona.act("applicant", key, self._run.visits[key])
        if act.do == "leave":
            self._run.expects_citizen = False
            return 0
        known = {**(answers(self._run.persona) if key.endswith("/apply") else forgotten(self._run.persona)), **act.form}
        value = fill(island.schema, known, self._today) if island else {}
        outcome = act.outcome or form.choices.get("outcome", ["submit"])[0]
        self._visitor.post(address, {**form.hidden, "outcome": outcome, "form": as_field(self._visitor.uploaded(value))})
        self._run.visits[key] += 1
        self._run.steps += 1
        self._run.expects_citizen = False
        return 1

    def withdraw(self) -> None:
        """Take the application back."""
        address = f"/my/{self._run.case_no}/withdraw"
        form = self._visitor.get(address).form(address)
        if form is None:
            raise DemoFault(f"{address}: no form")
        self._visitor.post(address, {**form.hidden, "reason": "家庭情况有变，暂不申请。"})
        self._run.steps += 1


def object_to(visitor: Visitor, run: CaseRun) -> None:
    """A neighbour finds the notice among all notices and objects to it. Raises DemoFault if it is not published."""
    found = [a for a in visitor.get(f"/notices?text={run.case_no}").links("/notices/") if a.count("/") == 2]
    if not found:
        raise DemoFault(f"{run.case_no}: no notice is published")
    address = f"{found[0]}/objection"
    form = visitor.get(address).form(address)
    if form is None:
        raise DemoFault(f"{address}: no form")
    said = {"person_name": "李邻居", "mobile": "13700000001", "text": "据我了解，该家庭另有住房，请予核实。"}
    visitor.post(address, {**form.hidden, **said})
    run.steps += 1


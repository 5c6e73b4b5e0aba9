"""B29: any order of claims, releases, transfers, verdicts, returns, withdrawals and timers, beside a small model in memory."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from engine import Actor, GuangshaError, IllegalTransition, NotPermitted, StaleTask
from tests.engine.house import CLERK, CLERK_2, REVIEWER, House, build, drawing, person

CLERK_3 = person("clerk3", "operator_clerk")
PEOPLE = [CLERK, CLERK_2, CLERK_3, REVIEWER]


def _diagram() -> Any:
    found = drawing().start().user("work", properties={"outcomes": "go,stop"}).xor("gate", "f_gate_check")
    found.user(
        "check", properties={"outcomes": "good,bad", "exclude_actors_of": "work"}, groups="first_reviewer,second"
    )
    found.xor("judge", "f_judge_work").end().node("endEvent", "stopped")
    found.boundary_timer("late", "check", "P1D").chain("start_1", "work", "gate", "check", "judge", "work")
    found.flow("gate", "stopped", 'work.outcome = "stop"').flow("judge", "end_1", 'check.outcome = "good"')
    return found.flow("late", "work")


class Cases(RuleBasedStateMachine):
    """The model: for each case its open element, who holds it, and who has done `work` in it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.house: House = build(f"sqlite:///{Path(self.folder.name) / 'm.db'}")
        self.house.deploy(_diagram())
        self.model: dict[str, dict[str, Any]] = {}

    def teardown(self) -> None:
        for case_id in self.model:
            report = self.house.engine.replay(case_id)
            assert report.same, report.divergence
            assert self.house.engine.verify_chain(case_id).intact
        self.house.database.dispose()
        self.folder.cleanup()

    def _may(self, known: dict[str, Any], actor: Actor) -> bool:
        groups = {"work": "operator_clerk", "check": "first_reviewer"}
        allowed = groups[known["at"]] in actor.groups
        return allowed and not (known["at"] == "check" and actor.user_id in known["workers"])

    def _pick(self, data: st.DataObject) -> tuple[str, dict[str, Any], Any]:
        case_id = data.draw(st.sampled_from(sorted(self.model)))
        (task,) = self.house.engine.tasks_of(case_id, open_only=True) or (None,)
        return case_id, self.model[case_id], task

    def _does(self, expected: type[GuangshaError] | None, act: Any) -> bool:
        """Run; True if it went through, and that is what the model says."""
        try:
            act()
        except (StaleTask, NotPermitted, IllegalTransition) as error:
            assert expected is not None and isinstance(error, expected), (expected, error)
            return False
        assert expected is None, expected
        return True

    @rule()
    def start(self) -> None:
        self.model[self.house.start()] = {"at": "work", "holder": None, "workers": set()}

    @rule(data=st.data(), actor=st.sampled_from(PEOPLE))
    def claim(self, data: st.DataObject, actor: Actor) -> None:
        if not self.model:
            return
        _, known, task = self._pick(data)
        if task is None:
            return
        taken = known["holder"] not in (None, actor.user_id)
        right = known["holder"] == actor.user_id or self._may(known, actor)
        expected = StaleTask if taken else None if right else NotPermitted
        if self._does(expected, lambda: self.house.engine.claim(task.id, task.revision, actor)):
            known["holder"] = actor.user_id

    @rule(data=st.data(), actor=st.sampled_from(PEOPLE))
    def release(self, data: st.DataObject, actor: Actor) -> None:
        if not self.model:
            return
        _, known, task = self._pick(data)
        if task is None:
            return
        expected = (
            IllegalTransition if known["holder"] is None else None if known["holder"] == actor.user_id else StaleTask
        )
        if self._does(expected, lambda: self.house.engine.release(task.id, actor, "退签")):
            known["holder"] = None

    @rule(data=st.data(), actor=st.sampled_from(PEOPLE), to=st.sampled_from(PEOPLE))
    def transfer(self, data: st.DataObject, actor: Actor, to: Actor) -> None:
        if not self.model:
            return
        _, known, task = self._pick(data)
        if task is None:
            return
        if known["holder"] not in (None, actor.user_id):
            expected: type[GuangshaError] | None = StaleTask
        elif known["holder"] is None and not self._may(known, actor):
            expected = NotPermitted
        else:
            expected = None if self._may(known, to) else NotPermitted
        if self._does(expected, lambda: self.house.engine.transfer(task.id, to, actor, "转办")):
            known["holder"] = to.user_id

    @rule(data=st.data(), actor=st.sampled_from(PEOPLE), first=st.booleans())
    def complete(self, data: st.DataObject, actor: Actor, first: bool) -> None:
        if not self.model:
            return
        _, known, task = self._pick(data)
        if task is None:
            return
        outcome = {"work": ("go", "stop"), "check": ("good", "bad")}[known["at"]][0 if first else 1]
        expected = None if known["holder"] == actor.user_id else GuangshaError
        key = self.house.key()
        if not self._does(
            expected, lambda: self.house.engine.complete_task(task.id, task.revision, actor, outcome, {}, key)
        ):
            return
        if known["at"] == "work":
            known["workers"].add(actor.user_id)
        known["holder"] = None
        known["at"] = {"go": "check", "stop": None, "good": None, "bad": "work"}[outcome]

    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        if not self.model:
            return
        _, known, task = self._pick(data)
        holder = next((p for p in PEOPLE if p.user_id == known["holder"]), None)
        if task is None or known["at"] != "check" or holder is None:
            return
        self.house.engine.return_task(task.id, task.revision, holder, "work", "材料不清", self.house.key())
        known["at"], known["holder"] = "work", None

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        if not self.model:
            return
        case_id, known, _ = self._pick(data)
        expected = IllegalTransition if known["at"] is None else None
        if self._does(expected, lambda: self.house.engine.withdraw_case(case_id, CLERK, "撤回", self.house.key())):
            known["at"] = known["holder"] = None

    @rule()
    def a_day_passes(self) -> None:
        self.house.clock.advance(days=1)
        late = [known for known in self.model.values() if known["at"] == "check"]
        assert self.house.engine.fire_timers() == len(late)
        for known in late:
            known["at"], known["holder"] = "work", None

    @invariant()
    def the_engine_agrees(self) -> None:
        for case_id, known in self.model.items():
            found = [(t.element_id, t.assignee_id) for t in self.house.engine.tasks_of(case_id, open_only=True)]
            assert found == ([] if known["at"] is None else [(known["at"], known["holder"])])
            assert (self.house.engine.case(case_id).status == "running") == (known["at"] is not None)
        for actor in PEOPLE:
            seen = sum(
                1
                for known in self.model.values()
                if known["at"]
                and (known["holder"] == actor.user_id or (known["holder"] is None and self._may(known, actor)))
            )
            assert self.house.engine.inbox(actor).total == seen


Cases.TestCase.settings = settings(max_examples=12, stateful_step_count=30, deadline=None)
TestCases = Cases.TestCase

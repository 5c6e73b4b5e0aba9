"""What is known of each case of a run while it runs: number, visits, outcome. Sends nothing."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from web.demo.casting import Persona


@dataclass
class CaseRun:
    """One case. state: waiting (not filed yet), running, ended. expects_citizen: something may wait in the portal."""

    persona: Persona
    state: str = "waiting"
    case_no: str = ""
    outcome: str = ""
    steps: int = 0
    expects_citizen: bool = False
    deletion_no: str = ""
    seen_on: date | None = None
    visits: Counter[str] = field(default_factory=Counter)

    @property
    def ended(self) -> bool:
        return self.state == "ended"

    def may_be_worked_on(self, case_no: str) -> bool:
        """A case whose deletion is being decided rests; the deletion itself goes on."""
        return not self.ended and (not self.deletion_no or case_no != self.case_no)


class Register:
    """All cases of a run, also found by their numbers."""

    def __init__(self, personas: tuple[Persona, ...]) -> None:
        self.runs = [CaseRun(persona) for persona in personas]
        self._by_number: dict[str, CaseRun] = {}
        self._lock = threading.Lock()

    def filed(self, run: CaseRun, case_no: str) -> None:
        with self._lock:
            run.case_no, run.state = case_no, "running"
            run.steps += 1
            self._by_number[case_no] = run

    def deletion_asked(self, run: CaseRun, number: str) -> None:
        """The deletion is a case of its own; its steps count for the case that is deleted."""
        with self._lock:
            run.deletion_no = number
            self._by_number[number] = run

    def of(self, case_no: str) -> CaseRun | None:
        with self._lock:
            return self._by_number.get(case_no)

    def end(self, run: CaseRun, outcome: str) -> None:
        with self._lock:
            run.state, run.outcome = "ended", outcome

    def open(self) -> list[CaseRun]:
        return [run for run in self.runs if not run.ended]

    def may_be_filed(self) -> list[CaseRun]:
        """Cases that nothing holds back any more."""
        return [run for run in self.runs if run.state == "waiting" and self._is_free(run)]

    def _is_free(self, run: CaseRun) -> bool:
        if run.persona.follows is None:
            return True
        leader = self.runs[run.persona.follows]
        return leader.ended if run.persona.story.when == "ended" else bool(leader.case_no)

"""Lets everybody act until every case has ended: staff, applicants, neighbours, the administrator, the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

from web.demo.casting import DISTRICTS, Persona
from web.demo.citizen import Citizen, object_to
from web.demo.household import NO_MOBILE
from web.demo.office import Office
from web.demo.run import CaseRun, Register
from web.demo.staff import Todo, Worker
from web.demo.story import Telling
from web.demo.visitor import DemoFault, Visitor, open_transport
from web.seeds import PASSWORD

# Retries wait for minutes, notices for days: a little beyond what is due lets its neighbours come along.
BEYOND = timedelta(minutes=40)
POLL_S = 0.1
LOOK_S = 1.0  # how often people look at their lists while the machines are at work
STUCK_AFTER = 60  # clock moves and retries in a row without anybody having done anything
LONG_PAUSE = timedelta(minutes=30)


class Director:
    """One run against one instance. say: called with a progress line now and then."""

    def __init__(self, url: str, telling: Telling, personas: tuple[Persona, ...], workers: int, say: Callable[[str], None]) -> None:
        self._url, self._telling, self._say = url, telling, say
        self._transport = open_transport(workers + 4)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="demo")
        self.register = Register(personas)
        self.office = Office(self._visitor().login("admin", PASSWORD))
        self._staff: dict[str, Worker] = {}
        self._browsers: dict[str, Visitor] = {}
        self._today = self.office.today()

    def play(self) -> None:
        """Until every case has ended. Raises DemoFault when nothing moves any more."""
        self._enter_staff()
        idle_moves, looked_at = 0, 0.0
        while self.register.open():
            standing = self.office.standing()
            if standing["busy"] and time.monotonic() - looked_at < LOOK_S:
                time.sleep(POLL_S)
                continue
            self._today = date.fromisoformat(standing["today"])
            acted = self._file() + self._work()
            self._progress()
            if acted:
                idle_moves, looked_at = 0, 0.0
            elif standing["busy"]:
                looked_at = time.monotonic()
            elif self._when_quiet(standing):
                idle_moves = 0
            else:
                idle_moves += 1
                if idle_moves > STUCK_AFTER:
                    cases = "、".join(run.case_no for run in self.register.open()[:5])
                    raise DemoFault(f"没有进展 / stuck: {cases} … {self.office.complaint}")

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._transport.close()

    def _when_quiet(self, standing: dict[str, Any]) -> int:
        """Nothing runs and nobody has a task: applicants look, the administrator retries, the clock moves on.

        Returns how much a person has done, or how many cases have ended; a retry is no progress before it succeeds.
        """
        done = self._citizens()
        if done or self.office.retry_incidents():
            return done
        if self._pause_is_long(standing):
            done = self.office.note_ends(self.register)
        if not done and self.register.open():
            self.office.advance(standing, BEYOND)
        return done

    def _pause_is_long(self, standing: dict[str, Any]) -> bool:
        due = standing["next_due"]
        return not due or datetime.fromisoformat(due) - datetime.fromisoformat(standing["now"]) > LONG_PAUSE

    # -- who acts
    def _visitor(self) -> Visitor:
        return Visitor(self._url, self._transport)

    def _enter_staff(self) -> None:
        names = {name: group for name, group in self._telling.staff.items() if "*" not in name}
        for name, group in self._telling.staff.items():
            if "*" in name:
                names |= {name.replace("*", code): group for code in DISTRICTS[1:]}
        used = {run.persona.district for run in self.register.runs}
        names = {name: group for name, group in names.items() if not name[-6:].isdecimal() or name[-6:] in used}

        def enter(item: tuple[str, str]) -> None:
            visitor = self._visitor().login(item[0], PASSWORD)
            self._staff[item[0]] = Worker(visitor, item[1], self._telling, self.register, self._errand)

        self._all(enter, names.items())

    def _clerk_of(self, run: CaseRun) -> Worker:
        if run.persona.raising_type == "city":
            return self._staff["clerk_city"]
        return self._staff["clerk" if run.persona.district == DISTRICTS[0] else f"clerk_{run.persona.district}"]

    def _file(self) -> int:
        ready = self.register.may_be_filed()
        self._all(self._file_one, ready)
        return len(ready)

    def _file_one(self, run: CaseRun) -> None:
        leader = self.register.runs[run.persona.follows].case_no if run.persona.follows is not None else ""
        if run.persona.at_window:
            self._clerk_of(run).file(run, self._today, leader)
        else:
            self._citizen(run).apply(self.register, leader)
            run.expects_citizen = True

    def _work(self) -> int:
        lists = self._all(lambda worker: worker.todos(), list(self._staff.values()))
        return sum(self._all(self._do, [todo for found in lists for todo in found]))

    def _do(self, todo: Todo) -> bool:
        return todo.worker.do(todo, self._today)

    def _citizens(self) -> int:
        waiting = [run for run in self.register.open() if run.expects_citizen and run.state == "running"]
        return sum(self._all(lambda run: self._citizen(run).do_tasks(), waiting))

    def _citizen(self, run: CaseRun) -> Citizen:
        """The applicant, who stays logged in."""
        head = run.persona.head
        if head.id_no not in self._browsers:
            self._browsers[head.id_no] = self._visitor().register(head.name, head.id_no, head.mobile or NO_MOBILE, PASSWORD)
        return Citizen(self._browsers[head.id_no], self._telling, run, self._today)

    def _errand(self, what: str, run: CaseRun) -> None:
        if what == "object":
            object_to(self._visitor(), run)
        elif what == "withdraw":
            self._citizen(run).withdraw()
        elif what == "delete":
            self._clerk_of(run).ask_deletion(run, self._today)
        else:
            raise ValueError(f"no such act: {what}")

    def _all(self, act: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        return list(self._pool.map(act, items))

    def _progress(self) -> None:
        runs = self.register.runs
        ended = sum(run.ended for run in runs)
        filed = sum(run.state != "waiting" for run in runs)
        self._say(f"{self._today}  提交 / filed {filed}/{len(runs)}  办结 / ended {ended}  步数 / steps {sum(r.steps for r in runs)}")

"""All posts at their browsers, and the clock: lets a case run to its end as a day in the office would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

from tests.journeys.person import Person

POSTS = ("clerk", "clerk_city", "verifier", "reviewer1", "approver1", "reviewer2", "approver2", "publicity", "admission")
ROUNDS = 60
BEIJING = timezone(timedelta(hours=8))


class Town:
    """The people of all posts, each logged in when first needed."""

    def __init__(self, enter: Callable[..., Person]) -> None:
        self._enter = enter
        self._people: dict[str, Person] = {}

    def person(self, account: str) -> Person:
        if account not in self._people:
            self._people[account] = self._enter(account)
        return self._people[account]

    def run_to_the_end(self, case_no: str) -> list[str]:
        """Every post works on what its list shows; the clock moves on when nobody has anything. Returns the steps' names."""
        steps: list[str] = []
        for _round in range(ROUNDS):
            worker = self._find_work(case_no)
            if worker is not None:
                steps.append(worker.work(self.today(), picture=f"task-{len(steps):02}"))
            elif self.is_closed(case_no):
                return steps
            else:
                self.move_clock()
        raise AssertionError(f"{case_no} did not end; steps done: {steps}")

    def _find_work(self, case_no: str) -> Person | None:
        self.settle()
        return next((person for post in POSTS if (person := self.person(post)).offered(case_no)), None)

    def is_closed(self, case_no: str) -> bool:
        page = self.person("clerk").open(f"/cases/{case_no}")
        return "办结" in page.locator(".gs-strip__title").inner_text()

    def settle(self) -> None:
        """Until the worker has nothing waiting: what outside systems answer belongs to the same round."""
        admin = self.person("admin")
        quiet = "() => fetch('/healthz').then(answer => answer.json()).then(state => state.queue.waiting === 0)"
        admin.page.wait_for_function(quiet, polling=200)

    def today(self) -> date:
        ask = "() => fetch('/demo/clock', {headers: {Accept: 'application/json'}}).then(answer => answer.json())"
        now = self.person("admin").page.evaluate(ask)["now"]
        return datetime.fromisoformat(now).astimezone(BEIJING).date()

    def move_clock(self) -> None:
        admin = self.person("admin")
        admin.open("/demo/clock")
        admin.press("快进到下一个到期时间")

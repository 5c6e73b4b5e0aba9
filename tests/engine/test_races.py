"""B06, B07, B08: many at the same instant; one wins, the others read who; numbers have no gap; a job is asked once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from engine import StaleTask
from tests.engine.house import CLERK, CLERK_2, House, one_job, one_task

AT_ONCE = 8


def _together(work: Callable[[int], Any]) -> list[Any]:
    """Run work(0..n-1) in threads that start at one barrier; exceptions are results."""
    barrier = Barrier(AT_ONCE)

    def run(number: int) -> Any:
        barrier.wait()
        try:
            return work(number)
        except Exception as error:
            return error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def _kinds(found: list[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in found)


def test_of_many_claimers_exactly_one_wins(any_house: House) -> None:
    any_house.deploy(one_task())
    people = [CLERK, CLERK_2]
    for _ in range(5):
        (task,) = any_house.open(any_house.start())
        found = _together(lambda n, task=task: any_house.engine.claim(task.id, 1, people[n % 2]))
        winner = any_house.engine.task(task.id).assignee_id
        won = [r for n, r in enumerate(found) if people[n % 2].user_id == winner]
        lost = [r for n, r in enumerate(found) if people[n % 2].user_id != winner]
        assert all(not isinstance(r, Exception) for r in won), found
        assert all(isinstance(r, StaleTask) and r.details["by"] for r in lost), found
        events = [e.kind for e in any_house.engine.events(task.case_id)]
        assert events.count("task.claimed") == 1


def test_of_many_completions_exactly_one_wins_and_there_is_one_record(any_house: House) -> None:
    any_house.deploy(one_task())
    for _ in range(5):
        case_id = any_house.start()
        (task,) = any_house.open(case_id)
        task = any_house.engine.claim(task.id, task.revision, CLERK)
        keys = [any_house.key() for _ in range(AT_ONCE)]
        found = _together(
            lambda n, task=task, keys=keys: any_house.engine.complete_task(
                task.id, task.revision, CLERK, "approve", {}, keys[n]
            )
        )
        assert _kinds(found) == {"StepReceipt": 1, "StaleTask": AT_ONCE - 1}, found
        assert [e.kind for e in any_house.engine.events(case_id)].count("task.completed") == 1
        assert any_house.engine.verify_chain(case_id).intact


def test_one_key_from_many_clients_opens_one_case(any_house: House) -> None:
    any_house.deploy(one_task())

    def start(_: int) -> Any:
        return any_house.engine.start_case("p", actor=CLERK, form={"name": "王"}, channel="窗口", idempotency_key="one")

    found = _together(start)
    assert _kinds(found) == {"StartReceipt": AT_ONCE}, found
    assert len(set(found)) == 1 and any_house.engine.cases().total == 1


def test_case_numbers_have_neither_gap_nor_double(any_house: House) -> None:
    any_house.deploy(one_task())

    def start(number: int) -> list[str]:
        receipts = [
            any_house.engine.start_case(
                "p", actor=CLERK, form={"name": "王"}, channel="窗口", idempotency_key=f"{number}-{n}"
            )
            for n in range(5)
        ]
        return [receipt.case_no for receipt in receipts]

    numbers = sorted(number for found in _together(start) for number in found)
    assert numbers == [f"T2026-{n:04}" for n in range(1, 5 * AT_ONCE + 1)]


def test_many_workers_ask_each_question_once(any_house: House) -> None:
    any_house.deploy(one_job())
    cases = [any_house.start() for _ in range(12)]
    found = _together(lambda _: any_house.engine.run_jobs())
    assert sum(found) == 12
    assert Counter(any_house.outside.keys).most_common(1)[0][1] == 1
    assert all(any_house.open(case_id)[0].element_id == "after" for case_id in cases)


def test_many_clocks_fire_each_timer_once(any_house: House) -> None:
    any_house.deploy(one_task(properties={"on_timeout": "complete:approve"}))
    cases = [any_house.start() for _ in range(8)]
    any_house.clock.advance(days=30)
    assert sum(_together(lambda _: any_house.engine.fire_timers())) == 8
    assert {any_house.engine.case(case_id).status for case_id in cases} == {"closed"}
    assert all(any_house.engine.verify_chain(case_id).intact for case_id in cases)
    assert any_house.engine.incidents().total == 0

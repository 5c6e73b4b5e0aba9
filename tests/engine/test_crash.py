"""B02 and B03: a process killed, or a database failing, at every statement of a command leaves all or nothing; a retry succeeds."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from engine import StaleTask, Unavailable
from engine.records import metadata
from tests.engine.house import CLERK, House, build, drawing

Act = Callable[[], Any]
Command = Callable[[House], Act]
SKIPPED = {"model_stamp"}
MOST = 60


def _model() -> Any:
    found = drawing().start().user("first", properties={"deadline.working_days": "3"}).script("sum", "1 + 1")
    return (
        found.both("fork")
        .user("a")
        .service("check")
        .both("join")
        .end()
        .chain("start_1", "first", "sum", "fork", "a", "join", "end_1")
        .chain("fork", "check", "join")
    )


def _start(house: House) -> Act:
    return lambda: house.engine.start_case(
        "p", actor=CLERK, form={"name": "王"}, channel="窗口", idempotency_key="start"
    )


def _claim(house: House) -> Act:
    (task,) = house.engine.inbox(CLERK).items
    return lambda: house.engine.claim(task.id, 1, CLERK)


def _complete(house: House) -> Act:
    task = house.engine.tasks_of(house.engine.cases().items[0].id)[0]
    return lambda: house.engine.complete_task(task.id, 2, CLERK, "submit", {"x": 1}, "complete", "好")


def _run_job(house: House) -> Act:
    house.clock.advance(hours=1)
    return lambda: house.engine.run_jobs()


COMMANDS: dict[str, tuple[list[Command], Command]] = {
    "start": ([], _start),
    "claim": ([_start], _claim),
    "complete": ([_start, _claim], _complete),
    "job": ([_start, _claim, _complete], _run_job),
}


def _counts(database: Database) -> dict[str, int]:
    with database.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
            if name not in SKIPPED
        }


def _intact(house: House) -> bool:
    return all(
        house.engine.verify_chain(case.id).intact and house.engine.replay(case.id).same
        for case in house.engine.cases().items
    )


def _kill_at(database: Database, number: int, when: str) -> None:
    seen = 0

    def count(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            os._exit(9)

    event.listen(database, when, count)


def _in_child(path: Path, command: Command, number: int, when: str) -> bool:
    """Run the command in a child that dies at the n-th statement or commit; True if it died."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            house = build(f"sqlite:///{path}")
            act = command(house)
            _kill_at(house.database, number, when)
            act()
            code = 0
        finally:
            os._exit(code)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9)
    return status == 9


@pytest.mark.parametrize("name", COMMANDS)
def test_killed_at_any_statement_all_or_nothing_and_the_retry_succeeds(tmp_path: Path, name: str) -> None:
    before, command = COMMANDS[name]
    base, finished = tmp_path / "base.db", tmp_path / "finished.db"
    house = build(f"sqlite:///{base}")
    house.deploy(_model())
    for earlier in before:
        earlier(house)()
    nothing = _counts(house.database)
    house.database.dispose()
    shutil.copy(base, finished)
    whole = build(f"sqlite:///{finished}")
    command(whole)()
    everything = _counts(whole.database)
    whole.database.dispose()
    assert nothing != everything
    points = 0
    for when in ("before_cursor_execute", "commit"):
        for number in range(1, MOST):
            copy = tmp_path / f"{when}{number}.db"
            shutil.copy(base, copy)
            if not _in_child(copy, command, number, when):
                break
            points += 1
            after = build(f"sqlite:///{copy}")
            if name != "job":
                assert _counts(after.database) in (nothing, everything), (when, number)
            assert _intact(after)
            after.clock.advance(hours=1)  # the dead worker's lease runs out
            command(after)()
            assert _counts(after.database) == everything, (when, number)
            assert _intact(after)
            after.database.dispose()
            copy.unlink()
    assert points > 5


def _fail_at(database: Database, number: int, message: str) -> Callable[[], None]:
    seen = 0

    def count(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            raise OperationalError("injected", {}, sqlite3.OperationalError(message))

    event.listen(database, "before_cursor_execute", count)
    return lambda: event.remove(database, "before_cursor_execute", count)


@pytest.mark.parametrize("message", ["database is locked", "database or disk is full", "disk I/O error"])
@pytest.mark.parametrize("name", ["start", "claim", "complete"])
def test_a_database_error_at_any_statement_is_a_clean_retry_or_a_clean_refusal(
    tmp_path: Path, name: str, message: str
) -> None:
    before, command = COMMANDS[name]
    base = tmp_path / "base.db"
    house = build(f"sqlite:///{base}")
    house.deploy(_model())
    for earlier in before:
        earlier(house)()
    nothing = _counts(house.database)
    house.database.dispose()
    refused = retried = 0
    for number in range(2, MOST):
        copy = tmp_path / f"{number}.db"
        shutil.copy(base, copy)
        after = build(f"sqlite:///{copy}")
        act = command(after)
        repair = _fail_at(after.database, number, message)
        try:
            act()
            retried += 1
        except (Unavailable, OperationalError):
            refused += 1
            repair()
            assert _counts(after.database) == nothing, number
            act()
        else:
            repair()
        assert _intact(after)
        after.database.dispose()
        copy.unlink()
        if number > 30:
            break
    assert retried > 0
    assert refused == 0 or message != "database is locked"


def test_a_claim_repeated_after_a_lost_answer_is_no_error(tmp_path: Path) -> None:
    house = build(f"sqlite:///{tmp_path / 'x.db'}")
    house.deploy(_model())
    _start(house)()
    (task,) = house.engine.inbox(CLERK).items
    house.engine.claim(task.id, 1, CLERK)
    assert house.engine.claim(task.id, 1, CLERK).assignee_id == CLERK.user_id
    with pytest.raises(StaleTask):
        house.engine.complete_task(task.id, 1, CLERK, "submit", {}, "k")
    house.database.dispose()

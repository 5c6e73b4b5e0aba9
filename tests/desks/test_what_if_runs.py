"""A long what-if goes on in the background, tells how far it is, and can be cancelled; its sums equal a plain count."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from engine import SYSTEM
from engine.database import open_database
from web import tables
from web.rules.runs import AT_ONCE, Runs
from web.rules.whatif import Past, Verdict, weigh

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
KEY = "rule"


def _pasts(count: int) -> Iterator[Past]:
    for number in range(count):
        district = f"3101{number % 4:02d}"
        yield Past(
            f"{number:08d}", f"C-{number}", district, date(2026, 11, 23), NOW, KEY, 1, {"a": number},
            Verdict("yes" if number % 3 else "no", (1 if number % 3 else 2,)), number % 2 == 0,
        )  # fmt: skip


def _draft(past: Past) -> Verdict:
    number = past.inputs["a"]
    return Verdict("yes" if number % 5 else "no", (1 if number % 5 else 2,))


@pytest.fixture
def database(tmp_path: object) -> Iterator[Engine]:
    found = open_database(f"sqlite:///{tmp_path}/runs.db", synchronous="OFF")
    tables.metadata().create_all(found)
    yield found
    found.dispose()


def _ended(key: str) -> None:
    for thread in threading.enumerate():
        if thread.name == f"what-if {key}":
            thread.join(30)


def test_sums_equal_a_plain_count() -> None:
    count = 1200
    *_rest, tally = weigh(_pasts(count), _draft)
    flips = [number for number in range(count) if (number % 3 == 0) != (number % 5 == 0)]
    assert tally.total.as_dict() == {"seen": count, "changed": len(flips)}
    for code, part in tally.districts.items():
        assert part.changed == sum(number % 4 == int(code[4:]) for number in flips)
    assert tally.rows["2"].changed == sum(number % 5 == 0 for number in flips)
    assert tally.open_cases.changed == sum(number % 2 == 0 for number in flips)
    assert sum(tally.moves.values()) == len(flips)


def test_a_short_run_is_done_at_once(database: Engine) -> None:
    runs = Runs(database, lambda: NOW)
    run = runs.one(runs.start(KEY, "<x/>", SYSTEM, lambda: _pasts(10), 10, _draft))
    assert (run["state"], run["seen"], run["percent"]) == ("done", 10, 100)


def test_a_long_run_goes_on_in_the_background(database: Engine) -> None:
    runs = Runs(database, lambda: NOW)
    run_id = runs.start(KEY, "<x/>", SYSTEM, lambda: _pasts(AT_ONCE * 3), AT_ONCE * 3, _draft)
    _ended(KEY)
    run = runs.one(run_id)
    assert (run["state"], run["seen"]) == ("done", AT_ONCE * 3)
    assert runs.latest(KEY, "<x/>")["id"] == run_id  # type: ignore[index]


def test_a_cancelled_run_stops(database: Engine) -> None:
    gate, begun = threading.Event(), threading.Event()

    def held(past: Past) -> Verdict:
        begun.set()
        gate.wait(30)
        return _draft(past)

    runs = Runs(database, lambda: NOW)
    run_id = runs.start(KEY, "<x/>", SYSTEM, lambda: _pasts(AT_ONCE + 1), AT_ONCE + 1, held)
    begun.wait(30)
    assert runs.one(run_id)["state"] == "running"
    runs.cancel(run_id)
    gate.set()
    _ended(KEY)
    assert runs.one(run_id)["state"] == "cancelled"


def test_a_run_that_fails_says_why(database: Engine) -> None:
    def broken(past: Past) -> Verdict:
        raise ValueError("no such column")

    runs = Runs(database, lambda: NOW)
    run = runs.one(runs.start(KEY, "<x/>", SYSTEM, lambda: _pasts(3), 3, broken))
    assert run["state"] == "failed"
    assert "no such column" in run["error"]

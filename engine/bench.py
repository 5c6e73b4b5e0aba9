"""Measures persisted steps: this engine, plain SpiffWorkflow with one full JSON a step, and the bare database, in one run.

    python -m engine.bench [CASES]

A step is one user task completed with everything that follows by itself, stored durably: SQLite in WAL with synchronous
FULL, PostgreSQL with fsync. No HTTP, no login. The three take turns in small rounds, so that a noisy machine is noisy for
all; ratios hold from machine to machine, milliseconds do not. This engine checks rights, revision and form, writes the case
file, the hash-chained history, the receipt; plain SpiffWorkflow and the floor write state, task rows and history rows only.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import select

from engine.actors import Actor
from engine.bpmn.bench import approval, form, send_back
from engine.bpmn.spiff.stock import StockCase
from engine.clock import SystemClock
from engine.database import open_database
from engine.engine import Engine
from engine.records import metadata, process_instance
from engine.registry import Registry
from engine.settings import EngineSettings

CASES = 60
ROUNDS = 6
LOOP = 205
LOOPS = 3
STEPS = 5
BLOB = b"x" * 20_480
CLERK = Actor("clerk", "办事员", "经办", None, None, frozenset({"clerk"}), frozenset())
TABLES = (
    "CREATE TABLE inst (id {serial}, state {blob}, version INTEGER NOT NULL)",
    "CREATE TABLE task (id {serial}, inst INTEGER NOT NULL, name TEXT, status TEXT)",
    "CREATE TABLE hist (id {serial}, inst INTEGER NOT NULL, what TEXT, at TEXT)",
    "CREATE INDEX task_inst ON task (inst, status)",
    "CREATE INDEX hist_inst ON hist (inst)",
)
_SAME = {
    "select": "SELECT state, version FROM inst WHERE id = ?",
    "save": "UPDATE inst SET state = ?, version = version + 1 WHERE id = ? AND version = ?",
    "close": "UPDATE task SET status = 'completed' WHERE inst = ? AND status = 'open'",
    "open": "INSERT INTO task (inst, name, status) VALUES (?, 'next', 'open')",
    "hist": "INSERT INTO hist (inst, what, at) VALUES (?, 'node', '2026-01-01T00:00:00Z')",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians of one database: milliseconds a step; states in bytes at each wait; the loop at round 5 and 200."""

    database: str
    own_ms: float
    plain_ms: float
    floor_ms: float
    own_steps_per_s: float
    plain_steps_per_s: float
    floor_steps_per_s: float
    own_cpu_ms: float
    plain_cpu_ms: float
    times_plain: float
    times_plain_cpu: float
    share_of_floor: float
    claim_ms: float
    start_ms: float
    state_bytes: tuple[int, ...]
    plain_state_bytes: int
    round_5_ms: float
    round_200_ms: float
    round_ratio: float


class OwnSteps:
    """This engine on a database of its own, with the process that the memory benchmark uses too."""

    def __init__(self, database: Database) -> None:
        self.database = database
        metadata.create_all(database)
        registry = Registry()
        for topic in ("bench.check", "bench.v1", "bench.v2", "bench.v3"):
            registry.add(topic, lambda ctx: {"ok": True, "code": 0})
        self.engine = Engine(database, registry=registry, clock=SystemClock(), settings=EngineSettings())
        self.engine.seed_calendar()
        diagram = approval().replace(b"form.items", b"submit.items")
        files = {"processes/bench/approval.bpmn": diagram, "processes/bench/send_back.bpmn": send_back()}
        self.engine.deploy({**files, "processes/bench/route.dmn": _route()}, CLERK)
        self.form = form(2)

    def case(self, taken: dict[str, list[float]]) -> None:
        """One case from start to end; seconds by kind of command."""
        _, task_id = self._timed(taken["start"], lambda: self._start("approval"))
        while task_id is not None:
            task = self._timed(taken["claim"], lambda task_id=task_id: self.engine.claim(task_id, 1, CLERK))  # type: ignore[misc]
            given = self.form if task.element_id == "submit" else {"by": "wang"}
            busy = time.process_time()
            receipt = self._timed(taken["step"], lambda task=task, given=given: self._complete(task.id, given))  # type: ignore[misc]
            taken["cpu"].append(time.process_time() - busy)
            task_id = receipt.open_tasks[0].id if receipt.open_tasks else None

    def states(self) -> tuple[int, ...]:
        """Bytes of state at each wait of one case."""
        case_id, first = self._start("approval")
        query = select(process_instance.c.state).where(process_instance.c.case_id == case_id)
        found: list[int] = []
        task_id: str | None = first
        while task_id is not None:
            with self.database.connect() as connection:
                found.append(len(connection.execute(query).scalar_one()))
            self.engine.claim(task_id, 1, CLERK)
            receipt = self._complete(task_id, self.form if len(found) == 1 else {"by": "wang"})
            task_id = receipt.open_tasks[0].id if receipt.open_tasks else None
        return tuple(found)

    def loop(self, rounds: int) -> tuple[float, float]:
        """Milliseconds a step around round 5 and around the last round of the send-back loop."""
        task_id = self._start("send_back")[1]
        taken: list[float] = []
        for _ in range(rounds):
            self.engine.claim(task_id, 1, CLERK)
            receipt = self._timed(taken, lambda task_id=task_id: self._complete(task_id, {"done": False}))  # type: ignore[misc]
            task_id = receipt.open_tasks[0].id
        return _ms(taken[1:10]), _ms(taken[-9:])

    def _start(self, process: str) -> tuple[str, str]:
        receipt = self.engine.start_case(
            process, actor=CLERK, form={"name": "王五"}, channel="窗口", idempotency_key=secrets.token_hex(8)
        )
        return receipt.case_id, receipt.open_tasks[0].id

    def _complete(self, task_id: str, given: dict[str, Any]) -> Any:
        return self.engine.complete_task(task_id, 2, CLERK, "submit", given, secrets.token_hex(8), "同意")

    def _timed(self, taken: list[float], work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - began)
        return result


class Rows:
    """The tables that plain SpiffWorkflow and the floor write, through the bare driver, prepared, one transaction a step."""

    def __init__(self, connection: Any, postgres: bool) -> None:
        self.connection, self.cursor, self.postgres = connection, connection.cursor(), postgres
        words = (
            {"serial": "SERIAL PRIMARY KEY", "blob": "BYTEA"}
            if postgres
            else {"serial": "INTEGER PRIMARY KEY", "blob": "BLOB"}
        )
        self.sql = {name: text.replace("?", "%s") if postgres else text for name, text in _SAME.items()}
        for statement in TABLES:
            self.cursor.execute(statement.format(**words))
        self.commit()

    def commit(self) -> None:
        if self.postgres:
            self.connection.commit()
        elif self.connection.in_transaction:
            self.cursor.execute("COMMIT")

    def create(self, state: bytes) -> int:
        self._begin()
        insert = "INSERT INTO inst (state, version) VALUES (?, 1) RETURNING id"
        self.cursor.execute(insert.replace("?", "%s") if self.postgres else insert, (state,))
        instance = int(self.cursor.fetchone()[0])
        self.cursor.execute(self.sql["open"], (instance,))
        self.commit()
        return instance

    def step(self, instance: int, advance: Callable[[bytes], bytes], nodes: int = 3) -> bytes:
        """Read, advance, write back with the version check, close and open a task, add history, commit."""
        self._begin()
        state, version = self.cursor.execute(self.sql["select"], (instance,)).fetchone()
        after = advance(bytes(state))
        self.cursor.execute(self.sql["save"], (after, instance, version))
        if self.cursor.rowcount != 1:
            raise RuntimeError("the version check failed")
        self.cursor.execute(self.sql["close"], (instance,))
        self.cursor.execute(self.sql["open"], (instance,))
        self.cursor.executemany(self.sql["hist"], [(instance,)] * nodes)
        self.commit()
        return after

    def _begin(self) -> None:
        if not self.postgres:
            self.cursor.execute("BEGIN IMMEDIATE")


class PlainSteps:
    """Plain SpiffWorkflow: load its JSON, run one user task, save its JSON, with the rows above."""

    def __init__(self, rows: Rows) -> None:
        self.rows, self.largest = rows, 0
        self.cpu: list[float] = []
        self.stock = StockCase(approval(stock=True), "approval")

    def case(self, taken: list[float]) -> None:
        state, ended = self.stock.begin(), False
        instance = self.rows.create(state)
        for number in range(STEPS):
            data = {"form": form(2)} if number == 0 else {"by": "wang"}

            def advance(before: bytes, data: dict[str, Any] = data) -> bytes:
                nonlocal ended
                after, ended = self.stock.step(before, data)
                self.largest = max(self.largest, len(after))
                return after

            began, busy = time.perf_counter(), time.process_time()
            self.rows.step(instance, advance, 5)
            self.cpu.append(time.process_time() - busy)
            taken.append(time.perf_counter() - began)
        if not ended:
            raise RuntimeError("the plain case did not end")


def measure(name: str, database: Database, raw: Any, cases: int = CASES) -> Measured:
    """All figures of one database. raw: a driver connection to an empty database for the comparison tables."""
    rows = Rows(raw, name != "sqlite")
    own, plain = OwnSteps(database), PlainSteps(rows)
    floor_instances = [rows.create(BLOB) for _ in range(20)]
    taken: dict[str, list[float]] = {"start": [], "claim": [], "step": [], "cpu": []}
    plain_taken: list[float] = []
    floor_taken: list[float] = []
    for turn in range(ROUNDS + 1):
        share = max(1, cases // ROUNDS)
        for _ in range(share):
            own.case(taken)
        for _ in range(share):
            plain.case(plain_taken)
        for number in range(share * STEPS):
            began = time.perf_counter()
            rows.step(floor_instances[number % len(floor_instances)], lambda before: before)
            floor_taken.append(time.perf_counter() - began)
        if turn == 0:
            for found in (*taken.values(), plain_taken, plain.cpu, floor_taken):
                found.clear()
    loops = [own.loop(LOOP) for _ in range(LOOPS)]
    early, late = min(a for a, _ in loops), min(b for _, b in loops)
    step, stock, floor = _ms(taken["step"]), _ms(plain_taken), _ms(floor_taken)
    return Measured(
        database=name,
        own_ms=step,
        plain_ms=stock,
        floor_ms=floor,
        own_steps_per_s=round(1e3 / step, 1),
        plain_steps_per_s=round(1e3 / stock, 1),
        floor_steps_per_s=round(1e3 / floor, 1),
        own_cpu_ms=_ms(taken["cpu"]),
        plain_cpu_ms=_ms(plain.cpu),
        times_plain=round(stock / step, 2),
        times_plain_cpu=round(_ms(plain.cpu) / _ms(taken["cpu"]), 2),
        share_of_floor=round(floor / step, 2),
        claim_ms=_ms(taken["claim"]),
        start_ms=_ms(taken["start"]),
        state_bytes=own.states(),
        plain_state_bytes=plain.largest,
        round_5_ms=early,
        round_200_ms=late,
        round_ratio=round(late / early, 2),
    )


@contextlib.contextmanager
def sqlite_place() -> Iterator[tuple[Database, Any]]:
    """A SQLite file of this engine, and another one for the comparison; both WAL and FULL."""
    with tempfile.TemporaryDirectory() as folder:
        own = open_database(f"sqlite:///{Path(folder) / 'own.db'}")
        other = open_database(f"sqlite:///{Path(folder) / 'other.db'}")
        raw = other.raw_connection()
        yield own, raw.driver_connection
        raw.close()
        own.dispose()
        other.dispose()


@contextlib.contextmanager
def postgres_place() -> Iterator[tuple[Database, Any]]:
    """A PostgreSQL started for this run, with one database for this engine and one for the comparison."""
    import psycopg

    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pgserver

        server = pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")  # type: ignore[attr-defined]
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            admin.execute("CREATE DATABASE own")
            admin.execute("CREATE DATABASE other")
        own = open_database(server.get_uri().replace("/postgres?", "/own?"))
        with psycopg.connect(server.get_uri().replace("/postgres?", "/other?"), prepare_threshold=1) as raw:
            yield own, raw
        own.dispose()
        server.cleanup()


def report(found: list[Measured]) -> str:
    """The figures as a table, with the aims beside them."""
    lines = [f"{'':32}" + "".join(f"{m.database:>16}" for m in found)]
    for title, value in (
        ("本引擎 own engine, ms/step", lambda m: f"{m.own_ms:.3f}"),
        ("  steps/s", lambda m: f"{m.own_steps_per_s:.0f}"),
        ("原生 plain SpiffWorkflow, ms/step", lambda m: f"{m.plain_ms:.3f}"),
        ("  steps/s", lambda m: f"{m.plain_steps_per_s:.0f}"),
        ("数据库下限 floor, ms/step", lambda m: f"{m.floor_ms:.3f}"),
        ("  steps/s", lambda m: f"{m.floor_steps_per_s:.0f}"),
        ("own : plain (aim ≥ 4)", lambda m: f"{m.times_plain:.2f}x"),
        ("处理器 CPU own, ms/step", lambda m: f"{m.own_cpu_ms:.3f}"),
        ("  plain", lambda m: f"{m.plain_cpu_ms:.3f}"),
        ("  own : plain", lambda m: f"{m.times_plain_cpu:.2f}x"),
        ("own : floor", lambda m: f"{m.share_of_floor:.2f}x"),
        ("签收 claim, ms", lambda m: f"{m.claim_ms:.3f}"),
        ("立案 start, ms", lambda m: f"{m.start_ms:.3f}"),
        ("最大状态 largest state, bytes", lambda m: f"{max(m.state_bytes)}"),
        ("  at the waits", lambda m: " ".join(map(str, m.state_bytes))),
        ("  plain", lambda m: f"{m.plain_state_bytes}"),
        ("退回循环 loop round 5, ms", lambda m: f"{m.round_5_ms:.3f}"),
        ("  round 200, ms (aim ≤ 2x)", lambda m: f"{m.round_200_ms:.3f} {m.round_ratio:.2f}x"),
    ):
        lines.append(f"{title:32}" + "".join(f" {value(m):>24}" for m in found))  # type: ignore[no-untyped-call]
    return "\n".join(lines)


def main(arguments: list[str] | None = None, as_json: bool = False) -> int:
    """Run on SQLite and, where pgserver is installed, on PostgreSQL; print the table."""
    given = arguments if arguments is not None else []
    cases = int(given[0]) if given else CASES
    found = []
    with sqlite_place() as (own, raw):
        found.append(measure("sqlite", own, raw, cases))
    if importlib.util.find_spec("pgserver") is not None:
        with postgres_place() as (own, raw):
            found.append(measure("postgresql", own, raw, cases))
    sys.stdout.write((json.dumps([asdict(m) for m in found], ensure_ascii=False) if as_json else report(found)) + "\n")
    return 0


def _ms(taken: list[float]) -> float:
    return round(statistics.median(taken) * 1e3, 4)


def _route() -> bytes:
    """A decision table of ten rows, one for each amount."""
    rows = "".join(
        f"<rule><inputEntry><text>{n if n < 9 else '&gt;= 9'}</text></inputEntry><outputEntry><text>{n}</text></outputEntry></rule>"
        for n in range(10)
    )
    table = (
        '<decisionTable hitPolicy="UNIQUE"><input><inputExpression typeRef="number"><text>count(submit.items)</text>'
    )
    table += f'</inputExpression></input><output name="level"/>{rows}</decisionTable>'
    head = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="route" namespace="bench">'
    return f'{head}<decision id="route" name="route"><variable name="route"/>{table}</decision></definitions>'.encode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

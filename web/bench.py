"""`guangsha bench web`: server time of list, case page and submit on a filled instance, beside the bare framework's.

The instance is its own: temporary SQLite with full synchronisation, a few thousand cases made through the engine (what
outside systems answer is canned), and the server as it runs in production. Measured one request after the other over
loopback on a kept connection, as a browser would wait for it, without the browser.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web import up
from web.bench_load import CLERK, load
from web.commands.answer import Answer, table
from web.config import Config
from web.demo.filling import WORDS, fill
from web.demo.instance import surroundings
from web.demo.visitor import Visitor, as_field, open_transport
from web.seeds import PASSWORD

CASES = 3000
ROUNDS = 60
WARM = 10
AIM_MS = 10.0


@dataclass(frozen=True)
class Timing:
    """Milliseconds of n requests."""

    name: str
    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.samples, n=20)[18]

    def as_dict(self) -> dict[str, Any]:
        return {"median_ms": round(self.median, 2), "p95_ms": round(self.p95, 2), "n": len(self.samples)}


def main(cases: int = CASES, rounds: int = ROUNDS) -> Answer:
    """Fill, measure, print; the instance is gone afterwards."""
    port = up.free_port()
    with tempfile.TemporaryDirectory(prefix="guangsha-bench-") as folder:
        env = surroundings(Path(folder))
        with up.running(port, env, say=_say):
            begun = time.monotonic()
            load(Config.from_env(env), cases)
            _say(f"  ✓ {cases} 件 / cases  {time.monotonic() - begun:.1f} s")
            found = measure(f"http://{up.HOST}:{port}", rounds)
    return _answer(found, cases)


def measure(url: str, rounds: int) -> list[Timing]:
    """The timings of a running instance whose clerk has tasks to do."""
    transport = open_transport(2)
    clerk = Visitor(url, transport).login(CLERK, PASSWORD)
    todo = [address.partition("?")[0] for address, _no, _cells in clerk.get("/inbox?size=100&step=pre_review").rows()]
    found = [
        _timed("空路由 / bare route", lambda _n: clerk.get("/favicon.ico"), rounds),
        _timed("待办列表 / list", lambda _n: clerk.get("/inbox"), rounds),
        _timed("案件页 / case page", lambda n: clerk.get(todo[n % len(todo)]), rounds),
        *_submits(clerk, todo[: rounds + WARM]),
    ]
    transport.close()
    return found


def _submits(clerk: Visitor, todo: list[str]) -> list[Timing]:
    """Claim and submit: each is one command with its own commit to disk."""
    claims, submits = [], []
    for path in todo:
        claim = clerk.get(path).form(f"{path}/claim")
        assert claim is not None, path
        claims.append(_one(lambda path=path, sent=claim.hidden: clerk.post(f"{path}/claim", sent)))  # type: ignore[misc]
        page = clerk.get(path)
        form, island = page.form(form_id="decide"), page.island
        assert form is not None and island is not None, path
        value = fill(island.schema, {}, _today(), "pass")
        sent = {**form.hidden, "outcome": "pass", "opinion": WORDS, "form": as_field(value), "then": "stay"}
        submits.append(_one(lambda path=path, sent=sent: clerk.post(path, sent)))  # type: ignore[misc]
    return [Timing("签收 / claim", tuple(claims[WARM:])), Timing("提交 / submit", tuple(submits[WARM:]))]


def _today() -> Any:
    from datetime import date

    return date.today()


def _timed(name: str, act: Callable[[int], Any], rounds: int) -> Timing:
    for n in range(WARM):
        act(n)
    return Timing(name, tuple(_one(lambda n=n: act(n)) for n in range(rounds)))  # type: ignore[misc]


def _one(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _answer(found: list[Timing], cases: int) -> Answer:
    bare = found[0].median
    rows = [
        (t.name, f"{t.median:.1f}", f"{t.p95:.1f}", len(t.samples), f"{t.median / bare:.1f}", "" if t is found[0] else _met(t))
        for t in found
    ]
    head = ("", "中位 / median ms", "p95 ms", "n", "÷ 空路由 / bare", f"目标 / aim {AIM_MS:.0f} ms")
    data: Mapping[str, Any] = {"cases": cases, "aim_ms": AIM_MS, **{t.name.partition(" / ")[2]: t.as_dict() for t in found}}
    return Answer(data, f"SQLite，{cases} 件 / cases\n{table(head, rows)}")


def _met(timing: Timing) -> str:
    return "✓" if timing.median <= AIM_MS else f"+{timing.median - AIM_MS:.1f}"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

"""Measures this engine beside plain SpiffWorkflow on the same process, in memory; `guangsha bench engine` adds the databases.

The process: 5 user waits, a gateway pair, three services in parallel, a decision, a boundary timer, two scripts. Services
and the decision are plain scripts on the stock side, so its numbers are, if anything, too good. The form (2 KB) goes to
the case file here and to task data there, as each means it.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Protocol

from engine.bpmn.compiler import compile_process
from engine.bpmn.execution import Execution
from engine.bpmn.model import Element, Position
from engine.bpmn.spiff.stock import StockCase
from engine.feel import compile_expression, to_json

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' id="d" targetNamespace="http://guangsha/bench">'
)


@dataclass(frozen=True, slots=True)
class Figures:
    """One engine: milliseconds a step (median over cases of the mean over their steps), steps a second, state bytes."""

    ms_per_step: float
    steps_per_s: float
    largest_state: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """own and stock on the approval; round_5 and round_200: ms a step of the send-back loop in this engine."""

    own: Figures
    stock: Figures
    times_faster: float
    round_5_ms: float
    round_200_ms: float
    round_ratio: float
    stock_round_5_ms: float
    stock_round_200_ms: float
    stock_round_ratio: float
    load_ms: float
    dump_ms: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Case(Protocol):
    def begin(self) -> bytes: ...

    def step(self, state: bytes, data: dict[str, Any]) -> tuple[bytes, bool]: ...


class BenchHost:
    """A case file in a dict; services answer at once."""

    def __init__(self) -> None:
        self.file: dict[str, Any] = {"case": {"case_no": "B-1"}}

    def evaluate(self, expression: str, at: Position) -> Any:
        return compile_expression(expression)(self.file)

    def script(self, element: Element, at: Position) -> None:
        self.file[element.result_name] = to_json(self.evaluate(element.script or "null", at))

    def decide(self, element: Element, at: Position) -> None:
        self.file[element.result_name] = {"level": 3}

    def service(self, element: Element, at: Position) -> bool:
        self.file[element.result_name] = {"ok": True, "code": 0}
        return True

    def write(self, name: str, value: Any, at: Position) -> None:
        self.file[name] = value


class OwnCase:
    """Load, complete the first open user task, run, list the waits, dump: all that a step asks of this package."""

    def __init__(self, xml: bytes) -> None:
        self.definition = compile_process(xml)
        self.host = BenchHost()

    def begin(self) -> bytes:
        self.host = BenchHost()
        execution = Execution.begin(self.definition, self.host)
        execution.run()
        return execution.dump()

    def step(self, state: bytes, data: dict[str, Any]) -> tuple[bytes, bool]:
        execution = Execution.load(self.definition, state, self.host)
        wait = next(w for w in execution.waits() if w.kind == "user")
        self.host.file.update(data)
        execution.complete(wait.position.token_id)
        execution.run()
        execution.waits()
        return execution.dump(), execution.is_ended


def _file(key: str, body: str) -> bytes:
    return f'{_HEAD}<bpmn:process id="{key}" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'.encode()


def _chain(*ids: str, conditions: Mapping[str, str] | None = None) -> str:
    rows = []
    for source, target in pairwise(ids):
        condition = (conditions or {}).get(f"{source}>{target}")
        body = (
            f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
            if condition
            else ""
        )
        rows.append(
            f'<bpmn:sequenceFlow id="f_{source}_{target}" sourceRef="{source}" targetRef="{target}">{body}</bpmn:sequenceFlow>'
        )
    return "".join(rows)


def _user(*ids: str) -> str:
    return "".join(f'<bpmn:userTask id="{i}" camunda:candidateGroups="clerk"/>' for i in ids)


def _script(node: str, feel: str, python: str, stock: bool) -> str:
    if stock:
        return f'<bpmn:scriptTask id="{node}"><bpmn:script>{node} = {python}</bpmn:script></bpmn:scriptTask>'
    return f'<bpmn:scriptTask id="{node}" scriptFormat="feel"><bpmn:script>{feel}</bpmn:script></bpmn:scriptTask>'


def _service(node: str, stock: bool) -> str:
    if stock:
        return _script(node, "", "{'ok': True, 'code': 0}", stock)
    return f'<bpmn:serviceTask id="{node}" camunda:type="external" camunda:topic="bench.{node}"/>'


def approval(stock: bool = False) -> bytes:
    """The bench process for this engine, or the same for plain SpiffWorkflow."""
    condition, duration = ("check['ok'] == True", '"P5D"') if stock else ("check.ok = true", "P5D")
    rule = (
        _script("rule", "", "{'level': 3}", True)
        if stock
        else '<bpmn:businessRuleTask id="rule" camunda:decisionRef="route"/>'
    )
    body = '<bpmn:startEvent id="start"/>' + _user("submit", "review", "second", "notice", "deliver")
    body += "".join(_service(node, stock) for node in ("check", "v1", "v2", "v3")) + rule
    body += '<bpmn:exclusiveGateway id="ok" default="f_ok_back"/><bpmn:parallelGateway id="split"/><bpmn:parallelGateway id="join"/>'
    body += (
        _script("back", "true", "True", stock)
        + _script("note", "true", "True", stock)
        + _script("archive", "true", "True", stock)
    )
    body += _script(
        "fee",
        "sum(for i in form.items return i.price * i.qty)",
        "sum(i['price'] * i['qty'] for i in form['items'])",
        stock,
    )
    body += "".join(f'<bpmn:endEvent id="{node}"/>' for node in ("end_back", "end_late", "end"))
    body += '<bpmn:boundaryEvent id="late" attachedToRef="review" cancelActivity="false"><bpmn:timerEventDefinition><bpmn:timeDuration '
    body += f'xsi:type="bpmn:tFormalExpression">{duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>'
    body += _chain("start", "submit", "check", "ok", "split", conditions={"ok>split": condition}) + _chain(
        "ok", "back", "end_back"
    )
    body += "".join(_chain("split", node, "join") for node in ("v1", "v2", "v3")) + _chain("late", "note", "end_late")
    return _file(
        "approval", body + _chain("join", "rule", "review", "second", "notice", "fee", "deliver", "archive", "end")
    )


def send_back(stock: bool = False) -> bytes:
    """A user task and a script in a loop, for the growth of time and state over rounds."""
    condition = "done == True" if stock else "done = true"
    body = (
        '<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="again"/>'
        + _user("work")
        + _script("count", "1", "1", stock)
    )
    body += '<bpmn:exclusiveGateway id="choice" default="f_choice_again"/><bpmn:endEvent id="end"/>'
    body += _chain("start", "again", "count", "work", "choice", "again") + _chain(
        "choice", "end", conditions={"choice>end": condition}
    )
    return _file("send_back", body)


def form(kilobytes: int = 2) -> dict[str, Any]:
    """A submitted form of about that size."""
    filled: dict[str, Any] = {
        "kind": "shop",
        "items": [{"name": f"n{i}", "price": 10 + i, "qty": i % 3} for i in range(5)],
        "rows": [],
    }
    while len(json.dumps(filled)) < kilobytes * 1024:
        filled["rows"].append(
            {"no": len(filled["rows"]), "addr": "漕溪北路 1 号", "area": 56.5, "owner": {"name": "x" * 12}}
        )
    return filled


def run_case(case: Case, kilobytes: int = 2) -> tuple[float, int, int]:
    """(seconds, steps, largest state in bytes) of one case from begin to end."""
    answers: list[dict[str, Any]] = [{"form": form(kilobytes)}, {"review": {"by": "wang", "opinion": "同意" * 20}}]
    began, steps = time.perf_counter(), 0
    state, ended = case.begin(), False
    largest = len(state)
    while not ended:
        state, ended = case.step(state, answers[steps] if steps < len(answers) else {"last": {"by": "zhao"}})
        largest, steps = max(largest, len(state)), steps + 1
    return time.perf_counter() - began, steps, largest


def figures(case: Case, cases: int) -> Figures:
    for _ in range(3):
        run_case(case)
    runs = [run_case(case) for _ in range(cases)]
    ms = statistics.median(seconds / steps for seconds, steps, _ in runs) * 1e3
    return Figures(round(ms, 4), round(1e3 / ms, 1), max(size for _, _, size in runs))


def rounds(case: Case, upto: int = 205) -> tuple[float, float]:
    """Milliseconds a step around round 5 and around round 200 of the send-back loop."""
    taken = []
    state = case.begin()
    for _ in range(upto):
        began = time.perf_counter()
        state, _ended = case.step(state, {"done": False})
        taken.append((time.perf_counter() - began) * 1e3)
    return round(statistics.median(taken[2:9]), 4), round(statistics.median(taken[-9:]), 4)


def _best(measure: Callable[[], tuple[float, float]], times: int) -> tuple[float, float]:
    found = [measure() for _ in range(times)]
    return min(a for a, _ in found), min(b for _, b in found)


def compare(cases: int = 100, last_round: int = 205) -> Comparison:
    """All figures of one run; ratios are comparable between machines, milliseconds are not.

    last_round: how far the send-back loops go; below 200 the figures of round 200 are those of the last rounds.
    """
    own, stock = OwnCase(approval()), StockCase(approval(stock=True), "approval")
    a, b = figures(own, cases), figures(stock, max(10, cases // 5))
    early, late = _best(lambda: rounds(OwnCase(send_back()), last_round), 5)
    stock_early, stock_late = rounds(StockCase(send_back(stock=True), "send_back"), last_round)
    state = own.begin()
    load, dump = _codec(own, state)
    return Comparison(
        a,
        b,
        round(b.ms_per_step / a.ms_per_step, 1),
        early,
        late,
        round(late / early, 2),
        stock_early,
        stock_late,
        round(stock_late / stock_early, 2),
        load,
        dump,
    )


def _codec(own: OwnCase, state: bytes) -> tuple[float, float]:
    loads, dumps = [], []
    for _ in range(200):
        began = time.perf_counter()
        execution = Execution.load(own.definition, state, own.host)
        middle = time.perf_counter()
        execution.dump()
        loads.append(middle - began)
        dumps.append(time.perf_counter() - middle)
    return round(statistics.median(loads) * 1e3, 4), round(statistics.median(dumps) * 1e3, 4)


def table(found: Comparison) -> str:
    """The figures as lines for a terminal."""
    lines = [
        f"{'':28}{'ms/step':>10}{'steps/s':>12}{'state bytes':>14}",
        f"{'this engine':28}{found.own.ms_per_step:>10.3f}{found.own.steps_per_s:>12,.0f}{found.own.largest_state:>14,}",
        f"{'plain SpiffWorkflow + JSON':28}{found.stock.ms_per_step:>10.3f}{found.stock.steps_per_s:>12,.0f}{found.stock.largest_state:>14,}",
        f"times faster: {found.times_faster}    load {found.load_ms} ms, dump {found.dump_ms} ms",
        f"send-back loop, ms/step at round 5 and 200: {found.round_5_ms} and {found.round_200_ms} (x{found.round_ratio});"
        f" stock {found.stock_round_5_ms} and {found.stock_round_200_ms} (x{found.stock_round_ratio})",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(compare(int(sys.argv[1]) if len(sys.argv) > 1 else 100)))

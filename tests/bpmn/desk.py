"""A host for the tests: a case file of dotted names in memory and a very small expression language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.bpmn import Definition, Element, Execution, Position, compile_process
from engine.errors import BusinessFault


class Desk:
    """Evaluates comparisons and names (`a.b = "x" and c > 3`, numbers, strings, lists), and remembers what it was asked."""

    def __init__(self, file: Mapping[str, Any] | None = None, park: bool = True) -> None:
        self.file: dict[str, Any] = {"case": {"case_no": "C-1"}, **(file or {})}
        self.park = park
        self.faults: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []

    # -- Host
    def evaluate(self, expression: str, at: Position) -> Any:
        self.asked.append(("evaluate", expression))
        return _Reader(expression, lambda name: self.read(name, at)).value()

    def script(self, element: Element, at: Position) -> None:
        self.asked.append(("script", element.id))
        self.write(element.result_name, self.evaluate(element.script or "null", at), at)

    def decide(self, element: Element, at: Position) -> None:
        self.asked.append(("decide", element.id))
        self.write(element.result_name, {"decision": element.decision_ref}, at)

    def service(self, element: Element, at: Position) -> bool:
        self.asked.append(("service", element.id))
        if element.id in self.faults:
            raise BusinessFault(self.faults[element.id])
        if not self.park:
            self.write(
                element.result_name,
                {"ok": True, "params": {k: self._given(v, at) for k, v in element.inputs.items()}},
                at,
            )
        return not self.park

    def write(self, name: str, value: Any, at: Position) -> None:
        key = name[1:] if name.startswith("/") else ".".join((*at.path, name))
        self.file[key] = value

    # -- case file
    def _given(self, text: str, at: Position) -> Any:
        return self.evaluate(text[1:], at) if text.startswith("=") else text

    def read(self, name: str, at: Position) -> Any:
        first, *rest = name.split(".")
        value = self._first(first, at)
        for part in rest:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def _first(self, name: str, at: Position) -> Any:
        if name in at.locals:
            return at.locals[name]
        for depth in range(len(at.path), -1, -1):
            key = ".".join((*at.path[:depth], name))
            if key in self.file:
                return self.file[key]
        return None


class _Reader:
    """or < and < comparison < sum < atom"""

    TOKEN = re.compile(r'\s*(>=|<=|!=|[=<>+\-*()\[\],]|"[^"]*"|\d+|[^\s=<>+\-*()\[\],"]+)')

    def __init__(self, text: str, read: Any) -> None:
        self.tokens = self.TOKEN.findall(text)
        self.read, self.at = read, 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        self.at += 1
        return str(self.tokens[self.at - 1])

    def value(self) -> Any:
        left = self.both()
        while self.peek() == "or":
            self.take()
            right = self.both()
            left = left is True or right is True
        return left

    def both(self) -> Any:
        left = self.compare()
        while self.peek() == "and":
            self.take()
            right = self.compare()
            left = left is True and right is True
        return left

    def compare(self) -> Any:
        left = self.sum()
        sign = self.peek()
        if sign not in ("=", "!=", "<", ">", "<=", ">="):
            return left
        self.take()
        right = self.sum()
        if sign in ("=", "!="):
            return (left == right) is (sign == "=")
        if left is None or right is None:
            return None
        return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[sign]

    def sum(self) -> Any:
        left = self.atom()
        while self.peek() in ("+", "-", "*"):
            sign, right = self.take(), self.atom()
            left = left + right if sign == "+" else left - right if sign == "-" else left * right
        return left

    def atom(self) -> Any:
        token = self.take()
        if token == "(":
            inner = self.value()
            self.take()
            return inner
        if token == "[":
            items = []
            while self.peek() != "]":
                items.append(self.value())
                if self.peek() == ",":
                    self.take()
            self.take()
            return items
        if token.startswith('"'):
            return token[1:-1]
        if token.isdigit():
            return int(token)
        if token in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[token]
        return self.read(token)


class Rider:
    """Drives one execution, by element ids; with `reload` it saves and loads between any two actions."""

    def __init__(self, definition: Definition, desk: Desk | None = None, reload: bool = True) -> None:
        self.definition, self.desk, self.reload = definition, desk or Desk(), reload
        self.states: list[bytes] = []
        self.history: list[tuple[str, str, tuple[str, ...]]] = []
        self.execution = Execution.begin(definition, self.desk)
        self._settle()

    def _settle(self) -> None:
        self.execution.run()
        self.history += [(v.what, v.element_id, v.path) for v in self.execution.trace]
        state = self.execution.dump()
        self.states.append(state)
        if self.reload:
            self.execution = Execution.load(self.definition, state, self.desk)
            assert self.execution.dump() == state
        else:
            self.execution.trace.clear()

    def open(self) -> list[str]:
        return sorted(w.position.element.id for w in self.execution.waits())

    def paths(self) -> list[str]:
        return sorted("/".join((*w.position.path, w.position.element.id)) for w in self.execution.waits())

    def token(self, element_id: str, path: tuple[str, ...] | None = None) -> str:
        for wait in self.execution.waits():
            if wait.position.element.id == element_id and (path is None or wait.position.path == path):
                return wait.position.token_id
        raise AssertionError(f"{element_id} is not waiting, but {self.open()}")

    def complete(self, element_id: str, result: Any = None, path: tuple[str, ...] | None = None) -> Rider:
        token = self.token(element_id, path)
        if result is not None:
            at = next(w.position for w in self.execution.waits() if w.position.token_id == token)
            self.desk.write(at.element.result_name, result, at)
        self.execution.complete(token)
        self._settle()
        return self

    def fire(self, element_id: str) -> Rider:
        self.execution.fire(self.token(element_id))
        self._settle()
        return self

    def receive(self, element_id: str) -> Rider:
        self.execution.receive(self.token(element_id))
        self._settle()
        return self

    def fail(self, element_id: str, code: str) -> bool:
        caught = self.execution.fail(self.token(element_id), code)
        self._settle()
        return caught

    @property
    def ended(self) -> bool:
        return self.execution.is_ended

    def visited(self, what: str = "completed") -> list[str]:
        return [element for kind, element, _ in self.history if kind == what]


def ride(xml: bytes, desk: Desk | None = None, called: Mapping[str, bytes] | None = None, reload: bool = True) -> Rider:
    return Rider(compile_process(xml, (called or {}).get), desk, reload)

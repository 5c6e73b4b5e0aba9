"""No FEEL text reaches Python, a file or the network, and none runs longer than two seconds (B36)."""

from __future__ import annotations

import builtins
import contextlib
import socket
import time
from decimal import Decimal

import pytest

from engine.feel import (
    Budget,
    Date,
    DateTime,
    DaysTime,
    FeelBudgetExceeded,
    FeelError,
    Function,
    Range,
    Time,
    YearsMonths,
    compile_expression,
    compile_unary_tests,
    to_json,
)

from .payloads import WALKS, bombs

SCOPE = {"data": {"a": {"b": 1}, "l": [1, 2]}, "text": "x"}
PLAIN = (bool, Decimal, str, Date, Time, DateTime, DaysTime, YearsMonths, Range, Function)
BOMBS = bombs()


@pytest.fixture(autouse=True)
def canary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a file, a socket or a process from an expression fails the test."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError(f"an expression reached the outside: {args!r}")

    compile_expression('matches("a", "a") and time("10:00:00@Europe/Paris") != null')({})
    monkeypatch.setattr(socket, "socket", refuse)
    for name in ("input", "breakpoint"):
        monkeypatch.setattr(builtins, name, refuse)


def is_feel(value: object) -> bool:
    if value is None or isinstance(value, PLAIN):
        return True
    if type(value) is list:
        return all(map(is_feel, value))
    return type(value) is dict and all(type(k) is str and is_feel(v) for k, v in value.items())


def attempt(text: str) -> object:
    """Compile and run as an expression and as a cell; only FEEL's own errors may come out."""
    value: object = None
    for entry in ("expression", "cell"):
        try:
            if entry == "expression":
                value = compile_expression(text, ("data", "text"))(SCOPE, Budget())
            else:
                assert compile_unary_tests(text, ("data", "text"))("x", SCOPE, Budget()) in (True, False, None)
        except FeelError:
            continue
    return value


def test_the_corpus_is_large_enough() -> None:
    assert len(WALKS) + len(BOMBS) >= 200


@pytest.mark.parametrize("text", WALKS)
def test_nothing_of_python_is_reached(text: str) -> None:
    value = attempt(text)
    assert is_feel(value)
    assert "0x" not in str(to_json(value))
    assert "uid=" not in str(value)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_cut_within_two_seconds(name: str) -> None:
    started = time.perf_counter()
    value = attempt(BOMBS[name])
    assert time.perf_counter() - started < 4.0  # two entries, two seconds each
    with contextlib.suppress(FeelBudgetExceeded):
        to_json(value)


def test_files_stay_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    original = open

    def watch(*args: object, **kwargs: object) -> object:
        opened.append(args[0])
        return original(*args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(builtins, "open", watch)
    for text in WALKS:
        attempt(text)
    assert not [path for path in opened if "passwd" in str(path)]


def test_a_budget_names_its_limit() -> None:
    with pytest.raises(FeelBudgetExceeded) as caught:
        compile_expression("for i in 1..1000 return i")({}, Budget(max_list=10))
    assert caught.value.limit == "list"
    with pytest.raises(FeelBudgetExceeded) as caught:
        compile_expression("count(for i in 1..50 return i)")({}, Budget(max_steps=20))
    assert caught.value.limit == "steps"
    with pytest.raises(FeelBudgetExceeded) as caught:
        compile_expression("{f: function(n) f(n), r: f(1)}")({}, Budget(max_depth=5))
    assert caught.value.limit == "depth"

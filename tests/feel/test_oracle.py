"""FEEL against independent oracles: Python's decimal, datetime and comparison; and random text against crashes."""

from __future__ import annotations

import contextlib
import datetime
from decimal import ROUND_HALF_UP, Context, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import Budget, FeelError, compile_expression, compile_unary_tests, to_feel, to_json
from engine.feel.dates import Date, parse_date
from engine.feel.durations import parse_duration

ORACLE = Context(prec=34)
NUMBERS = st.decimals(min_value=-(10**12), max_value=10**12, places=4)
DAYS = st.dates(min_value=datetime.date(1, 1, 2), max_value=datetime.date(9998, 12, 30))
ALPHABET = st.sampled_from(
    [
        *'0123456789.,:;()[]{}<>=!+-*/"?@ \nab',
        "..",
        " and ",
        " or ",
        " in ",
        "if ",
        " then ",
        " else ",
        "for ",
        " return ",
        "null",
        "true",
        "date(",
        "not(",
        "function(",
        "item",
        "instance of ",
        "间",
        "＜",
        "a b",
        "\\u00",
    ]
)


@given(NUMBERS, NUMBERS, st.sampled_from("+-*/"))
def test_arithmetic_is_decimal128(a: Decimal, b: Decimal, op: str) -> None:
    value = compile_expression(f"a {op} b")({"a": a, "b": b})
    if op == "/" and b == 0:
        assert value is None
        return
    expected = {"+": ORACLE.add, "-": ORACLE.subtract, "*": ORACLE.multiply, "/": ORACLE.divide}[op](a, b)
    assert value == expected


@given(NUMBERS, st.integers(0, 3))
def test_round_half_up_is_the_merchants_rounding(a: Decimal, scale: int) -> None:
    value = compile_expression("round half up(a, s)")({"a": a, "s": scale})
    assert value == a.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from("[]("), st.sampled_from("])["))
def test_ranges_hold_what_comparison_says(x: Decimal, a: Decimal, b: Decimal, left: str, right: str) -> None:
    low, high = min(a, b), max(a, b)
    above = x >= low if left == "[" else x > low
    below = x <= high if right == "]" else x < high
    for text in (f"x in {left}low..high{right}", f"x in ({left}low..high{right})"):
        assert compile_expression(text)({"x": x, "low": low, "high": high}) is (above and below)
    cell = compile_unary_tests(f"{left}{low}..{high}{right}")
    assert cell(x, {}) is (above and below)


@given(DAYS, st.integers(-100_000, 100_000))
def test_days_are_added_as_the_calendar_does(day: datetime.date, days: int) -> None:
    value = compile_expression('d + n * duration("P1D")')({"d": day, "n": days})
    try:
        expected = day + datetime.timedelta(days=days)
    except OverflowError:
        return
    assert str(value) == expected.isoformat()


@given(DAYS, DAYS)
def test_differences_and_weeks_agree_with_python(a: datetime.date, b: datetime.date) -> None:
    scope = {"a": a, "b": b}
    assert compile_expression("(a - b).days")(scope) == Decimal((a - b).days)
    assert compile_expression("a < b")(scope) is (a < b)
    assert compile_expression("week of year(a)")(scope) == Decimal(a.isocalendar().week)
    assert compile_expression("day of year(a)")(scope) == Decimal(a.timetuple().tm_yday)


@given(st.integers(-999_999_999, 999_999_999), st.integers(1, 12), st.integers(1, 28))
def test_far_dates_survive_text_and_day_numbers(year: int, month: int, day: int) -> None:
    date = Date(year, month, day)
    assert parse_date(str(date)) == date
    assert Date.from_ordinal(date.ordinal()) == date


@given(st.integers(-(10**15), 10**15))
def test_durations_survive_text(seconds: int) -> None:
    duration = to_feel(datetime.timedelta(seconds=seconds % 10**9))
    assert parse_duration(str(duration)) == duration


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(max_size=5),
        lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=3), x, max_size=3),
        max_leaves=10,
    )
)
def test_json_survives_feel(value: object) -> None:
    assert to_json(to_feel(value)) == value


@settings(max_examples=400)
@given(st.lists(ALPHABET, max_size=25).map("".join))
def test_random_text_only_ever_raises_feel_errors(text: str) -> None:
    scope = {"a": 1, "b": [1, {"a": 2}], "a b": "x"}
    with contextlib.suppress(FeelError):
        to_json(compile_expression(text, tuple(scope))(scope, Budget(max_steps=5000)))
    with contextlib.suppress(FeelError):
        compile_unary_tests(text, tuple(scope))(Decimal(1), scope, Budget(max_steps=5000))

"""What FEEL says: names, literals, operators, control, functions, and nulls with a reason."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from engine.feel import (
    CLOCK,
    Date,
    FeelSyntaxError,
    compile_expression,
    compile_unary_tests,
    text_of,
    to_feel,
    to_json,
)


def feel(text: str, **scope: object) -> object:
    """The JSON of an expression in a scope."""
    return to_json(compile_expression(text, tuple(scope))(scope))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 - 4 / 2", 5),
        ("-3 ** 2", 9),
        ("2 ** 3 ** 2", 64),
        ("0.1 + 0.2 = 0.3", True),
        ("9007199254740993 + 0", 9007199254740993),
        ("round half up(1.005, 2)", 1.01),
        ("decimal(2.5, 0)", 2),
        ("1 / 0", None),
        (r'matches("aA", "(a)\\1", "i")', True),
        (r'matches("a", "(b)\\2")', None),
        (r'matches("a", "[a-z-[x\\p{Nix}]]")', None),
        (r'matches("a", "(a)\\1\\p{Nix}")', None),
        ('"广" + "厦"', "广厦"),
        ('"1" + 1', None),
        ("true and null", None),
        ("false and null", False),
        ("true or null", True),
        ("not(null)", None),
        ("5 between 1 and 5", True),
        ("5 in (1, < 3, [4..5])", True),
        ("5 in [1..5)", False),
        ("null = null", True),
        ('1 = "1"', None),
        ('if null then "a" else "b"', "b"),
        ("for i in 1..3, j in [i, 10] return i * j", [1, 10, 4, 20, 9, 30]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in 1..4 return if i = 1 then 1 else partial[-1] * i", [1, 2, 6, 24]),
        ("some x in [1, 2] satisfies x > 1", True),
        ("every x in [] satisfies false", True),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][item > 1]", [2, 3]),
        ('[{n: "a", k: 1}, {n: "b", k: 2}][k = 2].n', ["b"]),
        ("[{item: 1}, {item: 2}][item > 1]", [{"item": 2}]),
        ("[][1]", None),
        ("{a: 1, b: a + 1}.b", 2),
        ("{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(5)}.r", 120),
        ('(function(x: number) x)("a")', None),
        ("sort([3, 1, 2], function(x, y) x < y)", [1, 2, 3]),
        ('string join(["a", null, "b"], "-")', "a-b"),
        ('substring("住房保障", -2)', "保障"),
        ('string length("\\uD83D\\uDE00")', 1),
        ('replace("2025-01", "(\\d+)-(\\d+)", "$2/$1")', "01/2025"),
        ('matches("abc", "A B", "ix")', True),
        ('split("a;b;;", ";")', ["a", "b", "", ""]),
        ('date("2024-01-31") + duration("P1M")', "2024-02-29"),
        ('date("2025-03-01") - date("2025-02-01")', "P28D"),
        ('@"2025-01-01T00:00:00Z" = @"2025-01-01T08:00:00@Asia/Shanghai"', True),
        ('years and months duration(date("2020-05-20"), date("2025-05-19"))', "P4Y11M"),
        ('day of week(date("2025-10-01"))', "Wednesday"),
        ('week of year(date("2005-01-01"))', 53),
        ('string(date("-0044-03-15"))', "-0044-03-15"),
        ('date("999999999-12-31").year', 999999999),
        ('time("24:00:01")', None),
        ("before([1..3], 4)", True),
        ("overlaps([1..5], (5..8])", False),
        ("includes([1..10], [2..3])", True),
        ('range("[18..21)").end included', False),
        ('context put({a: {b: 1}}, ["a", "c"], 2)', {"a": {"b": 1, "c": 2}}),
        ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
        ('get value({a: 1}, "a")', 1),
        ("list replace([1, 2, 3], 2, 9)", [1, 9, 3]),
        ('is(@"10:00:00Z", @"10:00:00@Etc/UTC")', False),
        ("modulo(-12, 5)", 3),
        ("median([8, 2, 5, 7])", 6),
        ("mode([6, 1, 9, 6, 1])", [1, 6]),
        ("[1, 2] instance of list<number>", True),
        ("{a: 1} instance of context<a: number, b: string>", False),
        ("[1..2] instance of range<number>", True),
        ("(function(a) a) instance of function<Any> -> Any", True),
        ("null instance of Any", False),
        ("duplicate values([1, 2, 1, 3, 2, 1])", [1, 2]),
        ("1 /* one */ + // two\n 2", 3),
    ],
)
def test_expressions(text: str, expected: object) -> None:
    assert feel(text) == expected


def test_names_have_spaces_operators_and_chinese_characters() -> None:
    assert feel("Monthly Salary * 12", **{"Monthly Salary": 100}) == 1200
    assert feel("月 收入 + 人均面积（平方米）", **{"月 收入": 1, "人均面积（平方米）": 2}) == 3
    assert feel("Pre-bureau risk - a", **{"Pre-bureau risk": 5, "a": 2}) == 3
    assert feel("time in service in [1..5]", **{"time in service": 3}) is True
    assert feel("面积 < 15 and 家庭.人口 > 2", 面积=14, 家庭={"人口": 3}) is True


def test_full_width_operators_are_refused_with_the_character_to_type() -> None:
    with pytest.raises(FeelSyntaxError, match="write <"):
        compile_expression("面积 ＜ 15")
    with pytest.raises(FeelSyntaxError, match='write "'):
        compile_expression("状态 = “通过”")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("1 +", 1, 4), ("1 +\n  * 2", 2, 3), ("if a then b", 1, 12), ("[1, 2", 1, 6), ('"abc', 1, 1), ("a b = = 1", 1, 7)],
)
def test_syntax_errors_say_where(text: str, line: int, column: int) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.message


def test_nulls_come_with_their_reason() -> None:
    value, warnings = compile_expression("ghost.size + 1").evaluate({})
    assert value is None
    assert any("ghost" in warning for warning in warnings)
    assert "division by 0" in compile_expression("1 / 0").evaluate({})[1]


def test_references_are_the_dotted_paths_that_are_read() -> None:
    text = "for m in application.household.members return m.age + limit + count(list[item.x > y])"
    assert compile_expression(text).references == {"application.household.members", "limit", "list", "y"}
    assert compile_expression("{a: b, c: a}.c").references == {"b"}
    assert compile_unary_tests("> limit.low").references == {"limit.low"}


def test_the_scope_may_be_lazy_and_hold_json_python_or_dotted_names() -> None:
    class Lazy(dict[str, object]):
        def __missing__(self, key: str) -> object:
            if key == "late":
                return {"on": datetime.date(2025, 1, 2), "list": [1, 2.5]}
            raise KeyError(key)

    assert compile_expression("late.on")(Lazy()) == Date(2025, 1, 2)
    assert compile_expression("sum(late.list)")(Lazy()) == Decimal("3.5")
    assert feel('review_1.outcome = "approve"', **{"review_1.outcome": "approve"}) is True


def test_the_same_text_is_compiled_once() -> None:
    assert compile_expression("a + 1", ("a",)) is compile_expression("a + 1", ["a"])


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("-", None, True),
        ("", 3, True),
        ("[15..30), > 60", 70, True),
        ("[15..30), > 60", 30, False),
        ('not("a", "b")', "c", True),
        ('not("a", "b")', "b", False),
        ('"a", "b"', "b", True),
        ("null", None, True),
        ("< 5", None, None),
        ("? > limit", 6, True),
        ("limit", 5, True),
        ('starts with(?, "沪")', "沪A", True),
        ("[1, 2, 3]", 2, True),
        ("true", True, True),
        ("not(true)", False, True),
        ('date("2025-01-01")', datetime.date(2025, 1, 1), True),
    ],
)
def test_unary_tests(cell: str, value: object, expected: object) -> None:
    assert compile_unary_tests(cell, ("limit",))(to_feel(value), {"limit": Decimal(5)}) is expected


def test_conversions_keep_every_digit() -> None:
    assert to_feel(0.1) == Decimal("0.1")
    assert to_json(Decimal("12345678901234567890.5")) == Decimal("12345678901234567890.5")
    assert to_json(to_feel({"a": [1, True, None, datetime.timedelta(hours=1)]})) == {"a": [1, True, None, "PT1H"]}
    assert text_of(to_feel([1, "a", {"b c": None}])) == '[1, "a", {"b c": null}]'
    assert to_feel(float("nan")) is None


def test_now_and_today_follow_the_clock_of_the_evaluation() -> None:
    token = CLOCK.set(lambda: datetime.datetime(2025, 2, 3, 4, 5, 6, tzinfo=datetime.UTC))
    try:
        assert feel("string(now())") == "2025-02-03T04:05:06Z"
        assert feel("today()") == "2025-02-03"
    finally:
        CLOCK.reset(token)

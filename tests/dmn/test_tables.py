"""Decision tables: every hit policy with its errors, strict runs, records for the auditor, and masks against brute force."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dmn import (
    DecisionAmbiguous,
    DecisionInputInvalid,
    DecisionInputMissing,
    DecisionMissing,
    DmnModelError,
    parse_model,
)
from engine.dmn.evaluation import Run
from engine.dmn.samples import housing_table, table_xml
from engine.feel.frame import Frame

AGE = (("age", "number", ""),)
OUT = (("result", "string", '"high","middle","low"'),)


def decide(
    policy: str, rules: list[tuple[str, ...]], inputs: dict[str, object], *, strict: bool = True, **columns: object
) -> object:
    xml = table_xml(policy, columns.get("ins", AGE), columns.get("outs", OUT), rules)  # type: ignore[arg-type]
    return parse_model(xml).evaluate("table", inputs, strict=strict).value


OVERLAPPING = [("> 10", '"low"'), ("> 20", '"high"'), ("> 30", '"middle"')]


@pytest.mark.parametrize(
    ("policy", "age", "expected"),
    [
        ("UNIQUE", 15, "low"),
        ("FIRST", 35, "low"),
        ("PRIORITY", 35, "high"),
        ("ANY", 15, "low"),
        ("RULE ORDER", 35, ["low", "high", "middle"]),
        ("OUTPUT ORDER", 35, ["high", "middle", "low"]),
        ("COLLECT", 25, ["low", "high"]),
        ("COLLECT", 5, []),
    ],
)
def test_each_hit_policy_gives_what_the_standard_says(policy: str, age: int, expected: object) -> None:
    assert decide(policy, OVERLAPPING, {"age": age}) == expected


@pytest.mark.parametrize(("aggregation", "expected"), [("SUM", 6), ("MIN", 1), ("MAX", 3), ("COUNT", 3)])
def test_collect_aggregates(aggregation: str, expected: int) -> None:
    rules = [("> 10", "1"), ("> 20", "2"), ("> 30", "3")]
    outputs = (("points", "number", ""),)
    assert decide(f"COLLECT {aggregation}", rules, {"age": 40}, outs=outputs) == expected


def test_overlap_in_a_unique_table_is_an_error_that_names_the_rows() -> None:
    with pytest.raises(DecisionAmbiguous) as caught:
        decide("UNIQUE", OVERLAPPING, {"age": 25})
    assert caught.value.code == "decision_ambiguous"
    assert caught.value.details["rows"] == [1, 2]
    assert caught.value.details["inputs"] == {"age": 25}
    assert decide("UNIQUE", OVERLAPPING, {"age": 25}, strict=False) is None


def test_different_results_in_an_any_table_are_an_error() -> None:
    assert decide("ANY", [("> 10", '"low"'), ("> 20", '"low"')], {"age": 25}) == "low"
    with pytest.raises(DecisionAmbiguous):
        decide("ANY", OVERLAPPING, {"age": 25})


def test_no_row_is_an_error_that_names_table_and_values() -> None:
    with pytest.raises(DecisionMissing) as caught:
        decide("UNIQUE", OVERLAPPING, {"age": 5})
    assert caught.value.details == {"decision": "table", "inputs": {"age": 5}}
    assert "table" in caught.value.message
    assert decide("UNIQUE", OVERLAPPING, {"age": 5}, strict=False) is None


def test_a_default_output_answers_when_no_row_holds() -> None:
    xml = table_xml("UNIQUE", AGE, OUT, OVERLAPPING[:1])
    text = b'<defaultOutputEntry id="do"><text>"middle"</text></defaultOutputEntry></output>'
    assert parse_model(xml.replace(b"</output>", text)).evaluate("table", {"age": 1}).value == "middle"


def test_a_missing_input_is_an_error_but_a_null_is_a_value() -> None:
    with pytest.raises(DecisionInputMissing) as caught:
        decide("UNIQUE", OVERLAPPING, {"years": 5})
    assert caught.value.code == "decision_input_missing"
    assert caught.value.details["name"] == "age"
    assert decide("UNIQUE", [("null", '"low"'), ("> 0", '"high"')], {"age": None}) == "low"


def test_a_missing_part_of_a_path_is_missing_too() -> None:
    inputs = (("household.size", "number", ""),)
    rules = [("> 0", '"low"')]
    assert decide("UNIQUE", rules, {"household": {"size": 2}}, ins=inputs) == "low"
    with pytest.raises(DecisionInputMissing):
        decide("UNIQUE", rules, {"household": {"area": 2}}, ins=inputs)


def test_a_value_outside_the_allowed_ones_is_an_error() -> None:
    inputs = (("kind", "string", '"a","b"'),)
    with pytest.raises(DecisionInputInvalid):
        decide("UNIQUE", [("-", '"low"')], {"kind": "c"}, ins=inputs)


def test_several_outputs_are_a_context() -> None:
    outputs = (("status", "string", ""), ("days", "number", ""))
    evaluation = parse_model(table_xml("FIRST", AGE, outputs, [("> 1", '"ok"', "5")])).evaluate("table", {"age": 2})
    assert evaluation.outputs == {"status": "ok", "days": Decimal(5)}


def test_every_evaluation_records_its_tables() -> None:
    evaluation = parse_model(housing_table()).evaluate("准入", {"人均面积": 12, "月收入": 3000, "家庭类型": "低保"})
    (trace,) = evaluation.tables
    assert (trace.decision_name, trace.hit_policy) == ("准入", "UNIQUE")
    assert trace.input_values == (Decimal(12), Decimal(3000), "低保")
    assert (trace.matched_rows, trace.matched_rule_ids, trace.output) == ((1,), ("r1",), "优先")


def test_all_problems_are_reported_at_once_with_row_and_column() -> None:
    xml = table_xml("UNIQUE", AGE, OUT, [("> > 1", '"low"'), ("1", "if"), ("＜ 5", '"low"')])
    with pytest.raises(DmnModelError) as caught:
        parse_model(xml)
    assert {(p.row, p.column) for p in caught.value.problems} == {(1, 1), (2, 2), (3, 1)}
    assert caught.value.code == "decision_model"


def cells(kind: str) -> st.SearchStrategy[str]:
    """Cells that a column of that kind may hold, plain and computed."""
    if kind == "number":
        number = st.integers(0, 6).map(str)
        ranges = st.builds(
            lambda a, b, left, right: f"{left}{min(a, b)}..{max(a, b)}{right}",
            st.integers(0, 6), st.integers(0, 6), st.sampled_from("[(]"), st.sampled_from("])["),
        )  # fmt: skip
        compared = st.builds(lambda op, n: f"{op} {n}", st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), number)
        plain = number | ranges | compared | st.just("null")
    elif kind == "string":
        plain = st.sampled_from(['"a"', '"b"', '"c"', '["a".."b"]', '> "a"', 'starts with(?, "a")', "null"])
    else:
        plain = st.sampled_from(["true", "false", "null"])
    several = st.lists(plain, min_size=1, max_size=3).map(", ".join)
    computed = st.sampled_from(["other", "> limit", "? != null", "not(limit)"])
    return st.just("-") | plain | several | several.map(lambda t: f"not({t})") | computed


VALUES = {
    "number": st.none() | st.integers(-1, 7) | st.sampled_from([Decimal("2.5"), "x"]),
    "string": st.none() | st.sampled_from(["a", "ab", "b", "c", "z"]) | st.just(3),
    "boolean": st.none() | st.booleans(),
}
KINDS = ("number", "string", "boolean")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_masks_find_the_rows_that_trying_every_cell_finds(data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(*(cells(kind) for kind in KINDS), st.just("1")), min_size=1, max_size=6))
    columns = tuple((kind[0], "Any", "") for kind in KINDS)
    table = next(parse_model(table_xml("COLLECT", columns, (("r", "number", ""),), rows)).tables())
    scope = {"limit": Decimal(3), "other": "a"}
    run = Run.start(parse_model(table_xml("COLLECT", AGE, OUT, [])), {}, False, None)
    from engine.feel import to_feel

    values = [to_feel(data.draw(VALUES[kind])) for kind in KINDS]
    slow = [
        row
        for row, rule in enumerate(table.rules)
        if all(test(value, scope) is True for test, value in zip(rule.tests, values, strict=True))
    ]
    assert table.matching_rows(values, Frame(scope, table.frame_size, run.budget, [])) == slow

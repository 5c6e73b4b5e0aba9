"""Table analysis, boundary cases, mutation score, wording and re-run."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dmn import DecisionAmbiguous, DecisionMissing, DecisionTable, parse_model
from engine.dmn.analysis import Finding, analyse
from engine.dmn.boundary import boundary_cases
from engine.dmn.mutation import kill_rate
from engine.dmn.rerun import rerun
from engine.dmn.samples import deadline_table, housing_table, rent_table, sized_table, table_xml
from engine.dmn.wording import POLICIES, difference, hit_policy_in_words
from engine.feel import to_json

COLUMNS = (("面积", "number", ""), ("类型", "string", '"甲","乙"'))
OUT = (("结果", "number", "1,2,3"),)


def table(policy: str, *rules: tuple[str, ...], inputs: object = COLUMNS) -> DecisionTable:
    return next(parse_model(table_xml(policy, inputs, OUT, rules)).tables())  # type: ignore[arg-type]


def kinds(found: list[Finding]) -> list[str]:
    return [finding.kind for finding in found]


def test_a_complete_table_has_no_findings() -> None:
    assert analyse(table("UNIQUE", ("< 15", '"甲"', "1"), (">= 15", '"甲"', "2"), ("-", 'not("甲")', "3"))) == []


def test_a_gap_comes_with_inputs_that_fall_into_it() -> None:
    xml = table_xml("UNIQUE", COLUMNS, OUT, [("< 15", "-", "1"), ("> 15", "-", "2")])
    model = parse_model(xml)
    (gap,) = analyse(next(model.tables()))
    assert (gap.kind, gap.severity) == ("gap", "error")
    assert gap.witness["面积"] == 15
    with pytest.raises(DecisionMissing):
        model.evaluate("table", gap.witness)


def test_an_overlap_comes_with_inputs_and_rows() -> None:
    xml = table_xml("UNIQUE", COLUMNS, OUT, [("<= 15", "-", "1"), (">= 15", "-", "2")])
    model = parse_model(xml)
    (overlap,) = analyse(next(model.tables()))
    assert (overlap.kind, overlap.rows) == ("overlap", (1, 2))
    with pytest.raises(DecisionAmbiguous):
        model.evaluate("table", overlap.witness)


def test_any_tables_may_overlap_only_with_the_same_result() -> None:
    assert kinds(analyse(table("ANY", ("-", "-", "1"), ("> 3", "-", "1")))) == ["subsumed"]
    assert "conflict" in kinds(analyse(table("ANY", ("-", "-", "1"), ("> 3", "-", "2"))))


def test_rows_that_never_count_are_found_even_if_several_rows_cover_them() -> None:
    found = analyse(table("FIRST", ("< 10", "-", "1"), (">= 10", "-", "2"), ("[5..20]", "-", "3")))
    assert [(f.kind, f.rows[0]) for f in found] == [("unreachable", 3)]
    assert kinds(analyse(table("FIRST", ("-", "-", "1"), ("[5..20]", "-", "3")))) == ["subsumed"]
    assert kinds(analyse(table("PRIORITY", ("-", "-", "1"), ("> 5", "-", "2")))) == ["subsumed"]


def test_values_of_another_type_or_not_allowed_are_found() -> None:
    found = analyse(table("FIRST", ('"x"', "-", "1"), ("-", '"丙"', "2"), ("-", "-", "9")))
    assert {(f.kind, f.rows, f.column) for f in found} >= {("type", (1,), 1), ("value", (2,), 2), ("value", (3,), 3)}


def test_cells_that_compute_make_findings_uncertain() -> None:
    found = analyse(table("UNIQUE", ("< limit", "-", "1"), (">= limit", "-", "2")))
    assert [(f.kind, f.certain) for f in found] == [("overlap", False)]


CELL = st.sampled_from(["-", "< 3", ">= 3", "[1..4)", "(2..5]", "2", "1, 5"])
KIND = st.sampled_from(["-", '"甲"', 'not("甲")', '"甲","乙"'])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(CELL, KIND, st.sampled_from("123")), min_size=1, max_size=5))
def test_gaps_and_overlaps_are_exactly_those_of_brute_force(rules: list[tuple[str, str, str]]) -> None:
    model = parse_model(table_xml("UNIQUE", COLUMNS, OUT, rules))
    missing = ambiguous = False
    for area, kind in product([n / 2 for n in range(-2, 14)], ["甲", "乙"]):
        try:
            model.evaluate("table", {"面积": area, "类型": kind})
        except DecisionMissing:
            missing = True
        except DecisionAmbiguous:
            ambiguous = True
    found = kinds(analyse(next(model.tables())))
    assert ("gap" in found) == missing
    assert ("overlap" in found) == ambiguous


@pytest.mark.parametrize("xml", [housing_table(), rent_table(), deadline_table()])
def test_boundary_cases_notice_95_percent_of_single_cell_changes(xml: bytes) -> None:
    model = parse_model(xml)
    found = next(model.tables())
    cases = boundary_cases(found)
    assert kill_rate(found, cases).rate >= 0.95
    decision = next(iter(model.decisions))
    for case in cases:
        if case.error is None:
            assert to_json(model.evaluate(decision, case.inputs).value) == case.expected


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(CELL, KIND, st.sampled_from("123")), min_size=2, max_size=5),
    st.sampled_from(["UNIQUE", "FIRST"]),
)
def test_boundary_cases_hold_for_any_small_table(rules: list[tuple[str, str, str]], policy: str) -> None:
    found = table(policy, *rules)
    report = kill_rate(found, boundary_cases(found), limit=60)
    assert report.rate >= 0.9, report.survivors


def test_a_difference_is_told_in_words() -> None:
    old = housing_table()
    new = old.replace(b"&lt; 15", b"&lt; 17", 1).replace(b'"UNIQUE"', b'"FIRST"')
    a, b = (next(parse_model(xml).tables()) for xml in (old, new))
    assert difference(a, b) == ["命中策略：UNIQUE → FIRST", "第 1 行 人均面积：< 15 → < 17"]
    assert difference(a, b, "en")[1] == "Row 1, 人均面积: < 15 → < 17"
    assert difference(a, a) == []
    shorter = table("UNIQUE", ("< 15", "-", "1"))
    longer = table("UNIQUE", ("< 15", '"甲"', "1"), (">= 15", "-", "2"))
    assert difference(shorter, longer) == ['第 1 行 类型：不限 → "甲"', "新增第 2 行：面积 >= 15 则 结果 2"]


def test_every_hit_policy_has_its_sentence() -> None:
    assert POLICIES["zh"].keys() == POLICIES["en"].keys()
    assert "相加" in hit_policy_in_words("COLLECT", "SUM")


@pytest.mark.parametrize("processes", [1, 2])
def test_a_rerun_keeps_order_and_names_what_is_not_decided(processes: int) -> None:
    inputs = [{"amount": n, "kind": "a", "since": 1} for n in range(0, 130, 7)]
    answers = list(rerun(sized_table(10), "sized", inputs, processes))
    assert answers[:2] == [(0, None), (0, None)]
    assert answers[-1] == (None, "decision_missing")
    assert len(answers) == len(inputs)

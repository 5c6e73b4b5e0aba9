"""Pure rules of eligibility: areas, verdicts, materials, visibility."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.eligibility.rules import assess, checks_visible, missing_materials, verdict_of

TODAY = date(2026, 11, 23)
APPLICANT = {"name": "张三", "id_type": "id_card", "id_no": "310106199003070010", "marital_status": "未婚"}


def answer(**facts: Any) -> dict[str, Any]:
    return {"name": "张三", "id_no": APPLICANT["id_no"], "facts": {"match": "matched", **facts}}


def owned(*areas: float, disposed_on: str | None = None) -> dict[str, Any]:
    rows = [{"usage": "住宅", "disposed_on": disposed_on, "area_m2": area} for area in areas]
    return {"verdict": "pass", "persons": [answer(homes=len(areas), area_m2=sum(areas), properties=rows)]}


def checks(**results: Any) -> list[dict[str, Any]]:
    names = ("real_estate", "public_housing", "resettlement", "social_insurance", "marriage", "violations")
    return [{"check": name, "name": name, "result": results.get(name, {})} for name in names]


def application(members: int = 0) -> dict[str, Any]:
    return {"applicant": APPLICANT, "household": {"members": [{"id_no": str(n)} for n in range(members)]}}


@pytest.mark.requirement("SH-032.R2")
@pytest.mark.parametrize(
    ("areas", "members", "expected"), [((45.0,), 2, 15.0), ((45.03,), 2, 15.01), ((10.0, 5.55), 0, 15.55)]
)
def test_per_capita_area_is_exact_to_the_hundredth(areas: tuple[float, ...], members: int, expected: float) -> None:
    found = assess(application(members), checks(real_estate=owned(*areas)), TODAY)
    assert found["per_capita_area_m2"] == expected


@pytest.mark.requirement("SH-032.R2")
def test_a_tenancy_of_two_members_counts_once_and_by_the_familys_part() -> None:
    tenancy = {"contract_no": "GF1", "area_m2": 40, "residents": 4}
    result = {"verdict": "pass", "persons": [answer(tenancies=[tenancy]), answer(tenancies=[tenancy])]}
    found = assess(application(1), checks(public_housing=result), TODAY)
    assert found["public_m2"] == 20.0
    assert found["per_capita_area_m2"] == 10.0


@given(st.lists(st.integers(0, 30000), max_size=4), st.integers(0, 5))
def test_more_area_never_means_less_per_head(cents: list[int], members: int) -> None:
    areas = [value / 100 for value in cents]
    less = assess(application(members), checks(real_estate=owned(*areas)), TODAY)
    more = assess(application(members), checks(real_estate=owned(*areas, 1.0)), TODAY)
    assert less["per_capita_area_m2"] <= more["per_capita_area_m2"]


def test_the_last_transfer_of_a_home_counts_in_full_months() -> None:
    found = assess(application(), checks(real_estate=owned(60, disposed_on="2025-11-24")), TODAY)
    assert found["months_since_transfer"] == 11


@pytest.mark.requirement("SH-033.R2")
def test_one_failed_check_is_enough() -> None:
    found = assess(application(), checks(marriage={"verdict": "fail", "summary": "张三申报未婚，登记为已婚"}), TODAY)
    assert [failure["check"] for failure in found["failed"]] == ["marriage"]


@pytest.mark.requirement("SH-027.R2", "SH-028.R3", "SH-029.R2")
@pytest.mark.parametrize("check", ["real_estate", "public_housing", "resettlement"])
@pytest.mark.parametrize("match", ["partial", "name_differs", "not_found"])
def test_without_a_full_match_nothing_is_concluded(check: str, match: str) -> None:
    verdict, summary = verdict_of(check, [{"name": "张三", "facts": {"match": match}}])
    assert verdict == "manual"
    assert "张三" in summary


def test_a_person_without_identity_card_is_for_a_person_to_check() -> None:
    assert verdict_of("marriage", [{"name": "Anne Lee", "facts": None}])[0] == "manual"


@pytest.mark.requirement("SH-026.R2")
@pytest.mark.parametrize(
    ("declared", "registered", "verdict"),
    [("未婚", "未婚", "pass"), ("未婚", "已婚", "fail"), ("已婚", "离异", "fail")],
)
def test_marriage_is_compared_with_the_declaration(declared: str, registered: str, verdict: str) -> None:
    facts = answer(state=registered, deceased_on=None, spouse_id_no="x")
    assert verdict_of("marriage", [{**facts, "marital_status": declared}])[0] == verdict


def test_a_spouse_outside_the_household_is_looked_at_by_a_person() -> None:
    facts = answer(state="已婚", deceased_on=None, spouse_id_no="310106199003070029")
    assert verdict_of("marriage", [{**facts, "marital_status": "已婚", "spouses": [APPLICANT["id_no"]]}])[0] == "manual"


def test_who_stands_on_the_death_list_fails() -> None:
    assert verdict_of("marriage", [answer(state="未婚", deceased_on="2026-01-02")])[0] == "fail"


@pytest.mark.parametrize(("barring", "verdict"), [(0, "pass"), (1, "fail")])
def test_only_standing_bars_count(barring: int, verdict: str) -> None:
    assert verdict_of("violations", [answer(barring=barring)])[0] == verdict


@pytest.mark.requirement("SH-013.R5")
def test_missing_materials_are_found_over_application_and_supplement() -> None:
    required = [{"code": "id_card", "name": "身份证件"}, {"code": "housing_proof", "name": "居住证明"}]
    assert [m["code"] for m in missing_materials(required, [{"id_card": ["a"], "housing_proof": []}, None])] == [
        "housing_proof"
    ]
    assert missing_materials(required, [{"id_card": ["a"]}, {"housing_proof": ["b"]}]) == []


@pytest.mark.requirement("SH-030.R2")
def test_results_of_a_window_case_are_locked_until_released() -> None:
    assert not checks_visible("窗口", False, {"operator_clerk"})
    assert checks_visible("窗口", True, {"operator_clerk"})
    assert checks_visible("窗口", False, {"verification_authority"})
    assert checks_visible("窗口", False, {"auditor"})
    assert checks_visible("一网通办", False, {"operator_clerk"})

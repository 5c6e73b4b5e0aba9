"""The tables of the public-rental qualification at their boundaries."""

from __future__ import annotations

from typing import Any

import pytest

from engine.dmn import parse_model
from tests.flows.stage import ROOT

FOLDER = ROOT / "processes/eligibility/public_rental"


def decide(name: str, **scope: Any) -> Any:
    return parse_model((FOLDER / f"{name}.dmn").read_bytes()).evaluate(name, scope).value


def failures(hukou: str = "local", **facts: Any) -> list[str]:
    usual = {"per_capita_area_m2": 10, "months_since_transfer": None, "insurance_months_running": 20}
    usual |= {"residence_months": 30, "applicant_age": 30}
    found = decide(
        "public_rental_eligibility", assessment={**usual, **facts}, application={"applicant": {"hukou": hukou}}
    )
    return [row["check"] for row in found or []]


@pytest.mark.requirement("SH-033.R2")
@pytest.mark.parametrize(("area", "failed"), [(14.99, []), (15, []), (15.01, ["housing"])])
def test_area_limit(area: float, failed: list[str]) -> None:
    assert failures(per_capita_area_m2=area) == failed


@pytest.mark.requirement("SH-026.R1")
@pytest.mark.parametrize(("months", "failed"), [(11, ["social_insurance"]), (12, [])])
def test_insurance_counts_for_people_registered_elsewhere(months: int, failed: list[str]) -> None:
    assert failures("outside", insurance_months_running=months) == failed
    assert failures("local", insurance_months_running=months) == []


@pytest.mark.parametrize(("months", "failed"), [(59, ["housing"]), (60, []), (None, [])])
def test_a_recent_transfer_fails(months: int | None, failed: list[str]) -> None:
    assert failures(months_since_transfer=months) == failed


@pytest.mark.requirement("SH-033.R2")
def test_every_failure_is_listed() -> None:
    assert failures(
        "outside", per_capita_area_m2=20, insurance_months_running=1, residence_months=3, applicant_age=17
    ) == [
        "housing",
        "social_insurance",
        "residence",
        "applicant",
    ]


@pytest.mark.requirement("SH-016.R5", "SH-016.R6")
def test_city_raised_goes_to_the_city_agency_and_district_raised_to_the_district() -> None:
    for district in ("310101", "310151"):
        assert (
            decide("accepting_agency", application={"raising_type": "city", "district": district})["unit"] == "SH-OP00"
        )
        own = decide("accepting_agency", application={"raising_type": "district", "district": district})
        assert own["unit"] == f"SH-{district}-OP01"
        assert own["phone"]


@pytest.mark.requirement("SH-046.R2", "SH-048.R1", "SH-014.R7")
def test_periods_stand_in_a_table() -> None:
    new, again = (decide("public_rental_periods", application={"kind": kind}) for kind in ("new", "recheck"))
    assert new["validity_years"] == again["validity_years"] == 2
    assert new["countdown_working_days"] > again["countdown_working_days"]
    assert new["pre_review_working_days"] == 3


@pytest.mark.requirement("SH-013.R5")
def test_mandatory_materials_follow_the_circumstances() -> None:
    def needed(marital: str, hukou: str, status: str, living: str) -> set[str]:
        person = {"marital_status": marital, "hukou": hukou}
        application = {"applicant": person, "employment": {"status": status}, "housing": {"living_type": living}}
        return {row["code"] for row in decide("public_rental_materials", application=application)}

    assert needed("未婚", "local", "retired", "自有") == {"id_card", "household_register"}
    assert needed("已婚", "outside", "employed", "租赁") == {
        "id_card",
        "residence_permit",
        "marriage_certificate",
        "employment_proof",
        "housing_proof",
    }

"""Fair guard and low income at every boundary: just below, exactly on, just above."""

from __future__ import annotations

from typing import Any

import pytest

from engine.dmn import parse_model
from tests.flows.stage import ROOT

FOLDERS = (ROOT / "processes/fair_guard", ROOT / "processes/eligibility/low_income")
FILES = {path.stem: path for folder in FOLDERS for path in folder.rglob("*.dmn")}
RENTAL = ("low_rent", "public_rental", "affordable_rental")


def decide(name: str, **scope: Any) -> Any:
    return parse_model(FILES[name].read_bytes()).evaluate(name, scope).value


def light(name: str, **scope: Any) -> tuple[str, bool]:
    found = decide(name, **scope)
    return found["colour"], found["block"]


def signals(
    applied: str, existing: str, state: str, *, role: str = "applicant", existing_role: str = "applicant"
) -> list[tuple[str, str, bool]]:
    found = decide(
        "fair_guard_application",
        applied={"kind": applied, "role": role},
        existing={"kind": existing, "role": existing_role, "state": state},
    )
    return [(row["category"], row["colour"], row["block"]) for row in found or []]


@pytest.mark.requirement("SH-199.R1")
@pytest.mark.parametrize("kind", ["low_rent", "public_rental", "shared_ownership"])
@pytest.mark.parametrize("state", ["in_review", "waiting", "enjoying"])
def test_the_same_kind_again_while_a_case_is_not_cancelled_is_blocked(kind: str, state: str) -> None:
    assert ("same_kind_repeat", "red", True) in signals(kind, kind, state)
    assert signals(kind, kind, "ended") == []


@pytest.mark.requirement("SH-199.R1")
def test_the_same_kind_rule_names_three_kinds_only() -> None:
    assert signals("affordable_rental", "affordable_rental", "in_review") == []


@pytest.mark.requirement("SH-199.R2")
def test_shared_ownership_again_before_the_cancellation_period_ends_is_brown() -> None:
    assert signals("shared_ownership", "shared_ownership", "given_up") == [("gave_up_repeat", "brown", False)]


@pytest.mark.requirement("SH-199.R3")
def test_shared_ownership_while_a_rental_case_is_in_review_is_blocked() -> None:
    for kind in ("low_rent", "public_rental"):
        assert signals("shared_ownership", kind, "in_review") == [("rental_in_review", "red", True)]
        assert signals("shared_ownership", kind, "waiting") == []
    assert signals("shared_ownership", "affordable_rental", "in_review") == []


@pytest.mark.requirement("SH-199.R4")
@pytest.mark.parametrize("kind", RENTAL)
def test_a_rental_beneficiary_who_applies_for_shared_ownership_is_yellow(kind: str) -> None:
    assert signals("shared_ownership", kind, "enjoying") == [("rental_beneficiary", "yellow", False)]


def ladder(stage: str, months: int | None = None) -> tuple[str, bool, str]:
    found = decide("fair_guard_stage", purchase={"stage": stage, "months_since_delivery": months})
    return found["colour"], found["block"], found["action"]


@pytest.mark.requirement("SH-199.R4", "SH-199.R5", "SH-199.R6", "SH-199.R7")
def test_the_colour_climbs_with_the_stage() -> None:
    assert ladder("applied") == ("yellow", False, "remind_clerk")
    assert ladder("registered") == ("orange", False, "remind_clerk")
    assert ladder("publication") == ("orange", False, "prompt")
    assert ladder("signed") == ("brown", False, "remind_clerk")


@pytest.mark.requirement("SH-199.R8")
@pytest.mark.parametrize(("months", "wanted"), [(2, ("brown", False)), (3, ("red", True)), (4, ("red", True))])
def test_three_months_after_delivery_is_blocked(months: int, wanted: tuple[str, bool]) -> None:
    assert ladder("delivered", months)[:2] == wanted


@pytest.mark.requirement("SH-200.R1")
@pytest.mark.parametrize("role", ["applicant", "co_resident"])
def test_who_was_a_co_resident_and_applies_again_is_yellow(role: str) -> None:
    for applied in ("low_rent", "shared_ownership"):
        for before in ("low_rent", "shared_ownership"):
            found = signals(applied, before, "ended", role=role, existing_role="co_resident")
            assert found == [("co_resident_again", "yellow", False)]
    assert signals("public_rental", "low_rent", "ended", role=role, existing_role="co_resident") == []


@pytest.mark.requirement("SH-200.R2", "SH-200.R3")
@pytest.mark.parametrize(
    ("beneficiary", "others", "wanted"),
    [(False, 0, []), (True, 0, ["yellow"]), (False, 1, ["orange"]), (True, 2, ["yellow", "orange"])],
)
def test_a_lessor_is_checked_against_beneficiaries_and_his_other_contracts(
    beneficiary: bool, others: int, wanted: list[str]
) -> None:
    found = decide("fair_guard_lessor", lessor={"low_rent_beneficiary": beneficiary, "other_valid_contracts": others})
    assert [row["colour"] for row in found or []] == wanted


@pytest.mark.requirement("SH-201.R1")
@pytest.mark.parametrize("kind", RENTAL)
def test_who_waits_for_shared_ownership_and_applies_for_rental_is_yellow(kind: str) -> None:
    assert signals(kind, "shared_ownership", "waiting") == [("waiting_applies_rental", "yellow", False)]
    assert signals(kind, "shared_ownership", "in_review") == []


@pytest.mark.requirement("SH-202.R1", "SH-202.R2")
@pytest.mark.parametrize(
    ("state", "months", "colour", "leave"),
    [
        ("none", None, "none", False),
        ("purchased", None, "brown", False),
        ("delivered", 2, "brown", False),
        ("delivered", 3, "brown", True),
    ],
)
def test_a_purchase_is_brown_and_three_months_after_delivery_the_rental_home_is_left(
    state: str, months: int | None, colour: str, leave: bool
) -> None:
    found = decide("fair_guard_housing", purchase={"state": state, "months_since_delivery": months})
    assert (found["colour"], found["block"], found["exit_rental"]) == (colour, False, leave)


def economy(size: int, income: float, assets: float, illness: bool = False) -> tuple[str, bool]:
    household = {"size": size, "illness_poverty": illness}
    return light(
        "fair_guard_economy",
        household={**household, "per_capita_income_yuan": income, "per_capita_assets_yuan": assets},
    )


PASS, BLOCKED = ("none", False), ("red", True)


@pytest.mark.requirement("SH-202.R3")
@pytest.mark.parametrize("size", [3, 4, 12])
@pytest.mark.parametrize(
    ("income", "assets", "wanted"),
    [
        (39599.99, 0, PASS),
        (39600, 120000, PASS),
        (39600.01, 0, BLOCKED),
        (0, 119999.99, PASS),
        (0, 120000.01, BLOCKED),
        (39600.01, 120000.01, BLOCKED),
    ],
)
def test_39600_is_not_more_than_39600(size: int, income: float, assets: float, wanted: tuple[str, bool]) -> None:
    assert economy(size, income, assets) == wanted


@pytest.mark.requirement("SH-202.R4")
@pytest.mark.parametrize(("size", "illness"), [(1, False), (2, False), (2, True), (3, True), (6, True)])
@pytest.mark.parametrize(
    ("income", "assets", "wanted"),
    [(43560, 132000, PASS), (43560.01, 0, BLOCKED), (0, 132000.01, BLOCKED), (39600.01, 120000.01, PASS)],
)
def test_small_and_sick_families_have_the_higher_limits(
    size: int, illness: bool, income: float, assets: float, wanted: tuple[str, bool]
) -> None:
    """A sick family of three or more matches both limits; the higher one counts, as the table says."""
    assert economy(size, income, assets, illness) == wanted


@pytest.mark.requirement("SH-202.R5")
@pytest.mark.parametrize(
    ("status", "months", "wanted"),
    [
        ("已婚", 11, BLOCKED),
        ("已婚", 12, PASS),
        ("离异", 35, BLOCKED),
        ("离异", 36, PASS),
        ("未婚", None, PASS),
        ("丧偶", 1, PASS),
    ],
)
def test_married_a_year_or_divorced_three(status: str, months: int | None, wanted: tuple[str, bool]) -> None:
    assert light("fair_guard_marriage", marriage={"status": status, "months": months}) == wanted


@pytest.mark.requirement("SH-202.R6", "SH-202.R7", "SH-202.R8")
@pytest.mark.parametrize(
    ("kind", "months", "colour", "action"),
    [
        ("public_rental_lease", 4, "none", "none"),
        ("public_rental_lease", 3, "yellow", "renew_or_vacate"),
        ("public_rental_lease", 0, "yellow", "urge_renew_or_vacate"),
        ("low_rent_subsidy", 5, "none", "none"),
        ("low_rent_subsidy", 4, "yellow", "recheck"),
        ("low_rent_subsidy", 1, "yellow", "recheck"),
        ("low_rent_subsidy", 0, "orange", "urge_recheck"),
        ("low_rent_contract", 2, "none", "none"),
        ("low_rent_contract", 1, "yellow", "renew_or_vacate"),
        ("low_rent_contract", 0, "orange", "urge_renew_or_vacate"),
    ],
)
def test_lead_times_before_expiry(kind: str, months: int, colour: str, action: str) -> None:
    found = decide("fair_guard_expiry", term={"kind": kind, "months_left": months})
    assert (found["colour"], found["action"]) == (colour, action)


@pytest.mark.requirement("SH-203.R4", "SH-203.R5")
@pytest.mark.parametrize(
    ("same", "earlier", "wanted"),
    [
        (0, False, []),
        (1, False, ["annual_same_batch"]),
        (0, True, ["annual_registered_earlier"]),
        (2, True, ["annual_same_batch", "annual_registered_earlier"]),
    ],
)
def test_the_two_comparisons_of_the_annual_check(same: int, earlier: bool, wanted: list[str]) -> None:
    found = decide("fair_guard_annual", annual={"same_batch_cases": same, "registered_earlier": earlier})
    assert [row["category"] for row in found or []] == wanted
    assert all(row["colour"] == "red" and row["block"] for row in found or [])


@pytest.mark.requirement("SH-203.R2")
def test_every_colour_has_its_rank_and_periods() -> None:
    ranks = [decide("fair_guard_handling", warning={"colour": c})["rank"] for c in ("yellow", "orange", "brown", "red")]
    assert ranks == [1, 2, 3, 4]


def months_back(count: int, year: int = 2026, month: int = 11) -> list[str]:
    last = year * 12 + month - 1
    return [f"{(last - n) // 12}-{(last - n) % 12 + 1:02d}" for n in range(count)]


def low_income(payments: list[str] | None, amount_fen: int = 150_000, extra: tuple[Any, ...] = ()) -> Any:
    rows = None if payments is None else [{"month": m, "amount_fen": amount_fen} for m in payments] + list(extra)
    return decide("low_income_duration", low_income={"as_of_month": "2026-11", "payments": rows})


@pytest.mark.requirement("SH-037.R3", "SH-037.R6")
@pytest.mark.parametrize(("months", "full"), [(0, False), (12, False), (13, True), (14, True)])
def test_thirteen_months_are_a_full_year_of_low_income(months: int, full: bool) -> None:
    found = low_income(months_back(months))
    assert (found["full_year"], found["economic_check"]) == (full, not full)


@pytest.mark.requirement("SH-037.R4")
def test_the_duration_is_no_plain_sum() -> None:
    assert not low_income(months_back(12) + months_back(12))["full_year"]  # months told twice
    assert not low_income(months_back(6) + months_back(7, 2026, 4))["full_year"]  # a gap in May
    assert low_income(months_back(13, 2026, 10))["full_year"]  # the current month is not paid yet
    assert not low_income(months_back(14), extra=({"month": "2026-05", "amount_fen": -150_000},))[
        "full_year"
    ]  # returned
    assert not low_income([*months_back(12), "2026-12"])["full_year"]  # a month to come


@pytest.mark.requirement("SH-037.R2", "SH-037.R4")
@pytest.mark.parametrize("payments", [None, ["2026-13"], ["202611"], ["2026-11-01"]])
def test_incomplete_records_go_to_a_person(payments: list[str] | None) -> None:
    found = low_income(payments)
    assert found["manual"]
    assert found["economic_check"]

"""Every situation of the sandbox's people comes to the verdict that its story means, through the real flow."""

from __future__ import annotations

from connectors.sandbox import SITUATIONS
from engine.scenarios import Scenario, Stage, read_scenarios, run_scenario
from tests.flows.stage import ROOT

DOMAINS = ("eligibility",)
FORCED = {
    "married_declared_single": {"marriage"},
    "divorced_declared_married": {"marriage"},
    "on_death_list": {"marriage"},
    "member_on_death_list": {"marriage"},
    "short_residence_permit": {"residence"},
    "minor_head": {"applicant"},
    "owns_flat": {"housing"},
    "owns_two_flats": {"housing"},
    "spouse_owns_flat": {"housing"},
    "co_owns": {"housing"},
    "co_owns_a_third": {"housing"},
    "spouses_co_own": {"housing"},
    "per_capita_just_above": {"housing"},
    "sold_flat_one_year_ago": {"housing"},
    "public_housing_and_flat": {"housing"},
    "resettlement_flat": {"housing"},
    "resettlement_shared": {"housing"},
    "too_few_insurance_months": {"social_insurance"},
    "insurance_one_short_of_a_year": {"social_insurance"},
    "insurance_interrupted": {"social_insurance"},
    "insurance_gap": {"social_insurance"},
    "violation_record": {"violations"},
    "member_violation": {"violations"},
    "violation_several": {"violations"},
    "everything_wrong": {"marriage", "violations", "housing"},
}
BY_HAND = {"name_differs", "resettlement_partial_match", "no_data_found"}


def test_every_situation_comes_to_its_verdict(stage: Stage) -> None:
    story = next(
        s for s in read_scenarios(ROOT / "processes/eligibility/public_rental/scenarios.yaml") if s.name == "approve"
    )
    found: dict[str, set[str]] = {}
    for name in SITUATIONS:
        start = {**story.start, "build": {"application": {"person": name, "index": 3}}}
        case = run_scenario(
            stage, Scenario(story.process, name, name, (), start, story.steps[:2], {}, story.defaults)
        ).case
        scope = stage.engine.case_file_scope(case.id)
        assert not [job for job in stage.engine.jobs_of(case.id) if job.status == "incident"], name
        if name in BY_HAND:
            assert {task.element_id for task in stage.engine.tasks_of(case.id, open_only=True)} == {"decide"}, name
        else:
            failures = {failure["check"] for failure in scope["verdict"]["failures"]}
            found |= {name: failures} if failures else {}
    assert found == FORCED

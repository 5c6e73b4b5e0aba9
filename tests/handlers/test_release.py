"""A window case on the screen: the clerk sees no housing result before the authority has released it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.sandbox import population
from engine import Actor
from tests.web.conftest import house
from tests.web.house import MORNING, House, words

__all__ = ["house"]
UNITS = frozenset({"SH-310101-OP01", "SH-310101", "SH", "SH-OP00"})


def actor(group: str) -> Actor:
    return Actor(f"test-{group}", group, group, groups=frozenset({group}), org_units=UNITS)


def finish(house: House, case_id: str, group: str, outcome: str, form: dict[str, object]) -> None:
    engine = house.services.engine
    for _ in range(5):
        open_now = [t for t in engine.tasks_of(case_id, open_only=True) if group in t.groups]
        if open_now:
            break
        house.clock.advance(minutes=40)  # a register that was too slow to answer is asked again
        house.work()
    task = open_now[0]
    revision = engine.claim(task.id, task.revision, actor(group)).revision
    engine.complete_task(task.id, revision, actor(group), outcome, form, f"{task.id}-x", "同意")
    house.work()


@pytest.mark.requirement("SH-030.R1", "SH-030.R2")
def test_the_clerk_sees_housing_results_after_the_release_only(house: House) -> None:
    head = population(1, MORNING.date()).with_situation("clean_single")[7]
    person = {"name": head.name, "id_type": "id_card", "id_no": head.id_no, "mobile": "13800138000", "hukou": "local"}
    form = {
        "kind": "new",
        "raising_type": "district",
        "district": "310101",
        "applicant": {**person, "marital_status": "未婚"},
        "housing": {"living_address": "黄浦区某路1号", "living_type": "自有", "owns_home": False},
        "employment": {"status": "retired"},
        "materials": {"id_card": ["a"], "household_register": ["b"]},
        "consents": {"truth": True, "information_check": True},
    }
    engine = house.services.engine
    clerk = actor("operator_clerk")
    case = engine.start_case("public_rental", actor=clerk, form=form, channel="窗口", idempotency_key="release-1")
    house.work()
    finish(house, case.case_id, "operator_clerk", "accept", {"duplicates_viewed": True})
    house.clock.set(house.clock.now() + timedelta(days=1))
    house.work()
    clerk_page, authority = house.browser("clerk"), house.browser("verifier")
    before = words(clerk_page.get(f"/cases/{case.case_no}"))
    assert "婚姻登记核查" in before
    assert "市自然资源确权登记局" not in before
    assert "市自然资源确权登记局" in words(authority.get(f"/cases/{case.case_no}"))
    finish(house, case.case_id, "operator_clerk", "request", {"purpose": "办理核查"})
    finish(house, case.case_id, "verification_authority", "confirm", {"data_compared": True, "logic_checked": True})
    assert "市自然资源确权登记局" in words(clerk_page.get(f"/cases/{case.case_no}"))

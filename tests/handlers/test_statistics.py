"""Collection of pending cases, and the lists and counts over applications."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from connectors.sandbox import RunningSandbox
from engine.records import case_file_item, cases
from engine.scenarios import Stage, settle
from handlers.eligibility import statistics
from handlers.eligibility.collection import Collected, collect

DOMAINS = ("eligibility",)


def collected(stage: Stage) -> Collected:
    services = SimpleNamespace(connectors=stage.engine.services.connectors, engine=stage.engine, files=None)
    return collect(services, limit=7)


@pytest.mark.requirement("SH-015.R3", "SH-015.R4", "SH-015.R5")
def test_pending_cases_are_collected_in_batches_once(stage: Stage, sandbox: RunningSandbox) -> None:
    found = collected(stage)
    assert len(found.case_nos) == 40
    assert found.problems == {}
    settle(stage)
    waiting = [stage.engine.case(number) for number in found.case_nos.values()]
    assert {case.channel for case in waiting} == {"一网通办", "随申办"}
    opened = [task.element_id for case in waiting for task in stage.engine.tasks_of(case.id, open_only=True)]
    assert {name: opened.count(name) for name in set(opened)} == {"pre_review": 38, "recheck_judge": 2}
    number, ours = next(iter(found.case_nos.items()))
    form = stage.engine.case_file_scope(stage.engine.case(ours).id)["application"]
    assert form["repository_case_no"] == number
    assert form["housing"]["living_type"] == "未申报"
    pushed = sandbox.ledger.get("case_repository", "case", number)
    assert pushed is not None
    assert pushed["state"] == "submitted"
    assert collected(stage).case_nos == {}
    with stage.engine.database.connect() as connection:
        assert connection.execute(select(func.count()).select_from(cases)).scalar_one() == 40


@pytest.mark.requirement("SH-022.R1", "SH-022.R2", "SH-022.R3", "SH-048.R3")
def test_lists_and_counts_over_applications(stage: Stage) -> None:
    collected(stage)
    settle(stage)
    today, calendar = stage.clock.today(), stage.engine.calendar()
    with stage.engine.database.connect() as connection:
        rows, states = statistics.countdown(connection, calendar, today)
        assert states == {"normal": 40}
        assert {row["remaining_working_days"] for row in rows} == {20, 30}
        later = date(2027, 1, 8)
        _, states = statistics.countdown(connection, calendar, later)
        assert states.keys() <= {"overdue", "soon"}
        late = statistics.overdue(connection, calendar, later)
        assert late
        assert all(row["remaining_working_days"] < 0 for row in late)
        assert [row["org_unit"] for row in late] == sorted(row["org_unit"] for row in late)
        in_stage = statistics.case_details(connection, process_key="public_rental", stage="复核资格判断")
        assert len(in_stage) == 2
        assert statistics.case_details(connection, since=date(2030, 1, 1)) == []
        found = statistics.statistics(connection, date(2026, 1, 1), date(2026, 12, 31), today)
        assert statistics.statistics(connection, date(2026, 1, 1), date(2026, 12, 31), today, units=())["total"] == 0
        assert connection.execute(select(func.count()).select_from(case_file_item)).scalar_one() > 40
    assert found["total"] == 40
    assert found["by_type"] == {"公租房": 40}
    assert found["by_month"] == {"2026-11": 40}
    for name in ("by_district", "by_age", "by_employment", "by_family_size", "by_income"):
        assert sum(found[name].values()) == 40
    assert {"name", "contact", "submitted_at", "type", "family_size", "income_yuan"} == set(found["applicants"][0])

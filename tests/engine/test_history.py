"""The chain of events: nobody changes, removes or reorders a record unseen; a replay comes to the same values or says where not."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from engine import canonical
from tests.engine.house import CLERK, House, drawing, one_job, one_task

FORGERIES = {
    "a value": "UPDATE audit_event SET data = replace(data, 'approve', 'reject') WHERE kind = 'task.completed'",
    "a name": "UPDATE audit_event SET actor_name = '别人' WHERE seq = 3",
    "a time": "UPDATE audit_event SET at = '2026-11-20T00:00:00.000000Z' WHERE seq = 2",
    "a deletion": "DELETE FROM audit_event WHERE seq = 2",
    "a cut tail": "DELETE FROM audit_event WHERE seq = (SELECT max(seq) FROM audit_event)",
    "an order": "UPDATE audit_event SET seq = 99 WHERE seq = 2",
    "a fact": "UPDATE case_file_item SET value = '{\"name\":\"赵六\"}' WHERE name = 'application'",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_found(house: House, forgery: str) -> None:
    house.deploy(one_task())
    case_id = house.start()
    house.do(case_id, outcome="approve")
    assert house.engine.verify_chain(case_id).intact
    with house.database.begin() as connection:
        assert connection.execute(text(FORGERIES[forgery])).rowcount == 1
    report = house.engine.verify_chain(case_id)
    assert not report.intact and report.reason
    checked, broken = house.engine.verify_all()
    assert (checked, [r.case_id for r in broken]) == (1, [case_id])


def test_forged_evidence_is_found(house: House) -> None:
    house.deploy(one_job())
    case_id = house.start()
    house.engine.run_jobs()
    with house.database.begin() as connection:
        connection.execute(text("UPDATE evidence SET raw = x'78'"))
    assert not house.engine.evidence(case_id)[0].intact
    assert not house.engine.verify_chain(case_id).intact


def test_the_case_file_as_of_an_event_has_the_hash_recorded_then(house: House) -> None:
    found = (
        drawing().start().user("a").script("sum", "1 + 1").user("b").end().chain("start_1", "a", "sum", "b", "end_1")
    )
    house.deploy(found)
    case_id = house.start()
    house.do(case_id, x=1)
    house.do(case_id, y=2)
    events = house.engine.events(case_id)
    steps = [event for event in events if "case_file" in event.data]
    ends = [step.seq - 1 for step in steps[1:]] + [events[-1].seq]
    assert len(steps) == 3
    for step, end in zip(steps, ends, strict=True):
        assert house.engine.case_file_digest(case_id, end) == step.data["case_file"]
    assert "sum" not in house.engine.case_file(case_id, ends[0])
    assert house.engine.marking(case_id, ends[0])[0][2] == "a"
    assert house.engine.marking(case_id) == []


def test_a_replay_names_the_first_event_that_differs(house: House) -> None:
    found = (
        drawing().start().user("a").script("sum", "a.x + 1").user("b").end().chain("start_1", "a", "sum", "b", "end_1")
    )
    house.deploy(found)
    case_id = house.start()
    house.do(case_id, x=1)
    house.do(case_id)
    assert house.engine.replay(case_id).same
    with house.database.begin() as connection:
        connection.execute(text("UPDATE case_file_item SET value = '3' WHERE name = 'sum'"))
    report = house.engine.replay(case_id)
    completed = next(e.seq for e in house.engine.events(case_id) if e.kind == "task.completed")
    assert (report.same, report.divergence_seq) == (False, completed)
    assert "sum" in report.divergence


def test_events_say_who_in_which_post_and_where(house: House) -> None:
    house.deploy(one_task())
    case_id = house.start()
    house.do(case_id, outcome="approve")
    event = next(e for e in house.engine.events(case_id) if e.kind == "task.completed")
    assert (event.actor_id, event.actor_post, event.actor_org_unit) == (CLERK.user_id, CLERK.post, CLERK.org_unit)
    assert (event.element_id, event.data["outcome"], event.data["item"]) == ("decide", "approve", "decide")
    assert ["completed", "p", "gate", ""] in event.data["trace"]
    assert house.engine.find_events(actor_id=CLERK.user_id, kind="task.completed").total == 1
    progress = house.engine.progress(case_id)
    assert [s.status for s in progress.steps] == ["done"] and ("p", "yes") in progress.visited


def test_reading_is_an_event_too(house: House) -> None:
    house.deploy(one_task())
    case_id = house.start()
    house.engine.record_read(case_id, CLERK, "plaintext:id_no", "核对身份")
    (read,) = house.engine.reads(case_id)
    assert (read["actor_name"], read["what"], read["reason"]) == (CLERK.name, "plaintext:id_no", "核对身份")
    assert house.engine.reads(actor_id=CLERK.user_id)[0]["case_id"] == case_id


def test_the_export_for_process_mining_has_one_trace_a_case(house: House) -> None:
    house.deploy(one_task())
    ids = [house.start(), house.start()]
    log = house.engine.export_xes(ids).decode()
    assert log.count("<trace>") == 2 and "T2026-0002" in log and "王五" not in log


def test_equal_values_have_equal_text() -> None:
    from decimal import Decimal

    assert canonical.dumps({"b": Decimal("1.50"), "a": Decimal(2)}) == canonical.dumps({"a": 2, "b": 1.5})
    assert canonical.dumps({"名": "㛃"}) == '{"名":"㛃"}'

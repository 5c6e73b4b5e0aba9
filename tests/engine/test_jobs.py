"""Outside calls: asked by a worker, tried again with back-off, kept with their evidence, never stored twice."""

from __future__ import annotations

import pytest

from engine import (
    BusinessFault,
    ContractBroken,
    HandlerContext,
    IllegalTransition,
    Rejected,
    StepFailed,
    Unavailable,
    ValidationFailed,
)
from tests.engine.house import ADMIN, CLERK, House, drawing, one_job, one_task


def test_a_job_is_run_by_a_worker_and_its_evidence_is_kept(any_house: House) -> None:
    any_house.deploy(one_job())
    case_id = any_house.start()
    assert any_house.outside.keys == [] and any_house.open(case_id) == []
    assert any_house.engine.run_jobs() == 1
    (task,) = any_house.open(case_id)
    assert task.element_id == "after"
    item = any_house.engine.case_file(case_id)["evidence.real_estate"]
    assert item.value["params"] == {"who": "王五", "kind": "plain"} and item.value["verdict"] == "pass"
    (proof,) = any_house.engine.evidence(case_id)
    assert (proof.raw, proof.intact, proof.system) == (b'{"own":0}', True, "real_estate")
    assert item.value["evidence_id"] == item.evidence_id == proof.id
    assert any_house.engine.case(case_id).verification == "pass"
    assert any_house.do(case_id).ended
    assert any_house.engine.replay(case_id).same
    assert any_house.engine.verify_chain(case_id).intact


def test_an_unavailable_system_is_asked_again_after_each_wait_with_the_same_key(house: House) -> None:
    house.outside.answers = [Unavailable(), Unavailable()]
    house.deploy(one_job())
    case_id = house.start()
    assert house.engine.run_jobs() == 1
    assert house.engine.run_jobs() == 0
    house.clock.advance(minutes=1)
    assert house.engine.run_jobs() == 1
    house.clock.advance(minutes=4)
    assert house.engine.run_jobs() == 0
    house.clock.advance(minutes=1)
    assert house.engine.run_jobs() == 1
    assert len(house.outside.keys) == 3 and len(set(house.outside.keys)) == 1
    assert house.open(case_id)[0].element_id == "after"


def test_after_the_last_wait_an_incident_opens_and_a_retry_finishes_the_job(house: House) -> None:
    house.outside.answers = [Unavailable("不通")] * 3
    house.deploy(one_job())
    case_id = house.start()
    for _ in range(3):
        house.engine.run_jobs()
        house.clock.advance(minutes=10)
    assert house.engine.run_jobs() == 0
    (incident,) = house.engine.incidents().items
    assert (incident.kind, incident.code, incident.case_id, incident.element_id) == (
        "job",
        "unavailable",
        case_id,
        "check",
    )
    assert house.engine.jobs_of(case_id)[0].status == "incident"
    assert house.engine.retry_incident(incident.id, ADMIN).status == "resolved"
    assert house.engine.run_jobs() == 1
    assert house.do(case_id).ended and house.engine.incidents().total == 0
    with pytest.raises(IllegalTransition):
        house.engine.retry_incident(incident.id, ADMIN)


@pytest.mark.parametrize("error", [Rejected("拒绝"), ContractBroken("格式不符"), ValueError("bug")])
def test_a_refusal_a_broken_contract_or_a_bug_is_an_incident_at_once(house: House, error) -> None:
    house.outside.answers = [error]
    house.deploy(one_job())
    house.start()
    house.engine.run_jobs()
    (incident,) = house.engine.incidents().items
    assert incident.code == getattr(error, "code", "bug")
    assert bool(incident.traceback) == (incident.code == "bug")


def test_an_incident_is_skipped_only_with_a_reason_and_the_case_file_says_so(house: House) -> None:
    house.outside.answers = [Rejected("拒绝")]
    house.deploy(one_job())
    case_id = house.start()
    house.engine.run_jobs()
    (incident,) = house.engine.incidents().items
    with pytest.raises(ValidationFailed):
        house.engine.skip_incident(incident.id, ADMIN, "")
    house.engine.skip_incident(incident.id, ADMIN, "纸质证明已核", {"verdict": "manual", "own": 0})
    item = house.engine.case_file(case_id)["evidence.real_estate"].value
    assert (item["verdict"], item["own"]) == ("manual", 0) and "纸质证明已核" in item["summary"]
    assert house.do(case_id).ended
    assert house.engine.replay(case_id).same


def test_a_business_fault_takes_the_drawn_error_event(house: House) -> None:
    house.outside.answers = [BusinessFault("not_found", "查无此人")]
    house.deploy(one_job(error="not_found"))
    case_id = house.start()
    house.engine.run_jobs()
    assert [t.element_id for t in house.open(case_id)] == ["repair"]
    assert house.do(case_id).ended and house.engine.replay(case_id).same


def test_a_business_fault_that_nobody_drew_is_an_incident(house: House) -> None:
    house.outside.answers = [BusinessFault("other")]
    house.deploy(one_job(error="not_found"))
    house.start()
    house.engine.run_jobs()
    assert house.engine.incidents().total == 1


def test_a_zombies_late_result_is_refused(any_house: House) -> None:
    """B09: the lease runs out while the first worker is still talking; the second finishes; the first stores nothing."""
    done = []

    def slow(_ctx: HandlerContext) -> None:
        any_house.clock.advance(minutes=10)
        done.append(any_house.fresh().run_jobs())

    any_house.outside.answers = [slow]
    any_house.deploy(one_job())
    case_id = any_house.start()
    assert any_house.engine.run_jobs(limit=1) == 1
    assert done == [1]
    assert len(any_house.engine.evidence(case_id)) == 1
    assert len(any_house.engine.item_history(case_id, "evidence.real_estate")) == 1
    assert any_house.engine.jobs_of(case_id)[0].attempts == 2
    assert any_house.engine.verify_chain(case_id).intact


def test_a_withdrawn_case_takes_no_late_answer(house: House) -> None:
    def withdraw(ctx: HandlerContext) -> None:
        house.engine.withdraw_case(ctx.case.id, CLERK, "撤回", "w")

    house.outside.answers = [withdraw]
    house.deploy(one_job())
    case_id = house.start()
    house.engine.run_jobs()
    assert house.engine.evidence(case_id) == () and house.engine.case(case_id).status == "withdrawn"
    assert house.engine.jobs_of(case_id)[0].status == "cancelled"


def _local(house: House, *answers) -> None:
    left = list(answers)

    def work(ctx: HandlerContext):
        assert ctx.connection is not None
        answer = left.pop(0) if left else {"ok": True}
        if isinstance(answer, Exception):
            raise answer
        return answer

    house.registry.add("test.local", work)


def _with_local(error: str | None = None):
    found = drawing().start().user("first").service("local", "test.local").user("last").end()
    found.chain("start_1", "first", "local", "last", "end_1")
    if error:
        found.boundary_error("caught", "local", error).user("repair").flow("caught", "repair").flow("repair", "end_1")
    return found


def test_a_local_handler_runs_in_the_step(any_house: House) -> None:
    _local(any_house)
    any_house.deploy(_with_local())
    case_id = any_house.start()
    any_house.do(case_id)
    assert any_house.engine.case_file(case_id)["local"].value == {"ok": True}
    assert [t.element_id for t in any_house.open(case_id)] == ["last"]
    assert any_house.engine.replay(case_id).same


def test_a_failing_local_handler_does_not_take_the_persons_work_with_it(any_house: House) -> None:
    _local(any_house, ValueError("bug"), ValueError("bug"))
    any_house.deploy(_with_local())
    case_id = any_house.start()
    any_house.do(case_id)
    assert any_house.engine.case_file(case_id)["first"].value["outcome"] == "submit"
    (incident,) = any_house.engine.incidents().items
    assert (incident.kind, incident.element_id) == ("job", "local")
    any_house.engine.retry_incident(incident.id, ADMIN)
    assert any_house.engine.run_jobs() == 1
    (again,) = any_house.engine.incidents().items
    any_house.engine.retry_incident(again.id, ADMIN)
    assert any_house.engine.run_jobs() == 1
    assert [t.element_id for t in any_house.open(case_id)] == ["last"]
    assert any_house.engine.verify_chain(case_id).intact and any_house.engine.replay(case_id).same


def test_a_local_business_fault_takes_the_drawn_error_event(house: House) -> None:
    _local(house, BusinessFault("taken"))
    house.deploy(_with_local("taken"))
    case_id = house.start()
    house.do(case_id)
    assert [t.element_id for t in house.open(case_id)] == ["repair"]
    assert house.engine.replay(case_id).same


def test_a_step_that_the_model_cannot_make_is_an_incident_and_can_be_repeated(house: House) -> None:
    """A decision that no table answers: the person's task stays, the incident holds the command, a retry repeats it."""
    found = drawing().start().user("first").rule("rule", "missing_rule").user("last").end()
    house.deploy(
        found.chain("start_1", "first", "rule", "last", "end_1"), **{"processes/x/missing_rule.dmn": _table(2)}
    )
    with house.database.begin() as connection:
        connection.exec_driver_sql("UPDATE decision_definition SET effective_on = '2030-01-01'")
        connection.exec_driver_sql("UPDATE model_stamp SET value = value + 1")
    case_id = house.start()
    with pytest.raises(StepFailed) as caught:
        house.do(case_id, note="我写的")
    (incident,) = house.engine.incidents().items
    assert caught.value.details["incident"] == incident.number
    assert (incident.kind, incident.case_id) == ("step", case_id)
    assert house.open(case_id)[0].status == "claimed"
    with pytest.raises(StepFailed):
        house.engine.retry_incident(incident.id, ADMIN)
    with house.database.begin() as connection:
        connection.exec_driver_sql("UPDATE decision_definition SET effective_on = NULL")
        connection.exec_driver_sql("UPDATE model_stamp SET value = value + 1")
    house.engine.retry_incident(incident.id, ADMIN)
    assert [t.element_id for t in house.open(case_id)] == ["last"]
    assert house.engine.case_file(case_id)["first"].value["note"] == "我写的"
    assert house.engine.case_file(case_id)["rule"].value == 2


def _table(value: int, key: str = "missing_rule") -> bytes:
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">'
        f'<decision id="{key}" name="{key}"><variable name="{key}"/><decisionTable hitPolicy="UNIQUE">'
        '<input><inputExpression typeRef="string"><text>application.name</text></inputExpression></input>'
        f'<output name="out"/><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>{value}</text></outputEntry></rule>'
        "</decisionTable></decision></definitions>"
    ).encode()


def test_a_decision_keeps_version_inputs_and_rows_and_the_next_case_takes_the_next_version(house: House) -> None:
    found = drawing().start().rule("rule", "missing_rule").user("last").end()
    house.deploy(found.chain("start_1", "rule", "last", "end_1"), **{"processes/x/missing_rule.dmn": _table(1)})
    first = house.start()
    house.engine.deploy({"processes/x/missing_rule.dmn": _table(7)}, ADMIN)
    second = house.start()
    (old,), (new,) = house.engine.decision_records(first), house.engine.decision_records(second)
    assert [(r.version, r.outputs) for r in (old, new)] == [(1, 1), (2, 7)]
    assert new.inputs == {"application.name": "王五"} and new.rows[0]["rows"] == [1]
    assert house.engine.replay(first).same and house.engine.replay(second).same
    assert house.engine.try_decision("missing_rule", {"application": {"name": "a"}}).value == 7


def test_a_rule_published_for_later_counts_from_that_day(house: House) -> None:
    from datetime import UTC, datetime

    found = drawing().start().rule("rule", "missing_rule").user("last").end()
    house.deploy(found.chain("start_1", "rule", "last", "end_1"), **{"processes/x/missing_rule.dmn": _table(1)})
    later = datetime(2026, 12, 1, tzinfo=UTC)
    house.engine.deploy({"processes/x/missing_rule.dmn": _table(7)}, ADMIN, effective_at=later)
    before = house.start()
    house.clock.set(datetime(2026, 12, 1, 1, tzinfo=UTC))
    after = house.start()
    values = [house.engine.case_file(case_id)["rule"].value for case_id in (before, after)]
    assert values == [1, 7]


def test_an_endless_loop_is_refused_not_hung(house: House) -> None:
    found = drawing().start().user("first").script("spin", "1").xor("gate", "f_gate_spin").end()
    found.chain("start_1", "first", "spin", "gate").flow("gate", "spin").flow("gate", "end_1", "false")
    house.deploy(found)
    case_id = house.start()
    with pytest.raises(StepFailed):
        house.do(case_id)
    assert house.engine.incidents().items[0].code == "budget_exceeded"
    assert house.open(case_id)[0].element_id == "first"


def test_an_unregistered_topic_is_refused_at_deployment(house: House) -> None:
    from engine import DeploymentRefused

    with pytest.raises(DeploymentRefused) as caught:
        house.deploy(drawing().start().service("s", "no.topic").end().chain("start_1", "s", "end_1"))
    assert any(p["element_id"] == "s" for p in caught.value.details["problems"])
    house.deploy(one_task())


def test_an_expression_that_costs_too_much_is_an_incident_soon(house: House) -> None:
    costly = "count(for a in 1..9999, b in 1..9999, c in 1..9999 return a * b * c)"
    found = drawing().start().user("first").script("spin", costly).user("last").end()
    house.deploy(found.chain("start_1", "first", "spin", "last", "end_1"))
    case_id = house.start()
    with pytest.raises(StepFailed):
        house.do(case_id)
    (incident,) = house.engine.incidents().items
    assert (incident.code, incident.element_id) == ("budget_exceeded", "spin")

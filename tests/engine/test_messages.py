"""Messages, call activities, parallel branches and many instances, with names that are read innermost first."""

from __future__ import annotations

import pytest

from engine import NotFound
from tests.bpmn.drawing import extension
from tests.engine.house import CLERK, CLERK_2, REVIEWER, House, drawing


def test_a_message_reaches_the_one_case_that_waits_for_it(any_house: House) -> None:
    found = drawing().start().message("wait", "paid").user("after").end().chain("start_1", "wait", "after", "end_1")
    any_house.deploy(found)
    first, second = any_house.start(), any_house.start()
    number = any_house.engine.case(second).case_no
    receipt = any_house.engine.correlate("paid", number, {"amount_fen": 100}, CLERK, "m1")
    assert receipt.case_id == second
    assert any_house.engine.correlate("paid", number, {"amount_fen": 100}, CLERK, "m1") == receipt
    assert any_house.open(first) == [] and len(any_house.open(second)) == 1
    assert any_house.engine.case_file(second)["wait"].value == {"amount_fen": 100}
    with pytest.raises(NotFound):
        any_house.engine.correlate("paid", number, {}, CLERK, "m2")
    assert any_house.engine.replay(second).same


def test_the_same_block_called_twice_keeps_its_results_apart(house: House) -> None:
    block = drawing("review").start().user("decide", properties={"outcomes": "approve,reject"}, groups="=params.group")
    block.end().chain("start_1", "decide", "end_1")
    into = '<camunda:in source="{0}" target="group"/>'
    first = '<camunda:in sourceExpression="=&quot;operator_clerk&quot;" target="group"/>'
    second = '<camunda:in sourceExpression="=&quot;first_reviewer&quot;" target="group"/>'
    assert into
    out = '<camunda:out sourceExpression="=decide.outcome" target="{0}"/>'
    found = drawing().start().call("one", "review", first + out.format("one_result"))
    found.call("two", "review", second + out.format("two_result")).end().chain("start_1", "one", "two", "end_1")
    house.deploy(block, found)
    case_id = house.start()
    house.do(case_id, CLERK, "approve")
    assert house.do(case_id, REVIEWER, "reject").ended
    scope = house.engine.case_file_scope(case_id)
    assert (scope["one"]["decide"]["outcome"], scope["two"]["decide"]["outcome"]) == ("approve", "reject")
    assert (scope["one_result"], scope["two_result"]) == ("approve", "reject")
    assert house.engine.replay(case_id).same


def test_parallel_branches_cannot_overwrite_each_other(house: House) -> None:
    found = drawing().start().both("fork").user("a").user("b").both("join").script("sum", "a.n + b.n").end()
    found.chain("start_1", "fork", "a", "join", "sum", "end_1").flow("fork", "b").flow("b", "join")
    house.deploy(found)
    case_id = house.start()
    house.do(case_id, element="b", n=2)
    assert house.do(case_id, element="a", n=1).ended
    assert house.engine.case_file(case_id)["sum"].value == 3
    assert house.engine.replay(case_id).same


def test_countersigning_collects_every_verdict(house: House) -> None:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="=application.people" camunda:elementVariable="who">'
        '<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">false</bpmn:completionCondition>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    found = drawing().start()
    inner = extension({"outcomes": "approve,reject"}) + loop
    found.node(
        "userTask", "sign", inner, name="会签", camunda__candidateGroups="operator_clerk", camunda__assignee="=who"
    )
    found.script("count", 'count(sign[outcome = "approve"])').end()
    house.deploy(found.chain("start_1", "sign", "count", "end_1"))
    case_id = house.start(form={"name": "王", "people": ["clerk", "clerk2"]})
    assert {t.assignee_id for t in house.open(case_id)} == {"clerk", "clerk2"}
    for actor, outcome in ((CLERK, "approve"), (CLERK_2, "reject")):
        (task,) = [t for t in house.open(case_id) if t.assignee_id == actor.user_id]
        house.engine.complete_task(task.id, task.revision, actor, outcome, {}, house.key())
    assert house.engine.case(case_id).status == "closed"
    assert house.engine.case_file(case_id)["count"].value == 1
    assert house.engine.replay(case_id).same


def test_the_clock_of_expressions_is_the_engines(house: House) -> None:
    found = drawing().start().script("day", "string(today())").user("t").end().chain("start_1", "day", "t", "end_1")
    house.deploy(found)
    case_id = house.start()
    assert house.engine.case_file(case_id)["day"].value == "2026-11-23"
    house.clock.advance(days=9)
    assert house.engine.replay(case_id).same


def test_a_send_back_loop_may_go_round_often(house: House) -> None:
    found = drawing().start().user("work", properties={"outcomes": "again,done"}).xor("gate", "f_gate_work").end()
    found.chain("start_1", "work", "gate").flow("gate", "end_1", 'work.outcome = "done"').flow("gate", "work")
    house.deploy(found)
    case_id = house.start()
    for _ in range(20):
        house.do(case_id, outcome="again")
    assert house.do(case_id, outcome="done").ended
    assert len(house.engine.item_history(case_id, "work")) == 21
    assert house.engine.replay(case_id).same


def test_a_case_file_of_a_thousand_items_is_read_whole(house: House) -> None:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="=application.rows" camunda:elementVariable="row"/>'
    )
    found = (
        drawing().start().node("scriptTask", "each", loop + "<bpmn:script>row * 2</bpmn:script>", scriptFormat="feel")
    )
    found.service("check").user("after").end().chain("start_1", "each", "check", "after", "end_1")
    house.deploy(found)
    case_id = house.start(form={"name": "王", "rows": list(range(450))})
    assert house.engine.run_jobs() == 1
    assert house.engine.case_file(case_id)["each"].value[-1] == 898
    assert len(house.engine.case_file(case_id)) > 450
    assert house.do(case_id).ended and house.engine.replay(case_id).same

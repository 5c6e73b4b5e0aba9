"""Combinations that diagrams of authorities hold sooner or later, each saved and loaded between any two steps."""

from __future__ import annotations

import pytest

from engine.bpmn import Execution, compile_process
from engine.errors import ModelFault
from tests.bpmn.desk import Desk, ride
from tests.bpmn.drawing import Drawing, embedded, extension, multi, timer_definition


def test_a_message_start_begins_a_case_and_the_start_can_be_chosen() -> None:
    d = Drawing().message("letter", "来信", "startEvent").start("counter").user("a").user("b").end()
    definition = compile_process(d.chain("letter", "a", "end_1").chain("counter", "b", "end_1").xml())
    for start, first in ((None, "b"), ("letter", "a"), ("counter", "b")):
        execution = Execution.begin(definition, Desk(), start)
        execution.run()
        assert [w.position.element.id for w in execution.waits()] == [first]
    with pytest.raises(ModelFault):
        Execution.begin(definition, Desk(), "nowhere")


def test_a_multi_instance_of_services_parks_a_job_each_and_gathers_the_answers() -> None:
    d = Drawing().start().service("check", inner=multi("=people")).end().chain("start_1", "check", "end_1")
    rider = ride(d.xml(), Desk({"people": ["甲", "乙"]}))
    assert [w.kind for w in rider.execution.waits()] == ["job", "job"]
    rider.complete("check", {"pass": 1}, ("check#1",)).complete("check", {"pass": 0}, ("check#0",))
    assert rider.ended and rider.desk.file["check"] == [{"pass": 0}, {"pass": 1}]
    at_once = ride(d.xml(), Desk({"people": ["甲", "乙"]}, park=False))
    assert at_once.ended and len(at_once.desk.file["check"]) == 2


def test_a_multi_instance_sub_process_keeps_its_names_apart() -> None:
    inner = Drawing().start("is").user("iu").end("ie").chain("is", "iu", "ie")
    d = Drawing().start().node("subProcess", "sub", embedded("sub", inner, loop=multi("=flats", variable="flat"))).end()
    rider = ride(d.chain("start_1", "sub", "end_1").xml(), Desk({"flats": [{"no": 1}, {"no": 2}]}))
    assert rider.paths() == ["sub#0/iu", "sub#1/iu"]
    assert [w.position.locals["flat"] for w in rider.execution.waits()] == [{"no": 1}, {"no": 2}]
    rider.complete("iu", {"ok": 1}, ("sub#0",)).complete("iu", {"ok": 2}, ("sub#1",))
    assert rider.ended and rider.desk.file["sub#1.iu"] == {"ok": 2}


def test_the_outputs_of_multi_instance_calls_become_lists() -> None:
    inner = Drawing("inner").start("s").user("u").end("e").chain("s", "u", "e").xml()
    d = Drawing().start().call("c", "inner", '<camunda:out source="u" target="verdicts"/>', multi("=[1, 2]")).end()
    rider = ride(d.chain("start_1", "c", "end_1").xml(), called={"inner": inner})
    rider.complete("u", "b", ("c#1",)).complete("u", "a", ("c#0",))
    assert rider.ended and rider.desk.file["verdicts"] == ["a", "b"]


def test_a_timer_on_a_countersign_takes_all_signers_away() -> None:
    d = Drawing().start().user("sign", multi("=[1, 2]")).boundary_timer("late", "sign").user("chase").end()
    rider = ride(d.chain("start_1", "sign", "end_1").chain("late", "chase", "end_1").xml())
    assert rider.open() == ["late", "sign", "sign"]
    assert rider.fire("late").open() == ["chase"] and rider.visited("cancelled").count("sign") == 3


def test_a_message_beside_a_task_may_come_again() -> None:
    d = (
        Drawing()
        .start()
        .user("u")
        .message("note", "补充材料", "boundaryEvent", attachedToRef="u", cancelActivity="false")
    )
    d.script("file", "1").end().end("e2").chain("start_1", "u", "end_1").chain("note", "file", "e2")
    rider = ride(d.xml()).receive("note").receive("note")
    assert rider.open() == ["note", "u"] and rider.visited().count("file") == 2
    assert rider.complete("u").ended


def test_an_error_in_one_instance_ends_them_all_by_the_error_event() -> None:
    d = (
        Drawing()
        .start()
        .service("check", inner=multi("=[1, 2, 3]"))
        .boundary_error("bad", "check", "E")
        .user("fix")
        .end()
    )
    rider = ride(d.chain("start_1", "check", "end_1").chain("bad", "fix", "end_1").xml())
    token = rider.token("check", ("check#1",))
    assert rider.execution.fail(token, "E")
    rider._settle()
    assert rider.open() == ["fix"]


def test_an_event_sub_process_catches_errors_of_its_scope() -> None:
    inner = (
        Drawing()
        .node("startEvent", "is", '<bpmn:errorEventDefinition errorRef="E"/>')
        .user("iu")
        .end("ie")
        .chain("is", "iu", "ie")
    )
    d = Drawing(declarations='<bpmn:error id="E" name="e" errorCode="E1"/>').start().service("s").end()
    d.node("subProcess", "handle", embedded("handle", inner), triggeredByEvent="true").chain("start_1", "s", "end_1")
    rider = ride(d.xml())
    assert rider.open() == ["s"]
    assert rider.fail("s", "E1") and rider.open() == ["iu"]
    assert rider.complete("iu").ended and rider.execution.end_element_id == "ie"


def test_a_timer_event_sub_process_reminds_once_beside_the_work() -> None:
    inner = (
        Drawing()
        .node("startEvent", "is", timer_definition("P20D"), isInterrupting="false")
        .user("iu")
        .end("ie")
        .chain("is", "iu", "ie")
    )
    d = (
        Drawing()
        .start()
        .user("u")
        .end()
        .node("subProcess", "remind", embedded("remind", inner), triggeredByEvent="true")
    )
    rider = ride(d.chain("start_1", "u", "end_1").xml())
    assert rider.fire("is").open() == ["iu", "u"]
    assert not rider.complete("u").ended and rider.complete("iu").ended


def test_a_receive_task_waits_for_its_message() -> None:
    d = Drawing(declarations='<bpmn:message id="M" name="回函"/>').start()
    d.node("receiveTask", "r", extension({"correlation_key": '="K-" + case.case_no'}), messageRef="M").boundary_timer(
        "late", "r"
    ).end()
    rider = ride(d.chain("start_1", "r", "end_1").chain("late", "end_1").xml())
    wait = next(w for w in rider.execution.waits() if w.kind == "message")
    assert (wait.message, wait.correlation) == ("回函", "K-C-1")
    assert rider.receive("r").ended


def test_a_message_that_is_thrown_is_a_job_also_at_the_end() -> None:
    body = '<bpmn:messageEventDefinition camunda:type="external" camunda:topic="test.send"/>'
    d = Drawing().start().node("intermediateThrowEvent", "t", body).end("done", body).chain("start_1", "t", "done")
    rider = ride(d.xml())
    assert rider.open() == ["t"] and rider.complete("t").open() == ["done"]
    assert rider.complete("done").ended and rider.execution.end_element_id == "done"


def test_outputs_of_a_task_are_written_when_it_completes() -> None:
    mapping = '<camunda:inputOutput><camunda:outputParameter name="verdict">=u.outcome</camunda:outputParameter></camunda:inputOutput>'
    d = Drawing().start().node("userTask", "u", extension(None, mapping)).end().chain("start_1", "u", "end_1")
    assert ride(d.xml()).complete("u", {"outcome": "approve"}).desk.file["verdict"] == "approve"


def test_an_inclusive_pair_in_a_loop_meets_each_round() -> None:
    d = (
        Drawing()
        .start()
        .xor("m")
        .node("inclusiveGateway", "o")
        .user("a")
        .user("b")
        .node("inclusiveGateway", "j")
        .xor("x", "f_x_m")
        .end()
    )
    d.chain("start_1", "m", "o").flow("o", "a", "n < 9").flow("o", "b", "n < 1").chain("a", "j").chain("b", "j")
    rider = ride(d.chain("j", "x", "m").flow("x", "end_1", "a.n = 2").xml(), Desk({"n": 0}))
    assert rider.open() == ["a", "b"] and rider.complete("a", {"n": 1}).open() == ["b"]
    rider.complete("b")
    rider.desk.file["n"] = 5
    assert rider.open() == ["a", "b"]
    assert rider.complete("b").complete("a", {"n": 2}).ended


def test_two_flows_between_the_same_nodes_are_two_tokens() -> None:
    d = (
        Drawing()
        .start()
        .both("s")
        .both("j")
        .user("u")
        .end()
        .chain("start_1", "s", "j")
        .flow("s", "j")
        .chain("j", "u", "end_1")
    )
    assert ride(d.xml()).open() == ["u"]


def test_surplus_tokens_at_a_join_wait_for_their_own_round() -> None:
    d = (
        Drawing()
        .start()
        .both("s")
        .user("a")
        .user("b")
        .user("c")
        .xor("m")
        .both("j")
        .user("after")
        .end()
        .chain("start_1", "s")
    )
    d.chain("s", "a", "m").chain("s", "b", "m", "j").chain("s", "c", "j").chain("j", "after", "end_1")
    rider = ride(d.xml()).complete("a").complete("b")
    assert rider.open() == ["c"]
    assert rider.complete("c").open() == ["after"] and not rider.complete("after").ended


def test_a_call_with_error_and_timer_events_can_be_left_by_either() -> None:
    inner = Drawing("inner").start("s").service("job").end("e").chain("s", "job", "e").xml()
    d = (
        Drawing()
        .start()
        .call("c", "inner")
        .boundary_error("bad", "c")
        .boundary_timer("late", "c")
        .user("x")
        .user("y")
        .end()
    )
    xml = d.chain("start_1", "c", "end_1").chain("bad", "x", "end_1").chain("late", "y", "end_1").xml()
    rider = ride(xml, called={"inner": inner})
    assert rider.fail("job", "ANY") and rider.open() == ["x"]
    assert ride(xml, called={"inner": inner}).fire("late").open() == ["y"]


def test_a_long_diagram_neither_exhausts_the_stack_nor_the_budget() -> None:
    names = [f"n{i}" for i in range(590)]
    d = Drawing().start()
    for name in names:
        d.script(name, "1")
    assert ride(d.end().chain("start_1", *names, "end_1").xml()).ended

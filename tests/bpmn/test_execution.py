"""Diagrams run as drawn, saved and loaded between any two steps."""

from __future__ import annotations

import pytest

from engine.bpmn import Budget, Execution, compile_process
from engine.errors import BudgetExceeded, BusinessFault, IllegalTransition, ModelFault
from tests.bpmn.desk import Desk, ride
from tests.bpmn.drawing import Drawing, embedded, multi


def test_a_sequence_of_all_task_kinds_waits_where_a_person_or_a_job_is_needed() -> None:
    d = (
        Drawing()
        .start()
        .user("u")
        .service(
            "s",
            extra='<camunda:inputOutput><camunda:inputParameter name="a">=u.n</camunda:inputParameter></camunda:inputOutput>',
        )
    )
    d.script("c", "u.n + 1", "sum").rule("r", "table", "verdict").end().chain("start_1", "u", "s", "c", "r", "end_1")
    rider = ride(d.xml())
    assert rider.open() == ["u"]
    rider.complete("u", {"n": 4})
    assert rider.open() == ["s"] and rider.execution.waits()[0].kind == "job"
    rider.complete("s", {"ok": True})
    assert rider.ended and rider.execution.end_element_id == "end_1"
    assert rider.desk.file["sum"] == 5 and rider.desk.file["verdict"] == {"decision": "table"}


def test_a_handler_that_is_done_at_once_does_not_park_the_token() -> None:
    rider = ride(Drawing().start().service("s").end().chain("start_1", "s", "end_1").xml(), Desk(park=False))
    assert rider.ended and rider.desk.file["s"]["ok"] is True


def xor() -> Drawing:
    d = Drawing().start().user("u").xor("x", "f_x_no").user("yes").user("no").end()
    d.chain("start_1", "u", "x").flow("x", "yes", 'u.outcome = "approve"').flow("x", "no")
    return d.chain("yes", "end_1").chain("no", "end_1")


@pytest.mark.parametrize(("outcome", "where"), [("approve", "yes"), ("reject", "no")])
def test_an_exclusive_gateway_takes_the_first_true_flow_else_the_default(outcome: str, where: str) -> None:
    assert ride(xor().xml()).complete("u", {"outcome": outcome}).open() == [where]


def test_a_gateway_without_a_way_is_a_model_fault_and_the_saved_state_is_untouched() -> None:
    d = Drawing().start().user("u").xor("x").end().end("end_2").chain("start_1", "u", "x")
    d.flow("x", "end_1", "u.n = 1").flow("x", "end_2", "u.n = 2")
    rider = ride(d.xml())
    state = rider.states[-1]
    with pytest.raises(ModelFault):
        rider.complete("u", {"n": 3})
    again = Execution.load(rider.definition, state, rider.desk)
    assert [w.position.element.id for w in again.waits()] == ["u"]


def test_parallel_branches_meet_at_the_join_in_any_order() -> None:
    d = Drawing().start().both("a").user("u1").user("u2").user("u3").both("j").user("after").end()
    d.chain("start_1", "a")
    for name in ("u1", "u2", "u3"):
        d.chain("a", name, "j")
    d.chain("j", "after", "end_1")
    rider = ride(d.xml())
    assert rider.open() == ["u1", "u2", "u3"]
    for name in ("u3", "u1", "u2"):
        assert "after" not in rider.open()
        rider.complete(name)
    assert rider.open() == ["after"]
    assert rider.complete("after").ended


def test_an_interrupting_boundary_timer_replaces_the_task_and_a_plain_one_adds_to_it() -> None:
    for interrupting in (True, False):
        d = (
            Drawing()
            .start()
            .user("u")
            .boundary_timer("late", "u", interrupting=interrupting)
            .user("chase")
            .end()
            .end("end_2")
        )
        d.chain("start_1", "u", "end_1").chain("late", "chase", "end_2")
        rider = ride(d.xml())
        assert [w.due for w in rider.execution.waits() if w.kind == "timer"] == ["P5D"]
        rider.fire("late")
        assert rider.open() == (["chase"] if interrupting else ["chase", "u"])
        if not interrupting:
            rider.complete("u")
        assert rider.complete("chase").ended


def test_a_boundary_timer_disappears_with_its_task() -> None:
    d = Drawing().start().user("u").boundary_timer("late", "u").user("v").end().end("end_2")
    rider = ride(d.chain("start_1", "u", "v", "end_1").chain("late", "end_2").xml()).complete("u")
    assert rider.open() == ["v"]


def test_a_cycle_timer_fires_again_and_again_while_the_task_is_open() -> None:
    d = (
        Drawing()
        .start()
        .user("u")
        .boundary_timer("remind", "u", "R3/P1D", False, "timeCycle")
        .script("note", "1")
        .end()
        .end("end_2")
    )
    rider = ride(d.chain("start_1", "u", "end_1").chain("remind", "note", "end_2").xml())
    for count in (1, 2, 3):
        rider.fire("remind")
        assert [w.fired for w in rider.execution.waits() if w.kind == "timer"] == [count]
    assert rider.open() == ["remind", "u"] and rider.complete("u").ended
    assert rider.visited().count("note") == 3


def test_intermediate_timers_and_messages_wait_with_due_and_key() -> None:
    d = Drawing().start().timer("notice", "", properties={"working_days": "=days"}).message("reply", "附件已收到").end()
    rider = ride(d.chain("start_1", "notice", "reply", "end_1").xml(), Desk({"days": 7}))
    wait = rider.execution.waits()[0]
    assert (wait.kind, wait.due) == ("timer", 7)
    with pytest.raises(IllegalTransition):
        rider.execution.complete(wait.position.token_id)
    rider.fire("notice")
    wait = rider.execution.waits()[0]
    assert (wait.kind, wait.message, wait.correlation) == ("message", "附件已收到", "C-1")
    assert rider.receive("reply").ended


def test_the_first_event_behind_an_event_based_gateway_wins() -> None:
    for first, second in (("t", "m"), ("m", "t")):
        d = Drawing().start().node("eventBasedGateway", "g").timer("t").message("m", "回复").user("ut").user("um").end()
        d.chain("start_1", "g").chain("g", "t", "ut", "end_1").chain("g", "m", "um", "end_1")
        rider = ride(d.xml())
        assert rider.open() == ["m", "t"]
        getattr(rider, "fire" if first == "t" else "receive")(first)
        assert rider.open() == [f"u{first}"] and second not in rider.open()
        assert rider.complete(f"u{first}").ended


def review() -> bytes:
    d = Drawing("review").start("s").user("decide").xor("x", "f_x_e").user("approve").end("e")
    return (
        d.chain("s", "decide", "x").flow("x", "approve", "params.two = true").flow("x", "e").chain("approve", "e").xml()
    )


CALL = '<camunda:in sourceExpression="{two}" target="two"/><camunda:out source="decide" target="{name}_result"/>'


def test_call_activities_have_their_own_parameters_and_names() -> None:
    d = Drawing().start().end().both("a").both("j")
    d.call("first", "review", CALL.format(two="true", name="first")).call(
        "second", "review", CALL.format(two="false", name="second")
    )
    d.chain("start_1", "a").chain("a", "first", "j").chain("a", "second", "j").chain("j", "end_1")
    rider = ride(d.xml(), called={"review": review()})
    assert rider.paths() == ["first/decide", "second/decide"]
    assert {tuple(w.position.path): w.position.locals for w in rider.execution.waits()} == {
        ("first",): {"params": {"two": True}},
        ("second",): {"params": {"two": False}},
    }
    rider.complete("decide", {"outcome": "x"}, ("first",)).complete("decide", {"outcome": "y"}, ("second",))
    assert rider.paths() == ["first/approve"]
    assert rider.desk.file["second_result"] == {"outcome": "y"}
    assert rider.complete("approve").ended and rider.desk.file["first_result"] == {"outcome": "x"}
    assert rider.desk.file["first.decide"] == {"outcome": "x"}


def test_calls_within_calls_join_their_names() -> None:
    outer = (
        Drawing("outer")
        .start("s")
        .call("inner", "review", CALL.format(two="false", name="r"))
        .end("e")
        .chain("s", "inner", "e")
        .xml()
    )
    d = Drawing().start().call("c", "outer").end().chain("start_1", "c", "end_1")
    rider = ride(d.xml(), called={"outer": outer, "review": review()})
    assert rider.paths() == ["c/inner/decide"]
    assert rider.complete("decide", {"outcome": "ok"}).ended
    assert rider.desk.file["c.inner.decide"] == {"outcome": "ok"} and rider.desk.file["c.r_result"] == {"outcome": "ok"}


def test_a_boundary_event_on_a_call_takes_the_whole_call_away() -> None:
    d = Drawing().start().call("c", "review").boundary_timer("late", "c").user("chase").end()
    rider = ride(d.chain("start_1", "c", "end_1").chain("late", "chase", "end_1").xml(), called={"review": review()})
    assert rider.open() == ["decide", "late"]
    rider.fire("late")
    assert rider.open() == ["chase"] and ("cancelled", "decide", ("c",)) in rider.history
    assert rider.complete("chase").ended


def test_an_error_goes_to_the_nearest_event_that_catches_it() -> None:
    inner = Drawing("inner").start("s").service("check").boundary_error("own", "check", "OWN").user("fix").end("e")
    inner.chain("s", "check", "e").chain("own", "fix", "e")
    d = Drawing().start().call("c", "inner").boundary_error("all", "c").user("outside").end()
    xml = d.chain("start_1", "c", "end_1").chain("all", "outside", "end_1").xml()
    rider = ride(xml, called={"inner": inner.xml()})
    assert rider.fail("check", "OWN") and rider.paths() == ["c/fix"]
    rider = ride(xml, called={"inner": inner.xml()})
    assert rider.fail("check", "OTHER") and rider.paths() == ["outside"]
    assert rider.complete("outside").ended


def test_an_error_that_nobody_catches_changes_nothing() -> None:
    rider = ride(Drawing().start().service("s").end().chain("start_1", "s", "end_1").xml())
    before = rider.execution.dump()
    assert not rider.execution.fail(rider.token("s"), "E1") and rider.execution.dump() == before


def test_a_fault_raised_within_the_step_takes_the_error_event_or_goes_on() -> None:
    d = Drawing().start().user("u").service("s").boundary_error("e", "s", "E1").user("fix").end()
    xml = d.chain("start_1", "u", "s", "end_1").chain("e", "fix", "end_1").xml()
    desk = Desk()
    desk.faults["s"] = "E1"
    assert ride(xml, desk).complete("u").open() == ["fix"]
    desk.faults["s"] = "E2"
    rider = ride(xml, desk)
    with pytest.raises(BusinessFault):
        rider.complete("u")


def test_an_error_end_event_leaves_the_call_by_its_error_event() -> None:
    inner = (
        Drawing("inner")
        .start("s")
        .user("u")
        .end("bad", '<bpmn:errorEventDefinition errorRef="E"/>')
        .chain("s", "u", "bad")
    )
    inner.declarations = '<bpmn:error id="E" name="拒绝" errorCode="REFUSED"/>'
    d = Drawing().start().call("c", "inner").boundary_error("r", "c", "REFUSED").user("after").end()
    rider = ride(d.chain("start_1", "c", "end_1").chain("r", "after", "end_1").xml(), called={"inner": inner.xml()})
    assert rider.complete("u").open() == ["after"]


def test_a_terminate_end_ends_its_own_scope_only() -> None:
    inner = (
        Drawing("inner").start("s").both("a").user("u").user("v").end("t", "<bpmn:terminateEventDefinition/>").end("e")
    )
    inner.chain("s", "a").chain("a", "u", "t").chain("a", "v", "e")
    d = Drawing().start().call("c", "inner").user("after").end().chain("start_1", "c", "after", "end_1")
    rider = ride(d.xml(), called={"inner": inner.xml()})
    assert rider.complete("u").open() == ["after"] and ("cancelled", "v", ("c",)) in rider.history


def test_a_countersign_opens_one_task_a_signer_and_gathers_their_results_in_order() -> None:
    d = Drawing().start().user("sign", multi("=signers")).user("after").end().chain("start_1", "sign", "after", "end_1")
    rider = ride(d.xml(), Desk({"signers": ["甲", "乙", "丙"]}))
    assert rider.paths() == ["sign#0/sign", "sign#1/sign", "sign#2/sign"]
    assert [w.position.locals["item"] for w in rider.execution.waits()] == ["甲", "乙", "丙"]
    for number in (2, 0, 1):
        rider.complete("sign", {"by": number}, (f"sign#{number}",))
    assert rider.open() == ["after"] and rider.desk.file["sign"] == [{"by": 0}, {"by": 1}, {"by": 2}]


def test_a_completion_condition_ends_a_countersign_early() -> None:
    d = (
        Drawing()
        .start()
        .user("sign", multi("=signers", completion='sign.outcome = "reject"'))
        .end()
        .chain("start_1", "sign", "end_1")
    )
    rider = ride(d.xml(), Desk({"signers": [1, 2, 3]}))
    rider.complete("sign", {"outcome": "approve"}, ("sign#1",))
    assert rider.paths() == ["sign#0/sign", "sign#2/sign"]
    assert rider.complete("sign", {"outcome": "reject"}, ("sign#2",)).ended
    assert rider.desk.file["sign"] == [{"outcome": "approve"}, {"outcome": "reject"}]


def test_a_sequential_multi_instance_goes_one_by_one() -> None:
    d = (
        Drawing()
        .start()
        .user("sign", multi("=signers", sequential=True, variable="signer"))
        .end()
        .chain("start_1", "sign", "end_1")
    )
    rider = ride(d.xml(), Desk({"signers": ["甲", "乙"]}))
    for number, name in enumerate("甲乙"):
        assert rider.paths() == [f"sign#{number}/sign"] and rider.execution.waits()[0].position.locals["signer"] == name
        rider.complete("sign", {"n": number})
    assert rider.ended and rider.desk.file["sign"] == [{"n": 0}, {"n": 1}]


def test_an_empty_collection_skips_the_activity() -> None:
    d = Drawing().start().user("sign", multi("=signers")).end().chain("start_1", "sign", "end_1")
    rider = ride(d.xml(), Desk({"signers": []}))
    assert rider.ended and rider.desk.file["sign"] == []


def test_multi_instance_calls_keep_their_paths_apart() -> None:
    d = Drawing().start().call("check", "review", '<camunda:in source="item" target="two"/>', multi("=flags")).end()
    rider = ride(d.chain("start_1", "check", "end_1").xml(), Desk({"flags": [True, False]}), {"review": review()})
    assert rider.paths() == ["check#0/decide", "check#1/decide"]
    rider.complete("decide", {"n": 0}, ("check#0",)).complete("decide", {"n": 1}, ("check#1",))
    assert rider.paths() == ["check#0/approve"]
    assert rider.complete("approve").ended and rider.desk.file["check#1.decide"] == {"n": 1}


def test_an_embedded_sub_process_runs_in_the_scope_around_it() -> None:
    inner = Drawing().start("is").user("iu").end("ie").chain("is", "iu", "ie")
    d = (
        Drawing()
        .start()
        .node("subProcess", "sub", embedded("sub", inner))
        .boundary_timer("late", "sub")
        .end()
        .end("end_2")
    )
    rider = ride(d.chain("start_1", "sub", "end_1").chain("late", "end_2").xml())
    assert rider.paths() == ["iu", "late"]
    assert rider.complete("iu", {"n": 1}).ended and rider.desk.file["iu"] == {"n": 1}


def test_an_event_sub_process_takes_over_or_runs_beside() -> None:
    for interrupting in (True, False):
        inner = (
            Drawing()
            .message("is", "撤回", "startEvent", isInterrupting=str(interrupting).lower())
            .user("iu")
            .end("ie")
            .chain("is", "iu", "ie")
        )
        d = Drawing(declarations=inner.declarations).start().user("u").end()
        d.node("subProcess", "withdraw", embedded("withdraw", inner), triggeredByEvent="true").chain(
            "start_1", "u", "end_1"
        )
        rider = ride(d.xml())
        assert rider.open() == ["is", "u"]
        rider.receive("is")
        assert rider.open() == (["iu"] if interrupting else ["is", "iu", "u"])
        if not interrupting:
            rider.complete("u")
        assert rider.complete("iu").ended
        assert rider.execution.end_element_id == "ie"


def test_an_event_sub_process_that_never_starts_does_not_hold_the_case() -> None:
    inner = Drawing().message("is", "撤回", "startEvent").end("ie").chain("is", "ie")
    d = Drawing(declarations=inner.declarations).start().user("u").end()
    d.node("subProcess", "withdraw", embedded("withdraw", inner), triggeredByEvent="true").chain(
        "start_1", "u", "end_1"
    )
    assert ride(d.xml()).complete("u").ended


def test_an_inclusive_join_waits_for_those_that_were_sent_and_no_others() -> None:
    d = (
        Drawing()
        .start()
        .node("inclusiveGateway", "o")
        .user("a")
        .user("b")
        .user("c")
        .node("inclusiveGateway", "j")
        .user("after")
        .end()
    )
    d.chain("start_1", "o").chain("a", "j").chain("b", "j").chain("c", "j").chain("j", "after", "end_1")
    for name in "abc":
        d.flow("o", name, f"want_{name} = true")
    rider = ride(d.xml(), Desk({"want_a": True, "want_c": True}))
    assert rider.open() == ["a", "c"]
    assert rider.complete("c").open() == ["a"] and rider.complete("a").open() == ["after"]


def test_send_back_loops_run_600_rounds_with_a_state_of_constant_size() -> None:
    d = Drawing().start().script("count", "count + 1").user("u").xor("x", "f_x_m").xor("m").end()
    d.chain("start_1", "m", "count", "u", "x", "m").flow("x", "end_1", 'u.outcome = "pass"')
    rider = ride(d.xml(), Desk({"count": 0}))
    for _ in range(600):
        rider.complete("u", {"outcome": "back"})
    sizes = [len(state) for state in rider.states]
    assert rider.desk.file["count"] == 601 and sizes[600] <= sizes[5] + 10 < 300
    assert rider.complete("u", {"outcome": "pass"}).ended


def test_a_loop_without_a_wait_is_stopped() -> None:
    d = Drawing().start().user("u").script("c", "1").xor("x", "f_x_c").end().chain("start_1", "u", "c", "x", "c")
    rider = ride(d.flow("x", "end_1", "u.n = 9").xml())
    with pytest.raises(BudgetExceeded) as caught:
        rider.complete("u", {"n": 1})
    assert caught.value.details["budget"] == "steps"
    with pytest.raises(BudgetExceeded):
        Execution.begin(rider.definition, rider.desk).run(Budget(steps=0))
    with pytest.raises(BudgetExceeded) as caught:
        Execution.begin(rider.definition, rider.desk).run(Budget(seconds=-1))
    assert caught.value.details["budget"] == "seconds"


def test_a_parallel_pair_in_a_loop_meets_each_round() -> None:
    d = Drawing().start().xor("m").both("a").user("u").user("v").both("j").xor("x", "f_x_m").end()
    d.chain("start_1", "m", "a").chain("a", "u", "j").chain("a", "v", "j").chain("j", "x", "m").flow(
        "x", "end_1", "u.n = 3"
    )
    rider = ride(d.xml())
    for n in (1, 2, 3):
        assert rider.open() == ["u", "v"]
        rider.complete("v").complete("u", {"n": n})
    assert rider.ended


def test_a_case_is_cancelled_where_it_stands() -> None:
    rider = ride(xor().xml())
    rider.execution.cancel()
    assert rider.execution.is_ended and rider.execution.waits() == () and rider.execution.end_element_id is None
    with pytest.raises(IllegalTransition):
        rider.execution.cancel()
    assert Execution.load(rider.definition, rider.execution.dump(), rider.desk).is_ended


def test_a_state_of_another_version_is_refused() -> None:
    rider = ride(xor().xml())
    other = compile_process(xor().user("extra").flow("yes", "extra").xml())
    with pytest.raises(ModelFault):
        Execution.load(other, rider.states[-1], rider.desk)


def test_token_ids_are_the_same_in_every_run() -> None:
    ids = []
    for reload in (True, False):
        rider = ride(xor().xml(), reload=reload).complete("u", {"outcome": "approve"})
        ids.append([w.position.token_id for w in rider.execution.waits()])
    assert ids[0] == ids[1]

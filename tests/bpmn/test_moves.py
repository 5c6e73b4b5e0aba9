"""Return, withdraw, jump, more and fewer signers: previewed, carried out, and refused when the case could not end."""

from __future__ import annotations

import pytest

from engine.errors import IllegalTransition
from tests.bpmn.desk import Desk, Rider, ride
from tests.bpmn.drawing import Drawing, multi


def line() -> Rider:
    d = Drawing().start().user("apply").user("accept").user("review").boundary_timer("late", "review").end()
    return (
        ride(d.chain("start_1", "apply", "accept", "review", "end_1").chain("late", "end_1").xml())
        .complete("apply")
        .complete("accept")
    )


def test_a_return_previews_what_dies_and_where_it_resumes_and_then_does_it() -> None:
    rider = line()
    before = rider.execution.dump()
    shown = rider.execution.preview("accept", rider.token("review"))
    assert shown.allowed and [p.element.id for p in shown.dies] == ["review", "late"]
    assert (shown.target.id, shown.stays) == ("accept", ())
    assert rider.execution.dump() == before
    rider.execution.move("accept", rider.token("review"))
    rider._settle()
    assert rider.open() == ["accept"] and ("cancelled", "review", ()) in rider.history
    assert rider.complete("accept").complete("review").ended


def test_a_withdrawal_takes_the_case_back_to_its_first_task() -> None:
    rider = line()
    rider.execution.move("apply")
    rider._settle()
    assert rider.open() == ["apply"]


def parallel() -> Rider:
    d = Drawing().start().user("first").both("s").user("a1").user("a2").user("b1").both("j").user("last").end()
    d.chain("start_1", "first", "s").chain("s", "a1", "a2", "j").chain("s", "b1", "j").chain("j", "last", "end_1")
    return ride(d.xml()).complete("first")


def test_a_return_within_a_branch_leaves_the_other_branch_alone() -> None:
    rider = parallel().complete("a1")
    shown = rider.execution.move("a1", rider.token("a2"))
    rider._settle()
    assert [p.element.id for p in shown.stays] == ["b1"] and rider.open() == ["a1", "b1"]
    assert rider.complete("b1").complete("a1").complete("a2").open() == ["last"]


def test_a_return_to_before_the_split_takes_the_other_branch_along() -> None:
    rider = parallel().complete("b1")
    shown = rider.execution.move("first", rider.token("a1"))
    rider._settle()
    assert sorted(p.element.id for p in shown.dies) == ["a1", "j"] and rider.open() == ["first"]
    assert rider.complete("first").open() == ["a1", "b1"]


def test_a_return_into_one_branch_after_the_join_is_refused_with_the_reason() -> None:
    rider = parallel().complete("a1").complete("a2").complete("b1")
    shown = rider.execution.preview("a1", rider.token("last"))
    assert not shown.allowed and "并行" in shown.refusal and shown.refusal_en
    with pytest.raises(IllegalTransition):
        rider.execution.move("a1", rider.token("last"))
    assert rider.open() == ["last"]


def test_a_branch_beside_the_main_line_survives_a_return_in_it() -> None:
    d = (
        Drawing()
        .start()
        .both("s")
        .user("supervise")
        .user("one")
        .both("s2")
        .user("two_a")
        .user("two_b")
        .both("j2")
        .both("j")
        .end()
    )
    d.chain("start_1", "s").chain("s", "supervise", "j").chain("s", "one", "s2").chain("s2", "two_a", "j2").chain(
        "s2", "two_b", "j2"
    )
    rider = ride(d.chain("j2", "j", "end_1").xml()).complete("one")
    rider.execution.move("one", rider.token("two_a"))
    rider._settle()
    assert rider.open() == ["one", "supervise"]


def test_a_token_inside_a_call_takes_the_call_with_it() -> None:
    inner = Drawing("inner").start("s").user("u1").user("u2").end("e").chain("s", "u1", "u2", "e").xml()
    d = Drawing().start().user("apply").call("c", "inner").end().chain("start_1", "apply", "c", "end_1")
    rider = ride(d.xml(), called={"inner": inner}).complete("apply").complete("u1")
    shown = rider.execution.preview("u1", rider.token("u2"), ("c",))
    assert shown.allowed and [p.element.id for p in shown.dies] == ["u2"]
    rider.execution.move("apply", rider.token("u2"))
    rider._settle()
    assert rider.paths() == ["apply"] and rider.complete("apply").paths() == ["c/u1"]


def test_moves_to_gateways_and_unknown_places_are_refused() -> None:
    rider = parallel()
    assert not rider.execution.preview("j", rider.token("a1")).allowed
    for element, path in (("nowhere", ()), ("a1", ("c",))):
        with pytest.raises(IllegalTransition):
            rider.execution.preview(element, None, path)


def test_signers_are_added_and_taken_away() -> None:
    d = Drawing().start().user("sign", multi("=signers")).end().chain("start_1", "sign", "end_1")
    rider = ride(d.xml(), Desk({"signers": ["甲", "乙"]}))
    rider.execution.add_signer(rider.token("sign"), "丙")
    rider._settle()
    assert rider.paths() == ["sign#0/sign", "sign#1/sign", "sign#2/sign"]
    rider.execution.drop_signer(rider.token("sign", ("sign#0",)))
    rider._settle()
    rider.complete("sign", {"by": 2}, ("sign#2",))
    with pytest.raises(IllegalTransition):
        rider.execution.drop_signer(rider.token("sign"))
    assert rider.complete("sign", {"by": 1}).ended and rider.desk.file["sign"] == [{"by": 1}, {"by": 2}]


def test_a_signer_added_to_a_sequence_comes_last() -> None:
    d = Drawing().start().user("sign", multi("=signers", sequential=True)).end().chain("start_1", "sign", "end_1")
    rider = ride(d.xml(), Desk({"signers": ["甲"]}))
    rider.execution.add_signer(rider.token("sign"), "乙")
    rider._settle()
    assert rider.complete("sign").paths() == ["sign#1/sign"] and rider.complete("sign").ended


def test_a_task_that_is_no_countersign_takes_no_further_signer() -> None:
    rider = line()
    with pytest.raises(IllegalTransition):
        rider.execution.add_signer(rider.token("review"), "丙")

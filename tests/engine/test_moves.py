"""Moves that no arrow draws: returned, taken back; previewed, refused where the case could not end, replayed like any step."""

from __future__ import annotations

import pytest

from engine import IllegalTransition, NotPermitted, StaleTask, ValidationFailed
from tests.engine.house import CLERK, CLERK_2, House, drawing


def _three(house: House) -> str:
    found = drawing().start().user("one").user("two").user("three").end()
    house.deploy(found.chain("start_1", "one", "two", "three", "end_1"))
    return house.start()


def test_a_task_is_returned_to_any_earlier_step_with_a_reason(any_house: House) -> None:
    case_id = _three(any_house)
    any_house.do(case_id, element="one", x=1)
    any_house.do(case_id, element="two")
    (task,) = any_house.open(case_id)
    targets = {t.element_id: t for t in any_house.engine.return_targets(task.id)}
    assert set(targets) == {"one", "two"} and targets["one"].ends == ("three",) and targets["one"].refusal == ""
    task = any_house.engine.claim(task.id, task.revision, CLERK)
    with pytest.raises(ValidationFailed):
        any_house.engine.return_task(task.id, task.revision, CLERK, "one", " ", "r0")
    receipt = any_house.engine.return_task(task.id, task.revision, CLERK, "one", "材料不清", "r1")
    assert [t.element_id for t in receipt.open_tasks] == ["one"]
    assert any_house.engine.return_task(task.id, task.revision, CLERK, "one", "材料不清", "r1") == receipt
    assert any_house.engine.task(task.id).outcome == "return"
    for element in ("one", "two", "three"):
        last = any_house.do(case_id, element=element, x=2)
    assert last.ended
    assert len(any_house.engine.item_history(case_id, "one")) == 2
    assert any_house.engine.replay(case_id).same and any_house.engine.verify_chain(case_id).intact


def test_a_return_out_of_a_parallel_branch_is_refused_when_the_join_would_wait_for_ever(house: House) -> None:
    found = drawing().start().user("one").both("fork").user("a").user("b").both("join").user("last").end()
    found.chain("start_1", "one", "fork", "a", "join", "last", "end_1").chain("fork", "b", "join")
    house.deploy(found)
    case_id = house.start()
    house.do(case_id, element="one")
    house.do(case_id, element="b")
    (task,) = house.open(case_id)
    targets = {t.element_id: t for t in house.engine.return_targets(task.id)}
    assert targets["one"].refusal == "" and targets["b"].refusal != ""
    task = house.engine.claim(task.id, task.revision, CLERK)
    with pytest.raises(IllegalTransition):
        house.engine.return_task(task.id, task.revision, CLERK, "b", "重做", "r")
    house.engine.return_task(task.id, task.revision, CLERK, "one", "重做", "r2")
    house.do(case_id, element="one")
    assert sorted(t.element_id for t in house.open(case_id)) == ["a", "b"]
    assert house.engine.replay(case_id).same


def test_one_takes_back_ones_own_step_until_the_next_is_claimed(house: House) -> None:
    case_id = _three(house)
    (first,) = house.open(case_id)
    house.do(case_id, CLERK, element="one")
    with pytest.raises(NotPermitted):
        house.engine.take_back(first.id, CLERK_2, "错了", "t0")
    house.engine.take_back(first.id, CLERK, "错了", "t1")
    assert [t.element_id for t in house.open(case_id)] == ["one"]
    (again,) = house.open(case_id)
    house.do(case_id, CLERK, element="one")
    (second,) = house.open(case_id)
    house.engine.claim(second.id, second.revision, CLERK_2)
    with pytest.raises(StaleTask) as caught:
        house.engine.take_back(again.id, CLERK, "又错了", "t2")
    assert caught.value.details["by"] == CLERK_2.name
    assert house.engine.replay(case_id).same and house.engine.verify_chain(case_id).intact


def test_a_signer_who_has_not_signed_can_be_taken_off(house: House) -> None:
    case_id = _three(house)
    (task,) = house.open(case_id)
    house.engine.claim(task.id, task.revision, CLERK)
    house.engine.add_signer(task.id, CLERK_2, CLERK, "请核实")
    house.engine.remove_signer(task.id, CLERK_2.user_id, CLERK, "不需要了")
    assert house.engine.signers(task.id) == []
    with pytest.raises(IllegalTransition):
        house.engine.remove_signer(task.id, CLERK_2.user_id, CLERK, "不需要了")

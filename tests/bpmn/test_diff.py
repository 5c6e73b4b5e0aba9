"""Two versions of a diagram are compared in sentences; moving shapes is not a change of the process."""

from __future__ import annotations

from engine.bpmn.diff import diff
from tests.bpmn.drawing import Drawing, multi


def base(**changes: str) -> Drawing:
    d = Drawing(properties={"deadline.working_days": changes.get("days", "20")}).start()
    d.user(
        "review",
        multi("=s") if changes.get("multi") else "",
        {"deadline.working_days": changes.get("limit", "5")},
        changes.get("groups", "first_reviewer"),
    )
    d.xor("x", changes.get("default", "f_x_no")).end("yes").end("no").chain("start_1", "review", "x")
    return d.flow("x", "yes", changes.get("condition", "a = 1")).flow(
        "x", "no", None if "default" not in changes else "b = 1"
    )


def sentences(old: Drawing, new: Drawing) -> list[str]:
    found = diff(old.xml(), new.xml())
    assert all(c.message_en.endswith(".") for c in found)
    return [c.message for c in found]


def test_the_same_file_has_no_changes() -> None:
    assert sentences(base(), base()) == []


def test_changed_values_are_told_with_old_and_new() -> None:
    assert sentences(base(), base(limit="3")) == ["人工任务“review”的属性 deadline.working_days 由 5 改为 3。"]
    assert sentences(base(), base(groups="second_reviewer")) == [
        "人工任务“review”的候选组由 first_reviewer 改为 second_reviewer。"
    ]
    assert sentences(base(), base(condition="a = 2")) == [
        "从排他网关“x”到结束事件“yes”的流向的条件由 a = 1 改为 a = 2。"
    ]
    assert sentences(base(), base(days="30")) == ["流程的属性 deadline.working_days 由 20 改为 30。"]
    assert sentences(base(), base(multi="yes")) == ["人工任务“review”的会签（多实例）设为 同时 (in parallel) s。"]


def test_another_default_is_told() -> None:
    told = sentences(base(), base(default="f_x_yes"))
    assert (
        "从排他网关“x”到结束事件“yes”的流向现在是默认流向。" in told
        and "从排他网关“x”到结束事件“no”的流向不再是默认流向。" in told
    )


def test_added_and_removed_elements_and_flows_are_told() -> None:
    new = base().user("extra").end("e3").chain("extra", "e3").flow("x", "extra", "c = 1")
    told = sentences(base(), new)
    assert (
        told[:2] == ["新增了人工任务“extra”。", "新增了结束事件“e3”。"]
        and "新增了从排他网关“x”到人工任务“extra”的流向（条件 c = 1）。" in told
    )
    back = sentences(new, base())
    assert back[0] == "删除了人工任务“extra”。" and len(back) == len(told)


def test_a_new_id_under_the_same_name_is_a_renaming() -> None:
    old = Drawing().start().node("userTask", "a1", "", name="初审").end().chain("start_1", "a1", "end_1")
    new = Drawing().start().node("userTask", "a2", "", name="初审").end().chain("start_1", "a2", "end_1")
    assert sentences(old, new) == ["人工任务“初审”的编号由 a1 改为 a2。"]


def test_moving_shapes_is_one_sentence() -> None:
    old, moved = base().xml(), base().xml().replace(b'y="100"', b'y="180"')
    assert [c.kind for c in diff(old, moved)] == ["layout"]

"""The token game finds runs that cannot end, with the way there, and is quiet about sound diagrams."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.bpmn import lint
from engine.bpmn.diagram import read_diagram
from engine.bpmn.graph import Graph, graph_of
from engine.bpmn.soundness import Report, can_complete, check
from tests.bpmn.drawing import Drawing


def graph(drawing: Drawing) -> Graph:
    diagram = read_diagram(drawing.xml())
    return graph_of(diagram.scopes[diagram.key])


def report(drawing: Drawing) -> Report:
    return check(graph(drawing))


def split(kind: str, join: str) -> Drawing:
    d = Drawing().start().node(kind, "s").user("a").user("b").node(join, "j").user("after").end()
    d.chain("start_1", "s")
    conditional = kind in ("exclusiveGateway", "inclusiveGateway")
    for name in ("a", "b"):
        d.flow("s", name, f'x = "{name}"' if conditional else None).flow(name, "j")
    return d.chain("j", "after", "end_1")


SOUND: dict[str, Callable[[], Drawing]] = {
    "choice": lambda: split("exclusiveGateway", "exclusiveGateway"),
    "parallel": lambda: split("parallelGateway", "parallelGateway"),
    "inclusive": lambda: split("inclusiveGateway", "inclusiveGateway"),
    "choice into inclusive": lambda: split("exclusiveGateway", "inclusiveGateway"),
    "send back": lambda: (
        Drawing()
        .start()
        .xor("m")
        .user("u")
        .xor("x", "f_x_m")
        .end()
        .chain("start_1", "m", "u", "x", "m")
        .flow("x", "end_1", "ok")
    ),
    "boundary": lambda: (
        Drawing()
        .start()
        .user("u")
        .boundary_timer("t", "u")
        .user("v")
        .end()
        .chain("start_1", "u", "end_1")
        .chain("t", "v", "end_1")
    ),
    "reminder": lambda: (
        Drawing()
        .start()
        .user("u")
        .boundary_timer("t", "u", "R/P1D", False, "timeCycle")
        .script("n", "1")
        .end()
        .end("e2")
        .chain("start_1", "u", "end_1")
        .chain("t", "n", "e2")
    ),
    "terminate": lambda: (
        Drawing()
        .start()
        .both("s")
        .user("a")
        .user("b")
        .end()
        .end("t", "<bpmn:terminateEventDefinition/>")
        .chain("start_1", "s")
        .chain("s", "a", "end_1")
        .chain("s", "b", "t")
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_diagrams_are_sound(name: str) -> None:
    found = report(SOUND[name]())
    assert found.sound, found


def test_a_choice_into_a_parallel_join_never_ends() -> None:
    found = report(split("exclusiveGateway", "parallelGateway"))
    assert [f.kind for f in found.findings] == ["never-ends"]
    assert found.findings[0].nodes == ("j",) and found.findings[0].path[:2] == ("start_1", "s")


def test_a_parallel_split_into_a_choice_does_what_follows_twice() -> None:
    found = report(split("parallelGateway", "exclusiveGateway"))
    assert "twice" in [f.kind for f in found.findings]


def test_a_way_out_of_one_parallel_branch_gets_the_others_stuck() -> None:
    d = Drawing().start().both("s").user("a").user("b").xor("x", "f_x_j").both("j").end().end("out")
    d.chain("start_1", "s").chain("s", "a", "x", "j").flow("x", "out", "no").chain("s", "b", "j").chain("j", "end_1")
    found = report(d)
    assert [f.kind for f in found.findings] == ["stuck"] and found.findings[0].nodes == ("j",)
    assert "out" in found.findings[0].path
    problem = next(p for p in lint(d.xml()) if p.rule == "unsound")
    assert problem.severity == "error" and problem.element_id == "j" and "→" in problem.message


def test_a_circle_without_a_way_out_is_found() -> None:
    assert report(Drawing().start().xor("m").user("u").user("v").chain("start_1", "m", "u", "v", "m")).findings[
        0
    ].kind in ("endless", "never-ends")


def test_tokens_that_multiply_without_bound_are_found_and_do_not_run_away() -> None:
    d = Drawing().start().xor("m").user("u").both("s").end().chain("start_1", "m", "u", "s", "m").chain("s", "end_1")
    assert not report(d).sound


def test_the_state_space_is_bounded() -> None:
    d = Drawing().start().both("s").both("j").end().chain("start_1", "s").chain("j", "end_1")
    for n in range(14):
        d.user(f"u{n}").boundary_timer(f"t{n}", f"u{n}", interrupting=False).end(
            f"e{n}", "<bpmn:terminateEventDefinition/>"
        )
        d.chain("s", f"u{n}", "j").chain(f"t{n}", f"e{n}")
    found = check(graph(d), limit=500)
    assert not found.decided and found.states <= 600


def test_many_parallel_choices_do_not_explode() -> None:
    d = Drawing().start().both("s").both("j").end().chain("start_1", "s").chain("j", "end_1")
    for n in range(12):
        d.user(f"u{n}").xor(f"x{n}", f"f_x{n}_a{n}").user(f"a{n}").user(f"b{n}").xor(f"m{n}")
        d.chain("s", f"u{n}", f"x{n}", f"a{n}", f"m{n}", "j").flow(f"x{n}", f"b{n}", "ok").flow(f"b{n}", f"m{n}")
    found = report(d)
    assert found.sound and found.states < 2_000


def test_from_a_marking_it_is_known_whether_the_end_can_still_be_reached() -> None:
    g = graph(split("parallelGateway", "parallelGateway"))
    assert can_complete(g, ["@a", "@b"]) is True
    assert can_complete(g, ["@a", "f_b_j"]) is True
    assert can_complete(g, ["@a"]) is False
    assert can_complete(g, ["@after"]) is True and can_complete(g, []) is True

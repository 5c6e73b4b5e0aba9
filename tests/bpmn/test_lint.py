"""Each rule of the linter speaks about a diagram that breaks it, with line, element and both languages, and about no other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.bpmn import Problem, compile_process, lint
from engine.errors import DeploymentRefused
from tests.bpmn.drawing import HEAD, Drawing, extension, multi


def plain() -> Drawing:
    return Drawing().start().user("u").end().chain("start_1", "u", "end_1")


def around(tag: str, inner: str = "", **attributes: str) -> Drawing:
    """start > u > the node > end"""
    return Drawing().start().user("u").node(tag, "n", inner, **attributes).end().chain("start_1", "u", "n", "end_1")


def event(tag: str, definition: str) -> Drawing:
    return around(tag, f"<bpmn:{definition}EventDefinition/>")


def end_with(definition: str) -> Drawing:
    return Drawing().start().end("n", f"<bpmn:{definition}EventDefinition/>").chain("start_1", "n")


def choice(default: str | None, *conditions: str | None) -> Drawing:
    d = Drawing().start().xor("n", default).chain("start_1", "n")
    for number, condition in enumerate(conditions):
        d.end(f"e{number}").flow("n", f"e{number}", condition)
    return d


BROKEN: dict[str, tuple[str, Callable[[], Drawing]]] = {
    "complex gateway": ("refused-element", lambda: around("complexGateway")),
    "transaction": ("refused-element", lambda: around("transaction")),
    "ad-hoc sub-process": ("refused-element", lambda: around("adHocSubProcess")),
    "standard loop": ("refused-element", lambda: around("userTask", "<bpmn:standardLoopCharacteristics/>")),
    "compensation throw": ("refused-event", lambda: event("intermediateThrowEvent", "compensate")),
    "link throw": ("refused-event", lambda: event("intermediateThrowEvent", "link")),
    "conditional catch": ("refused-event", lambda: event("intermediateCatchEvent", "conditional")),
    "escalation end": ("refused-event", lambda: end_with("escalation")),
    "compensation activity": ("compensation", lambda: around("userTask", isForCompensation="true")),
    "catch of nothing": ("refused-event", lambda: around("intermediateCatchEvent")),
    "abstract task": ("passes-through", lambda: around("task")),
    "service without topic": ("missing-topic", lambda: around("serviceTask")),
    "message end without topic": ("missing-topic", lambda: end_with("message")),
    "java class": ("java", lambda: around("serviceTask", camunda__class="gov.X")),
    "execution listener": (
        "listener",
        lambda: around("userTask", extension(None, '<camunda:executionListener event="start" class="X"/>')),
    ),
    "script in an input": (
        "listener",
        lambda: around(
            "serviceTask",
            extension(
                None,
                '<camunda:inputOutput><camunda:inputParameter name="a"><camunda:script scriptFormat="groovy">1</camunda:script>'
                "</camunda:inputParameter></camunda:inputOutput>",
            ),
            camunda__topic="t",
        ),
    ),
    "python script": (
        "script-format",
        lambda: around("scriptTask", "<bpmn:script>import os</bpmn:script>", scriptFormat="python"),
    ),
    "script without language": ("script-format", lambda: around("scriptTask", "<bpmn:script>1</bpmn:script>")),
    "empty script": ("empty-expression", lambda: around("scriptTask", "<bpmn:script/>", scriptFormat="feel")),
    "bad feel": ("feel", lambda: around("scriptTask", "<bpmn:script>if a then</bpmn:script>", scriptFormat="feel")),
    "juel assignee": ("juel", lambda: around("userTask", camunda__assignee="${boss}")),
    "condition of a task's only flow (D4)": (
        "condition-outside-gateway",
        lambda: Drawing().start().user("n").end().chain("start_1", "n").flow("n", "end_1", "false"),
    ),
    "condition of a gateway's only flow (D4)": ("only-flow-condition", lambda: choice(None, "a = 1")),
    "no default": ("missing-default", lambda: choice(None, "a = 1", "a = 2")),
    "no condition": ("missing-condition", lambda: choice(None, "a = 1", None)),
    "default with condition": ("default-condition", lambda: choice("f_n_e1", "a = 1", "a = 2")),
    "default elsewhere": ("broken-default", lambda: choice("f_start_1_n", "a = 1", "a = 2")),
    "misspelt name": ("unknown-name", lambda: choice("f_n_e1", 'aplication.kind = "new"', None)),
    "juel condition": ("juel", lambda: choice("f_n_e1", "${a == 1}", None)),
    "javascript condition": ("feel", lambda: choice("f_n_e1", "a === 1 && b", None)),
    "implicit split": ("implicit-split", lambda: plain().end("e2").flow("u", "e2")),
    "dead end": ("dead-end", lambda: Drawing().start().user("n").chain("start_1", "n")),
    "unreachable": ("unreachable", lambda: plain().user("n").chain("n", "end_1")),
    "flow to nowhere": ("broken-flow", lambda: plain().flow("u", "nobody")),
    "no start": ("no-start", lambda: Drawing().user("u").end().chain("u", "end_1")),
    "two starts": ("many-starts", lambda: plain().start("s2").chain("s2", "u")),
    "flow out of an end": ("no-outgoing", lambda: plain().chain("end_1", "u")),
    "flow into a start": ("no-incoming", lambda: plain().chain("u", "start_1")),
    "event gateway before a task": ("event-gateway", lambda: around("eventBasedGateway")),
    "boundary on nothing": ("boundary-host", lambda: plain().boundary_timer("n", "start_1").end("e2").chain("n", "e2")),
    "timer without time": ("timer", lambda: around("intermediateCatchEvent", "<bpmn:timerEventDefinition/>")),
    "timer with nonsense": ("timer", lambda: Drawing().start().timer("n", "P5X").end().chain("start_1", "n", "end_1")),
    "interrupting cycle": (
        "timer-cycle",
        lambda: plain().boundary_timer("n", "u", "R3/P1D", True, "timeCycle").end("e2").chain("n", "e2"),
    ),
    "multi-instance without list": (
        "multi-instance",
        lambda: around("userTask", "<bpmn:multiInstanceLoopCharacteristics/>"),
    ),
    "multi-instance hiding the case": ("reserved-name", lambda: around("userTask", multi("=x", variable="case"))),
    "result hiding the case": ("reserved-name", lambda: around("userTask", camunda__resultVariable="case")),
    "id with a dot": (
        "reserved-character",
        lambda: Drawing().start().user("a.b").end().chain("start_1", "a.b", "end_1"),
    ),
    "rule without decision": ("missing-decision", lambda: around("businessRuleTask")),
    "unknown decision": ("missing-decision", lambda: around("businessRuleTask", camunda__decisionRef="nope")),
    "unknown form": ("missing-form", lambda: around("userTask", camunda__formKey="a/b/aply")),
    "unknown topic": ("missing-handler", lambda: around("serviceTask", camunda__topic="nope")),
    "unknown process": ("missing-process", lambda: around("callActivity", calledElement="nope")),
    "call without process": ("missing-process", lambda: around("callActivity")),
    "self call": ("call-cycle", lambda: around("callActivity", calledElement="p")),
    "round-about call": ("call-cycle", lambda: around("callActivity", calledElement="round")),
    "all variables": (
        "all-variables",
        lambda: around("callActivity", extension(None, '<camunda:in variables="all"/>'), calledElement="good"),
    ),
    "task for nobody": ("nobody", lambda: around("userTask")),
    "unknown property": ("unknown-property", lambda: around("userTask", extension({"outcome": "approve"}))),
    "bad field rights": ("property-value", lambda: around("userTask", extension({"field_access": "{}x"}))),
    "bad deadline": ("property-value", lambda: around("userTask", extension({"deadline.working_days": "five"}))),
    "second person who is nobody": (
        "property-value",
        lambda: around("userTask", extension({"exclude_actors_of": "x1"})),
    ),
    "bad process id": ("process-key", lambda: Drawing("9 lives").start().end().chain("start_1", "end_1")),
}


def called(key: str) -> bytes | None:
    if key == "round":
        return Drawing("round").start().call("c", "p").end().chain("start_1", "c", "end_1").xml()
    return Drawing("good").start().end().chain("start_1", "end_1").xml() if key == "good" else None


def problems(drawing: Drawing) -> list[Problem]:
    return lint(
        drawing.xml(), file="x.bpmn", forms={"a/b/apply"}, topics={"test.check"}, decisions={"table"}, called=called
    )


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_diagram_is_named_with_place_and_what_to_do(name: str) -> None:
    rule, draw = BROKEN[name]
    found = [p for p in problems(draw()) if p.rule == rule]
    assert found, [p.rule for p in problems(draw())]
    assert found[0].line > 0 and found[0].file == "x.bpmn"
    assert found[0].message.endswith(("。", "？")) and found[0].message_en.isascii()


def test_a_good_diagram_has_no_problems() -> None:
    d = Drawing("good_one", properties={"title": "测试", "case.title": "application.name"}).start()
    d.node(
        "userTask",
        "u",
        extension({"outcomes": "approve,reject"}),
        camunda__formKey="a/b/apply",
        camunda__candidateGroups="operator_clerk",
    )
    d.service("s").rule("r", "table").xor("x", "f_x_e2").end().end("e2").boundary_timer(
        "late", "u", interrupting=False
    ).end("e3")
    d.chain("start_1", "u", "s", "r", "x").flow("x", "end_1", 'u.outcome = "approve"').flow("x", "e2").chain(
        "late", "e3"
    )
    assert problems(d) == []


def test_form_names_that_are_nearly_right_are_suggested() -> None:
    found = [p for p in problems(BROKEN["unknown form"][1]()) if p.rule == "missing-form"]
    assert "a/b/apply" in found[0].message and found[0].element_id == "n"


def test_plain_iso_durations_and_quoted_ones_of_other_tools_are_both_read() -> None:
    for text in ("PT1H", '"PT1H"', "P1DT2H", "P2W"):
        d = Drawing().start().timer("t", text).end().chain("start_1", "t", "end_1")
        assert not [p for p in problems(d) if p.severity == "error"]
        assert compile_process(d.xml()).main["t"].timer.expression == text.strip('"')  # type: ignore[union-attr]


def test_duplicate_ids_and_a_missing_layout_are_found() -> None:
    twice = plain().xml().replace(b'id="f_u_end_1"', b'id="u"')
    assert "duplicate-id" in {p.rule for p in lint(twice)}
    bare = plain()
    bare.with_shapes = False
    assert {p.rule: p.severity for p in lint(bare.xml())}["no-layout"] == "warning"


def test_extensions_of_other_engines_are_not_silently_dropped() -> None:
    ns = 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    xml = (
        plain()
        .xml()
        .replace(b'id="defs"', ns.encode() + b'id="defs"')
        .replace(b'id="u"', b'id="u" spiffworkflow:x="1"')
    )
    assert "foreign-extension" in {p.rule for p in lint(xml) if p.severity == "error"}
    other = (
        plain()
        .xml()
        .replace(b'id="defs"', b'xmlns:acme="http://acme" id="defs"')
        .replace(b'id="u"', b'id="u" acme:x="1"')
    )
    assert "unknown-namespace" in {p.rule for p in lint(other) if p.severity == "warning"}


def test_too_large_a_diagram_is_refused() -> None:
    d = Drawing().start()
    names = [f"u{n}" for n in range(601)]
    for name in names:
        d.user(name)
    d.end().chain("start_1", *names, "end_1")
    assert "too-large" in {p.rule for p in problems(d)}


@pytest.mark.parametrize(
    "xml",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>',
        b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><r>&b;</r>',
        b"<a>" * 300 + b"</a>" * 300,
        b"not xml at all",
        b"<html/>",
        b"",
        HEAD.encode() + b"</bpmn:definitions>",
    ],
)
def test_bombs_and_rubbish_are_a_problem_not_an_exception(xml: bytes) -> None:
    assert [p.rule for p in lint(xml)] == ["not-bpmn"]
    with pytest.raises(DeploymentRefused) as caught:
        compile_process(xml)
    assert caught.value.details["problems"][0]["rule"] == "not-bpmn"


def test_the_compiler_refuses_what_cannot_run() -> None:
    with pytest.raises(DeploymentRefused) as caught:
        compile_process(BROKEN["python script"][1]().xml())
    problem = caught.value.details["problems"][0]
    assert problem["rule"] == "script-format" and problem["element_id"] == "n" and problem["line"] > 0

"""Files of Camunda 7 and Flowable: what means the same is rewritten, the rest is listed, nothing is lost."""

from __future__ import annotations

import pytest

from engine.bpmn import compile_process, lint
from engine.bpmn.importer import import_model
from engine.bpmn.juel import to_feel
from engine.errors import ValidationFailed

FLOWABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:flowable="http://flowable.org/bpmn" xmlns:acme="http://acme.example/x" targetNamespace="t">
  <process id="leave" name="请假" isExecutable="true" flowable:candidateStarterGroups="operator_clerk">
    <startEvent id="s" flowable:initiator="starter"/>
    <userTask id="review" name="审核" flowable:assignee="${manager}" flowable:dueDate="P5D" flowable:priority="50" acme:color="red">
      <extensionElements>
        <flowable:formProperty id="days" type="long"/>
        <flowable:taskListener event="create" class="com.acme.L"/>
        <acme:thing>kept</acme:thing>
      </extensionElements>
      <multiInstanceLoopCharacteristics flowable:collection="signers" flowable:elementVariable="signer">
        <completionCondition>${nrOfCompletedInstances == nrOfInstances}</completionCondition>
      </multiInstanceLoopCharacteristics>
    </userTask>
    <serviceTask id="mail" flowable:class="com.acme.SendMailDelegate"/>
    <scriptTask id="calc" scriptFormat="groovy"><script>x = 1</script></scriptTask>
    <exclusiveGateway id="x" default="f5"/>
    <endEvent id="e1"/><endEvent id="e2"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="review"/>
    <sequenceFlow id="f2" sourceRef="review" targetRef="mail"/>
    <sequenceFlow id="f3" sourceRef="mail" targetRef="calc"/>
    <sequenceFlow id="f4" sourceRef="calc" targetRef="x"/>
    <sequenceFlow id="f5" sourceRef="x" targetRef="e1"/>
    <sequenceFlow id="f6" sourceRef="x" targetRef="e2"><conditionExpression xsi:type="tFormalExpression">
      ${approved == true &amp;&amp; days &gt;= 3}</conditionExpression></sequenceFlow>
  </process>
</definitions>""".encode()


def test_a_flowable_file_becomes_one_of_ours_with_every_loss_listed() -> None:
    done = import_model(FLOWABLE)
    assert done.source == "Flowable" and b"flowable" not in done.xml
    told = {(note.kind, note.element_id) for note in done.notes}
    assert told >= {
        ("translated", "review"),
        ("todo", "review"),
        ("todo", "mail"),
        ("todo", "calc"),
        ("translated", "f6"),
        ("kept", "review"),
    }
    texts = " ".join(note.message for note in done.notes)
    for word in ("days", "taskListener", "SendMailDelegate", "groovy", "priority", "color", "thing"):
        assert word in texts, word
    assert b"approved = true and days &gt;= 3" in done.xml and b'collection="=signers"' in done.xml
    assert b"x = 1" in done.xml and b"kept" in done.xml and b"com.acme.SendMailDelegate" in done.xml


def test_what_is_left_to_do_is_also_what_the_linter_still_refuses() -> None:
    rules = {p.rule for p in lint(import_model(FLOWABLE).xml) if p.severity == "error"}
    assert rules == {"script-format", "listener"}


def test_our_own_files_go_through_unchanged_in_meaning() -> None:
    from tests.bpmn.drawing import Drawing

    xml = Drawing().start().user("u").end().chain("start_1", "u", "end_1").xml()
    done = import_model(xml)
    assert done.notes == () and compile_process(done.xml).main == compile_process(xml).main


@pytest.mark.parametrize(
    ("juel", "feel"),
    [
        ("${a}", "a"),
        ("${a.b == 'x'}", 'a.b = "x"'),
        ("${!a && (b || c)}", "not(a) and (b or c)"),
        ("#{amount gt 100 and kind ne 'A'}", 'amount > 100 and kind != "A"'),
        ("${execution.getVariable('days') <= 3}", "days <= 3"),
        ("${service.call(a)}", None),
        ("${a ? b : c}", None),
        ("${empty list}", None),
        ("x ${a} y", None),
        ("${a;b}", None),
    ],
)
def test_juel_is_translated_or_left_to_a_person(juel: str, feel: str | None) -> None:
    assert to_feel(juel) == feel


@pytest.mark.parametrize("xml", [b"<a/>", b"", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'])
def test_what_is_no_bpmn_is_refused(xml: bytes) -> None:
    with pytest.raises(ValidationFailed):
        import_model(xml)

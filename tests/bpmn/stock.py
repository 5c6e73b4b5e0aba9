"""SpiffWorkflow as it comes, to show beside each guard what it does without one."""

from __future__ import annotations

import json
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from tests.bpmn.drawing import Drawing

LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


def python_script(drawing: Drawing, node_id: str, code: str) -> Drawing:
    """A script task as stock SpiffWorkflow reads it: Python."""
    return drawing.node("scriptTask", node_id, f"<bpmn:script>{code}</bpmn:script>")


class Stock:
    """A workflow run by the library alone."""

    def __init__(self, xml: bytes, key: str = "p", dmn: str | None = None) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_str(xml)
        if dmn is not None:
            parser.add_dmn_str(dmn.encode())
        self.workflow = BpmnWorkflow(parser.get_spec(key), parser.get_subprocess_specs(key))
        self.workflow.do_engine_steps()

    def ready(self) -> list[Task]:
        return self.workflow.get_tasks(state=TaskState.READY, manual=True)  # type: ignore[no-any-return]

    def live(self) -> list[str]:
        """What is really unfinished, whatever the library's own look-ups say."""
        return [t.task_spec.name for t in self.workflow.tasks.values() if t.state & LIVE]

    def complete(self, **data: Any) -> Task:
        task = self.ready()[0]
        task.data.update(data)
        task.run()
        self.workflow.do_engine_steps()
        return task

    def task(self, name: str) -> Task:
        return next(t for t in self.workflow.tasks.values() if t.task_spec.name == name)


def saved(value: Any) -> Any:
    """What the stock serializer makes of a value in task data; raises what it raises."""
    run = Stock(Drawing().start().user("u").user("v").end().chain("start_1", "u", "v", "end_1").xml())
    run.complete(v=value)
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
    again = serializer.deserialize_json(serializer.serialize_json(run.workflow))
    return again.get_tasks(state=TaskState.READY, manual=True)[0].data.get("v", "gone")


def decision(rows: list[tuple[str, str]], hit_policy: str = "UNIQUE") -> str:
    body = "".join(
        f'<rule id="r{n}"><inputEntry id="i{n}"><text>{cell}</text></inputEntry><outputEntry id="o{n}"><text>{out}</text></outputEntry></rule>'
        for n, (cell, out) in enumerate(rows)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<decision id="dec" name="dec"><decisionTable id="t" hitPolicy="{hit_policy}"><input id="i"><inputExpression id="e" typeRef="number">'
        f'<text>x</text></inputExpression></input><output id="o" name="out" typeRef="string"/>{body}</decisionTable></decision></definitions>'
    )


def decide(rows: list[tuple[str, str]], x: Any, hit_policy: str = "UNIQUE") -> Any:
    ns = "http://spiffworkflow.org/bpmn/schema/1.0/core"
    d = Drawing().start().user("u").end()
    called = (
        f'<bpmn:extensionElements><s:calledDecisionId xmlns:s="{ns}">dec</s:calledDecisionId></bpmn:extensionElements>'
    )
    d.node("businessRuleTask", "b", called).chain("start_1", "u", "b", "end_1")
    run = Stock(d.xml(), dmn=decision(rows, hit_policy))
    run.complete(x=x)
    return json.loads(json.dumps(run.workflow.data.get("out")))

"""Plain SpiffWorkflow with one full JSON per step, for the benchmark and for nothing else; it runs Python, so never feed it a file."""

from __future__ import annotations

import json
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState


class StockCase:
    """The library as its documentation shows it: parse once, then load, run one user task, save."""

    def __init__(self, xml: bytes, key: str) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_str(xml)
        self.spec, self.called = parser.get_spec(key), parser.get_subprocess_specs(key)
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))

    def begin(self) -> bytes:
        workflow = BpmnWorkflow(self.spec, self.called)
        workflow.do_engine_steps()
        return self._save(workflow)

    def step(self, state: bytes, data: dict[str, Any]) -> tuple[bytes, bool]:
        """(state after the next open user task, whether the case has ended)"""
        workflow = self.serializer.deserialize_json(state.decode())
        task = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
        task.data.update(json.loads(json.dumps(data)))
        task.run()
        workflow.do_engine_steps()
        return self._save(workflow), bool(workflow.is_completed())

    def _save(self, workflow: Any) -> bytes:
        return str(self.serializer.serialize_json(workflow)).encode()

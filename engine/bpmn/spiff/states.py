"""The task states in use, the name of the root task, and the script engine that runs nothing."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.util.task import TaskState

from engine.errors import ModelFault

WAITING, READY, STARTED = TaskState.WAITING, TaskState.READY, TaskState.STARTED
COMPLETED, CANCELLED, FUTURE = TaskState.COMPLETED, TaskState.CANCELLED, TaskState.FUTURE
FINISHED = TaskState.FINISHED_MASK
ROOT = " root"


class NoPython(PythonScriptEngine):  # type: ignore[misc]
    """Stands where SpiffWorkflow would evaluate Python; refuses everything."""

    def __init__(self) -> None:
        self.environment = self

    def evaluate(self, *_: Any, **__: Any) -> Any:
        raise ModelFault("引擎不执行 Python 表达式。")

    execute = call_service = validate = evaluate


NO_PYTHON = NoPython()

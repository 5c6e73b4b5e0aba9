"""Runs BPMN: compiles diagrams, moves tokens, keeps their state; knows no database and lets no Python run from a diagram."""

from engine.bpmn.compiler import compile_process
from engine.bpmn.diff import Change, diff
from engine.bpmn.execution import Execution
from engine.bpmn.guards import Budget
from engine.bpmn.importer import Imported, Note, import_model
from engine.bpmn.lint import lint
from engine.bpmn.model import (
    Definition,
    Element,
    Flow,
    Host,
    MultiInstance,
    Position,
    Problem,
    Timer,
    Visit,
    Wait,
)
from engine.bpmn.moves import Move

__all__ = [
    "Budget",
    "Change",
    "Definition",
    "Element",
    "Execution",
    "Flow",
    "Host",
    "Imported",
    "Move",
    "MultiInstance",
    "Note",
    "Position",
    "Problem",
    "Timer",
    "Visit",
    "Wait",
    "compile_process",
    "diff",
    "import_model",
    "lint",
]

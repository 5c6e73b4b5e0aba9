"""DMN: decision models with requirement graphs, decision tables and boxed expressions, decided in FEEL.

    model = parse_model(xml)
    model.evaluate("Eligibility", {"Age": 30}).value

Knows no housing and no process; reads no file. Source: DMN 1.5 (OMG formal/2024-01-01), measured on the DMN TCK.
"""

from __future__ import annotations

from .errors import (
    DecisionAmbiguous,
    DecisionInputInvalid,
    DecisionInputMissing,
    DecisionMissing,
    DmnModelError,
    Problem,
)
from .evaluation import Evaluation, TableTrace
from .model import Model
from .parts import Decision, InputData, Knowledge, Service
from .reader import parse_model
from .table import DecisionTable, InputClause, OutputClause, Rule

__all__ = [
    "Decision",
    "DecisionAmbiguous",
    "DecisionInputInvalid",
    "DecisionInputMissing",
    "DecisionMissing",
    "DecisionTable",
    "DmnModelError",
    "Evaluation",
    "InputClause",
    "InputData",
    "Knowledge",
    "Model",
    "OutputClause",
    "Problem",
    "Rule",
    "Service",
    "TableTrace",
    "parse_model",
]

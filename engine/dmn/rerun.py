"""Re-run a decision on many recorded inputs, on several processors: what would a new version have decided?

Answers in the order of the inputs. Refuses nothing: a case that is not decided answers with its error code.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from engine.errors import GuangshaError
from engine.feel import FeelBudgetExceeded, to_json

from .model import Model
from .reader import parse_model

CHUNK = 2_000
Answer = tuple[Any, str | None]
_worker: list[tuple[Model, str]] = []


def rerun(
    model_xml: bytes,
    decision: str,
    inputs: Iterable[Mapping[str, object]],
    processes: int = 2,
    imports: Iterable[bytes] = (),
) -> Iterator[Answer]:
    """(value as JSON, None) or (None, error code) for each of `inputs`; `imports` are imported models, innermost first."""
    others = tuple(imports)
    if processes <= 1:
        _start(model_xml, decision, others)
        for chunk in _chunks(inputs):
            yield from _work(chunk)
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, _start, (model_xml, decision, others)) as pool:
        for answers in pool.imap(_work, _chunks(inputs)):
            yield from answers


def _chunks(inputs: Iterable[Mapping[str, object]]) -> Iterator[list[Mapping[str, object]]]:
    source = iter(inputs)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _start(model_xml: bytes, decision: str, imports: tuple[bytes, ...]) -> None:
    known: dict[str, Model] = {}
    for data in imports:
        model = parse_model(data, known)
        known[model.namespace] = model
    _worker[:] = [(parse_model(model_xml, known), decision)]


def _work(chunk: list[Mapping[str, object]]) -> list[Answer]:
    model, decision = _worker[0]
    return [_decide(model, decision, inputs) for inputs in chunk]


def _decide(model: Model, decision: str, inputs: Mapping[str, object]) -> Answer:
    try:
        return to_json(model.evaluate(decision, inputs).value), None
    except GuangshaError as fault:
        return None, fault.code
    except FeelBudgetExceeded as fault:
        return None, fault.code

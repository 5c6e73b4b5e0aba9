"""The rules of the linter, one noun a module; QUICK are those without which a diagram cannot run at all."""

from collections.abc import Callable

from engine.bpmn.rules import (
    calls,
    elements,
    expressions,
    flows,
    identity,
    layout,
    loops,
    names,
    properties,
    references,
    sound,
    timers,
)
from engine.bpmn.rules.context import Context

Rule = Callable[[Context], None]

QUICK: tuple[Rule, ...] = (
    identity.check,
    elements.check,
    flows.check,
    expressions.check,
    timers.check,
    loops.check,
    references.check,
    calls.check,
)
RULES: tuple[Rule, ...] = (*QUICK, properties.check, layout.check, names.check, sound.check)

"""Whether a case can always come to an end; reports what engine.bpmn.soundness finds, with the way that leads there."""

from __future__ import annotations

from engine.bpmn.rules.context import Context


def check(context: Context) -> None:
    """Filled when soundness is there."""

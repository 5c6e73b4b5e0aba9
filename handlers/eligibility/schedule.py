"""What eligibility does by the clock: collecting pending cases, tidying up after stopped ones. Refuses to collect in a
demonstration, whose people apply by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from handlers.eligibility.aftermath import tidy
from handlers.eligibility.collection import collect


@dataclass(frozen=True)
class Periodic:
    """The shape the worker looks for: name, run, trigger and its schedule."""

    name: str
    run: Callable[[Any], object]
    trigger: str = "interval"
    schedule: Mapping[str, Any] = field(default_factory=dict)


def _collect(services: Any) -> object:
    return None if services.config.demo else collect(services)


JOBS = (
    Periodic("eligibility.collect_pending", _collect, "interval", {"minutes": 15}),
    Periodic("eligibility.tidy_stopped", tidy, "interval", {"seconds": 20}),
)

"""What runs by the clock and not by a case: the shape that every `schedule` module gives its jobs. Starts nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """name is unique; trigger and schedule are APScheduler's («interval», {«seconds»: 30} or «cron», {«hour»: 2})."""

    name: str
    run: Callable[[Any], object]
    trigger: str = "interval"
    schedule: Mapping[str, Any] = field(default_factory=dict)

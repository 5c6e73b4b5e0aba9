"""What runs by the clock and not by a case: found in every `schedule` module under handlers/ and web/, run by the worker."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class PeriodicJob:
    """name is unique; trigger and schedule are APScheduler's («interval», {«seconds»: 30} or «cron», {«hour»: 2})."""

    name: str
    run: Callable[[Any], object]
    trigger: str = "interval"
    schedule: Mapping[str, Any] = field(default_factory=dict)


def find(*packages: ModuleType) -> tuple[PeriodicJob, ...]:
    """All JOBS of the modules named `schedule`; raises ValueError for two jobs of one name."""
    found: dict[str, PeriodicJob] = {}
    for package in packages:
        for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if info.name.rpartition(".")[2] != "schedule":
                continue
            for job in importlib.import_module(info.name).JOBS:
                if job.name in found:
                    raise ValueError(f"periodic job {job.name} is declared twice")
                found[job.name] = job
    return tuple(found.values())

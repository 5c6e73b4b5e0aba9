"""What runs by the clock and not by a case: found in every `schedule` module under handlers/ and web/, run by the worker."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from engine import PeriodicJob

__all__ = ["PeriodicJob", "find"]


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

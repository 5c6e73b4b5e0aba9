"""The engine in one object: every command and every question, over one database. Adds nothing of its own."""

from __future__ import annotations

from engine.deployment import Deployments
from engine.runtime import Runtime


class Engine(Deployments, Runtime):
    """Engine(database, registry=…, clock=…, services=…, settings=…). Thread-safe; make one a process."""

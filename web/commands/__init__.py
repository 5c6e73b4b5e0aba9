"""The commands of the command line, one module a group; each registers its sub-commands and returns an Answer."""

from __future__ import annotations

from web.commands import bench, cases, checks, database, deployment, operation
from web.commands.answer import Answer

MODULES = (operation, deployment, cases, checks, database, bench)

__all__ = ["MODULES", "Answer"]

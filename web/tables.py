"""Gathers every table of the product into one metadata, by finding each package's `records` module. Defines none."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from sqlalchemy import MetaData

import engine.records
import handlers
import web


def metadata() -> MetaData:
    """The engine's metadata after every `records` module under handlers/ and web/ has added its tables."""
    for package in (handlers, web):
        _import_records(package)
    found: MetaData = engine.records.metadata
    return found


def _import_records(package: ModuleType) -> None:
    for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if info.name.rpartition(".")[2] == "records":
            importlib.import_module(info.name)

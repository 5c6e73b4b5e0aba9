"""Gives a request the services that bootstrap built, and one database session over the same engine; builds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, Executable

from engine.database import writing as writing_to
from engine.records import metadata

if TYPE_CHECKING:
    from web.bootstrap import Services


class Database(SQLAlchemy):
    """Flask-SQLAlchemy over the engine that bootstrap made: one pool and one set of pragmas for all."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return app.extensions["guangsha"].database


db = Database(metadata=metadata)


def current_services() -> Services:
    """The services of this application; RuntimeError outside an application context."""
    return current_app.extensions["guangsha"]


def now() -> datetime:
    """The instant of the house's one clock, aware UTC."""
    return current_services().clock.now()


def machine_now() -> datetime:
    """The machine's own time, for sessions and throttling: a demonstration that moves the clock on logs nobody out."""
    return current_services().wall.now()


def rows(statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Mapping[str, Any]]:
    """All rows of a view's query as mappings, read in a connection of its own."""
    with current_services().database.connect() as connection:
        return connection.execute(statement, values or {}).mappings().all()


@contextmanager
def writing() -> Iterator[Connection]:
    """One transaction for tables of the screens (sessions, drafts, templates); never for the engine's."""
    with writing_to(current_services().database).begin() as connection:
        yield connection

"""Brings a database to the newest schema by Alembic; refuses to guess when the database is newer than the code."""

from __future__ import annotations

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from engine.database import open_database
from web.config import ROOT, Config


def upgrade(config: Config, revision: str = "head") -> tuple[str | None, str | None]:
    """Upgrade to revision; return (before, after). A database that stands at the head is left untouched."""
    database = open_database(config.url)
    try:
        before = current(database)
        if revision == "head" and before == head():
            return before, before
        _run(database, command.upgrade, revision)
        return before, current(database)
    finally:
        database.dispose()


def downgrade(config: Config, revision: str) -> None:
    """Go back to revision; used by the tests of the migrations and by operators."""
    database = open_database(config.url)
    try:
        _run(database, command.downgrade, revision)
    finally:
        database.dispose()


def current(database: Engine) -> str | None:
    with database.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def alembic_config() -> AlembicConfig:
    found = AlembicConfig()
    found.set_main_option("script_location", str(ROOT / "migrations"))
    return found


def _run(database: Engine, act: object, revision: str) -> None:
    found = alembic_config()
    with database.begin() as connection:
        found.attributes["connection"] = connection
        act(found, revision)  # type: ignore[operator]

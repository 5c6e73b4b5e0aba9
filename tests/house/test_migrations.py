"""Migrations: up from nothing, down to nothing, and what stands after `upgrade` equals what the code declares."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from engine.database import open_database
from web import schema
from web.config import Config
from web.tables import metadata


def test_migrated_schema_equals_the_models(database_url: str, tmp_path: Path) -> None:
    config = Config(data=tmp_path, database_url=database_url)
    assert schema.upgrade(config) == (None, schema.head())
    database = open_database(database_url)
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata()) == []
    database.dispose()


def test_downgrade_leaves_nothing_and_upgrade_works_again(database_url: str, tmp_path: Path) -> None:
    config = Config(data=tmp_path, database_url=database_url)
    schema.upgrade(config)
    schema.downgrade(config, "base")
    database = open_database(database_url)
    assert set(inspect(database).get_table_names()) <= {"alembic_version"}
    database.dispose()
    assert schema.upgrade(config)[1] == schema.head()


def test_a_second_upgrade_changes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    config = Config(data=tmp_path, database_url=sqlite_url)
    schema.upgrade(config)
    assert schema.upgrade(config) == (schema.head(), schema.head())

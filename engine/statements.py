"""Prepared SQL for the step path: multi-row inserts and fixed updates without the cost of building them anew. No queries."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table

from engine import canonical
from engine.records.metadata import Instant, JsonText, instant_text

Convert = Callable[[Any], Any]
Row = Mapping[str, Any]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows (column name -> Python value; missing columns are null). No row: no statement."""
    if not rows:
        return
    statement, columns = _insert(table, connection.dialect.name)
    values = [
        tuple(None if (value := row.get(name)) is None else convert(value) for name, convert in columns) for row in rows
    ]
    if len(values) == 1:
        connection.exec_driver_sql(statement, values[0])
    else:
        connection.exec_driver_sql(statement, values)


def execute(connection: Connection, statement: str, values: tuple[Any, ...]) -> int:
    """Run one write with `?` placeholders; instants must be given by `instant`. Returns the number of rows it changed."""
    return connection.exec_driver_sql(_placed(statement, connection.dialect.name), values).rowcount


def update_row(connection: Connection, table: Table, values: Row, key: str, key_value: str) -> int:
    """Set some columns of the row with this key. Returns the number of rows it changed."""
    converters = dict(_insert(table, connection.dialect.name)[1])
    given = tuple(None if value is None else converters[name](value) for name, value in values.items())
    assignments = ", ".join(f'"{name}" = ?' for name in values)
    return execute(connection, f'UPDATE "{table.name}" SET {assignments} WHERE "{key}" = ?', (*given, key_value))


instant = instant_text


def pipelined(connection: Connection) -> contextlib.AbstractContextManager[Any]:
    """On PostgreSQL the statements inside travel together; elsewhere nothing happens."""
    if connection.dialect.name != "postgresql":
        return contextlib.nullcontext()
    driver: Any = connection.connection.driver_connection
    pipeline: contextlib.AbstractContextManager[Any] = driver.pipeline()
    return pipeline


@cache
def _insert(table: Table, dialect: str) -> tuple[str, tuple[tuple[str, Convert], ...]]:
    columns = tuple((column.name, _converter(column.type)) for column in table.columns)
    names = ", ".join(f'"{name}"' for name, _ in columns)
    marks = ", ".join("?" for _ in columns)
    return _placed(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', dialect), columns


@cache
def _placed(statement: str, dialect: str) -> str:
    return statement if dialect == "sqlite" else statement.replace("?", "%s")


def _converter(kind: Any) -> Convert:
    if isinstance(kind, Instant):
        return instant_text
    if isinstance(kind, JsonText):
        return canonical.dumps
    if kind.__class__.__name__ == "Date":
        return lambda day: day.isoformat()
    return lambda value: value

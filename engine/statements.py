"""Prepared SQL for the step path: multi-row inserts and fixed updates without the cost of building them anew. No queries."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Connection, Date, Table
from sqlalchemy.exc import DBAPIError

from engine import canonical
from engine.records.metadata import Instant, JsonText, OrderedJsonText, instant_text, ordered_json

Convert = Callable[[Any], Any]
Row = Mapping[str, Any]
Special = tuple[tuple[int, Convert], ...]


class Write(NamedTuple):
    """One prepared write. values: a row, or a list of rows for the same statement. rows: how many it must change, if told."""

    statement: str
    values: tuple[Any, ...] | list[tuple[Any, ...]]
    rows: int | None = None


def inserts(table: Table, rows: Sequence[Row]) -> Iterator[Write]:
    """The write that inserts rows (column name -> Python value; missing columns are null). No row: no write."""
    if rows:
        statement, names, special = _insert(table)
        values = [_converted(list(map(row.get, names)), special) for row in rows]
        yield Write(statement, values if len(values) > 1 else values[0])


def _converted(values: list[Any], special: Special) -> tuple[Any, ...]:
    for place, convert in special:
        if values[place] is not None:
            values[place] = convert(values[place])
    return tuple(values)


def send(connection: Connection, writes: Sequence[Write]) -> bool:
    """Run writes in order, on PostgreSQL in one pipeline. False if one changed another number of rows than it must.

    Goes to the driver directly, which is three times cheaper, unless somebody listens to the statements of the engine.
    """
    if connection.engine.dispatch.before_cursor_execute:
        return _send_heard(connection, writes)
    driver: Any = connection.connection.driver_connection
    postgres = connection.dialect.name == "postgresql"
    dbapi: Any = connection.dialect.loaded_dbapi
    cursors = []
    try:
        with driver.pipeline() if postgres else contextlib.nullcontext():
            for write in writes:
                cursor = driver.cursor()
                run = cursor.executemany if isinstance(write.values, list) else cursor.execute
                run(_placed(write.statement) if postgres else write.statement, write.values)
                cursors.append(cursor)
    except dbapi.Error as error:
        raise DBAPIError.instance(write.statement, None, error, dbapi.Error, dialect=connection.dialect) from error
    counted = zip(writes, cursors, strict=True)
    return all(write.rows is None or cursor.rowcount == write.rows for write, cursor in counted)


def _send_heard(connection: Connection, writes: Sequence[Write]) -> bool:
    good = True
    for write in writes:
        done = connection.exec_driver_sql(_for(connection, write.statement), write.values)
        good = good and (write.rows is None or done.rowcount == write.rows)
    return good


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows now."""
    for write in inserts(table, rows):
        connection.exec_driver_sql(_for(connection, write.statement), write.values)


def execute(connection: Connection, statement: str, values: tuple[Any, ...]) -> int:
    """Run one write with `?` placeholders now; instants must be given by `instant`. Returns how many rows it changed."""
    return connection.exec_driver_sql(_for(connection, statement), values).rowcount


def update(table: Table, values: Row, key: str, key_value: str, rows: int | None = None) -> Write:
    """The write that sets some columns of the row with this key."""
    _, names, special = _insert(table)
    converters = {names[place]: convert for place, convert in special}
    given = tuple(v if v is None or n not in converters else converters[n](v) for n, v in values.items())
    assignments = ", ".join(f'"{name}" = ?' for name in values)
    return Write(f'UPDATE "{table.name}" SET {assignments} WHERE "{key}" = ?', (*given, key_value), rows)


def update_row(connection: Connection, table: Table, values: Row, key: str, key_value: str) -> int:
    """Set some columns of the row with this key now. Returns how many rows it changed."""
    write = update(table, values, key, key_value)
    return connection.exec_driver_sql(_for(connection, write.statement), write.values).rowcount


instant = instant_text


@cache
def _insert(table: Table) -> tuple[str, tuple[str, ...], Special]:
    columns = tuple(table.columns)
    special = tuple((n, found) for n, column in enumerate(columns) if (found := _converter(column.type)) is not None)
    names = ", ".join(f'"{column.name}"' for column in columns)
    marks = ", ".join("?" for _ in columns)
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'
    return statement, tuple(column.name for column in columns), special


def _for(connection: Connection, statement: str) -> str:
    return statement if connection.dialect.name == "sqlite" else _placed(statement)


@cache
def _placed(statement: str) -> str:
    return statement.replace("?", "%s")


def _converter(kind: Any) -> Convert | None:
    """How a value of this column type is given to the driver; None: as it is."""
    if isinstance(kind, Instant):
        return instant_text
    if isinstance(kind, OrderedJsonText):
        return ordered_json
    if isinstance(kind, JsonText):
        return canonical.dumps
    return date.isoformat if isinstance(kind, Date) else None


def _reader(kind: Any, sqlite: bool) -> Convert | None:
    """How a value of this column type comes back from the driver; None: as it is."""
    if isinstance(kind, JsonText | OrderedJsonText):
        return canonical.loads
    if isinstance(kind, Instant):
        return datetime.fromisoformat if sqlite else _utc
    if not sqlite:
        return None
    if isinstance(kind, Date):
        return date.fromisoformat
    return bool if isinstance(kind, Boolean) else None


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


class Query:
    """A prepared query for one row of several tables by one key, each table's part as a dict; locks what is named.

    tables: (alias, table) in the order of the parts; joined: the text after SELECT …, with one `?`.
    """

    def __init__(self, tables: Sequence[tuple[str, Table]], joined: str, lock: str = "") -> None:
        self.parts = tuple(tuple(column.name for column in table.columns) for _, table in tables)
        self.types = tuple(column.type for _, table in tables for column in table.columns)
        selected = ", ".join(f'{alias}."{column.name}"' for alias, table in tables for column in table.columns)
        self.sqlite = f"SELECT {selected} {joined}"
        self.postgres = _placed(f"{self.sqlite} FOR UPDATE OF {lock}" if lock else self.sqlite)
        self.readers: dict[bool, Special] = {True: self._readers(True), False: self._readers(False)}

    def _readers(self, sqlite: bool) -> Special:
        return tuple((n, found) for n, kind in enumerate(self.types) if (found := _reader(kind, sqlite)) is not None)

    def one(self, connection: Connection, key: str) -> tuple[dict[str, Any], ...] | None:
        """The parts of the row, or None."""
        sqlite = connection.dialect.name == "sqlite"
        statement = self.sqlite if sqlite else self.postgres
        row: Any
        if connection.engine.dispatch.before_cursor_execute:
            row = connection.exec_driver_sql(statement, (key,)).one_or_none()
        else:
            row = self._direct(connection, statement, key)
        if row is None:
            return None
        values = _converted(list(row), self.readers[sqlite])
        found, at = [], 0
        for names in self.parts:
            found.append(dict(zip(names, values[at : at + len(names)], strict=True)))
            at += len(names)
        return tuple(found)

    def _direct(self, connection: Connection, statement: str, key: str) -> Any:
        driver: Any = connection.connection.driver_connection
        dbapi: Any = connection.dialect.loaded_dbapi
        try:
            return driver.cursor().execute(statement, (key,)).fetchone()
        except dbapi.Error as error:
            raise DBAPIError.instance(statement, None, error, dbapi.Error, dialect=connection.dialect) from error

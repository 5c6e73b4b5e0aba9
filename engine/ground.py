"""What all parts of the engine stand on: one database, one clock, transactions that are tried again when they collide."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy import Engine as Database
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from engine import canonical
from engine.actors import Actor
from engine.calendar import Calendar
from engine.clock import Clock, SystemClock
from engine.database import writing
from engine.errors import StaleTask, Unavailable, ValidationFailed
from engine.library import Library
from engine.records import command_receipt
from engine.registry import Registry
from engine.registry import registry as default_registry
from engine.settings import EngineSettings
from engine.statements import Query, Write, inserts, send

if TYPE_CHECKING:
    from engine.step import Step

Result = TypeVar("Result")
_COLLISIONS = frozenset({"40001", "40P01", "55P03"})
_LONGEST_KEY = 120


class Done(NamedTuple):
    """What a command did: its case, its answer (JSON), and the writes that are still to be sent."""

    case_id: str | None
    answer: dict[str, Any]
    writes: Sequence[Write] = ()


class LateConnection:
    """Answers execute() like a connection, which it opens at the first call."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None

    def execute(self, *arguments: Any) -> Any:
        if self._connection is None:
            self._connection = self._database.connect()
        return self._connection.execute(*arguments)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


class Ground:
    def __init__(
        self,
        database: Database,
        *,
        registry: Registry = default_registry,
        clock: Clock | None = None,
        services: Any = None,
        settings: EngineSettings | None = None,
    ) -> None:
        self.database, self._writer = database, writing(database)
        self.registry, self.services = registry, services
        self.clock: Clock = clock or SystemClock()
        self.settings = settings or EngineSettings()
        self.library = Library(self.settings)

    def now(self) -> datetime:
        return self.clock.now()

    def today(self) -> date:
        return self.clock.today()

    def calendar(self, jurisdiction: str | None = None) -> Calendar:
        with self.looking() as (library, connection):
            return library.calendar(connection, jurisdiction or self.settings.jurisdiction)

    @contextmanager
    def looking(self) -> Iterator[tuple[Library, Connection]]:
        """The library with a connection that is opened only if something has to be read."""
        late = LateConnection(self.database)
        try:
            yield self.library, cast(Connection, late)
        finally:
            late.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.database.connect() as connection:
            yield connection

    def transact(self, work: Callable[[Connection], Result]) -> Result:
        """Run `work` in one transaction; again after a collision with another one. Raises Unavailable when it cannot be."""
        for attempt in range(1, self.settings.transaction_tries + 1):
            try:
                with self._writer.begin() as connection:
                    return work(connection)
            except IntegrityError:
                if attempt == self.settings.transaction_tries:
                    raise
            except DBAPIError as error:
                if not _is_collision(error) or attempt == self.settings.transaction_tries:
                    raise _named(error) from error
            time.sleep(0.005 * attempt)
        raise AssertionError("unreachable")

    def command(
        self,
        name: str,
        key: str,
        actor: Actor,
        body: Mapping[str, Any],
        work: Callable[[Connection], Done],
    ) -> dict[str, Any]:
        """Run `work` once per idempotency key and give the same answer every time.

        What `work` has left to write goes out together with the receipt. Raises ValidationFailed for a key that was
        used for something else.
        """
        if not key or len(key) > _LONGEST_KEY:
            raise ValidationFailed(
                "缺少幂等键，或超过 120 个字符。", errors=[{"path": "idempotency_key", "message": "必填"}]
            )
        body_hash = canonical.digest({"command": name, "actor": actor.user_id, "body": body})

        def once(connection: Connection) -> dict[str, Any]:
            known = _RECEIPT.one(connection, key)
            if known is not None:
                return _same_answer(known[0]["body_hash"], body_hash, known[0]["answer"], key)
            done = work(connection)
            row: dict[str, Any] = {
                "idempotency_key": key,
                "command": name,
                "actor_id": actor.user_id,
                "body_hash": body_hash,
            }
            row |= {"answer": done.answer, "case_id": done.case_id, "answered_at": self.now()}
            if not send(connection, [*done.writes, *inserts(command_receipt, [row])]):
                raise StaleTask("这个办件刚刚被别的操作改变，请刷新后重试。", case_id=done.case_id)
            return done.answer

        return self.transact(once)

    # what the rows of a step ask of the runtime
    def reckon_deadline(self, step: Step) -> None:
        raise NotImplementedError  # abstract

    def open_incident(self, step: Step, row: dict[str, Any]) -> str:
        raise NotImplementedError  # abstract

    def new_jobs(self, connection: Connection) -> list[str]:
        raise NotImplementedError  # abstract

    def answered(self, key: str) -> dict[str, Any] | None:
        """The answer already given under a key, if any."""
        with self.reading() as connection:
            known = _RECEIPT.one(connection, key)
            return None if known is None else known[0]["answer"]


_RECEIPT = Query((("r", command_receipt),), "FROM command_receipt r WHERE r.idempotency_key = ?")


def _same_answer(known: str, asked: str, answer: dict[str, Any], key: str) -> dict[str, Any]:
    if known != asked:
        raise ValidationFailed("这个幂等键已用于另一项内容不同的操作，请刷新页面后重试。", idempotency_key=key)
    return answer


def _is_collision(error: DBAPIError) -> bool:
    if getattr(error.orig, "sqlstate", None) in _COLLISIONS:
        return True
    return isinstance(error, OperationalError) and "locked" in str(error.orig)


def _named(error: DBAPIError) -> Exception:
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return Unavailable("数据库暂时不可用，内容未保存，请稍后重试。", retry_after_s=5.0)
    return error

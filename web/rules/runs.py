"""What-if runs with progress: started, followed, cancelled; small ones at once, long ones in a thread of their own.

The state of a run is in the table, so any process can show or cancel it; a run whose process died is told as broken off.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select, update

from engine import Actor
from engine.database import writing
from engine.errors import GuangshaError, NotFound
from web.rules.records import what_if_run
from web.rules.whatif import Past, Tally, Weigher, weigh
from web.studio.reviews import content_hash

AT_ONCE = 1000
BEAT_S = 0.5
SILENT = timedelta(seconds=60)
Row = Mapping[str, Any]


class Runs:
    """The runs of one installation. now() gives the aware instant of the house's clock."""

    def __init__(self, database: Engine, now: Callable[[], datetime]) -> None:
        self.database, self.now = database, now

    def start(self, key: str, content: str, actor: Actor, pasts: Callable[[], Iterable[Past]], total: int, judge: Weigher) -> str:
        """Begin to weigh; returns the id. Up to AT_ONCE records the run is finished on return."""
        run_id = uuid.uuid4().hex
        row = {
            "id": run_id,
            "decision_key": key,
            "content": content,
            "content_hash": content_hash(content),
            "state": "running",
            "total": total,
            "result": {},
            "started_by": actor.user_id,
            "started_by_name": actor.name,
            "started_at": self.now(),
            "beat_at": self.now(),
        }
        with writing(self.database).begin() as connection:
            connection.execute(insert(what_if_run).values(row))
        if total <= AT_ONCE:
            self._carry_out(run_id, pasts, judge)
        else:
            thread = threading.Thread(target=self._carry_out, args=(run_id, pasts, judge), name=f"what-if {key}", daemon=True)
            thread.start()
        return run_id

    def one(self, run_id: str) -> dict[str, Any]:
        """The run, with state `broken` when its process has been silent for a minute."""
        with self.database.connect() as connection:
            row = connection.execute(select(what_if_run).where(what_if_run.c.id == run_id)).mappings().first()
        if row is None:
            raise NotFound("没有这次影响测算")
        return self._told(row)

    def latest(self, key: str, content: str | None = None) -> dict[str, Any] | None:
        """The newest run of a decision, if asked only of exactly this content."""
        query = select(what_if_run).where(what_if_run.c.decision_key == key)
        if content is not None:
            query = query.where(what_if_run.c.content_hash == content_hash(content))
        with self.database.connect() as connection:
            row = connection.execute(query.order_by(what_if_run.c.started_at.desc()).limit(1)).mappings().first()
        return self._told(row) if row else None

    def cancel(self, run_id: str) -> None:
        """Stop a run; what was counted so far stays readable."""
        self._close(run_id, "cancelled")

    def _told(self, row: Row) -> dict[str, Any]:
        told = {name: value for name, value in row.items() if name != "content"}
        if told["state"] == "running" and self.now() - told["beat_at"] > SILENT:
            told["state"] = "broken"
        told["percent"] = 100 if not told["total"] else min(100, told["seen"] * 100 // told["total"])
        told["left_s"] = _left_s(told, self.now())
        return told

    def _carry_out(self, run_id: str, pasts: Callable[[], Iterable[Past]], judge: Weigher) -> None:
        tally, beat = Tally(), time.monotonic()
        try:
            for tally in weigh(pasts(), judge):
                if time.monotonic() - beat > BEAT_S:
                    beat = time.monotonic()
                    if not self._beat(run_id, tally):
                        return
        except Exception as error:  # a thread has nobody above it: the run itself must tell
            self._close(run_id, "failed", error=error.message if isinstance(error, GuangshaError) else repr(error))
            return
        self._beat(run_id, tally)
        self._close(run_id, "done", result=tally.as_dict())

    def _beat(self, run_id: str, tally: Tally) -> bool:
        """Note the progress; False when the run was cancelled meanwhile."""
        values = {"seen": tally.total.seen, "changed": tally.total.changed, "beat_at": self.now()}
        with writing(self.database).begin() as connection:
            moved = connection.execute(
                update(what_if_run).where(what_if_run.c.id == run_id, what_if_run.c.state == "running").values(values)
            )
        return moved.rowcount == 1

    def _close(self, run_id: str, state: str, **values: Any) -> None:
        with writing(self.database).begin() as connection:
            connection.execute(
                update(what_if_run)
                .where(what_if_run.c.id == run_id, what_if_run.c.state == "running")
                .values(state=state, ended_at=self.now(), **values)
            )


def _left_s(run: Row, now: datetime) -> int | None:
    """Seconds left by the pace so far; None before anything is known."""
    if run["state"] != "running" or not run["seen"]:
        return None
    spent = (now - run["started_at"]).total_seconds()
    return max(1, round(spent * (run["total"] - run["seen"]) / run["seen"]))

"""Answers whether the installation is well: database, queue, worker, sandbox. Repairs nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from flask import Flask, jsonify
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from engine.records import incident, job
from web import heartbeat
from web.services import current_services, rows

_SILENT_S = 15.0


def state() -> dict[str, Any]:
    """{status, database, queue, worker, sandbox}; status is ok when the database answers."""
    found: dict[str, Any] = {}
    for name, ask in (("database", _database), ("queue", _queue), ("worker", _worker), ("sandbox", _sandbox)):
        found[name] = _asked(ask)
    return {"status": "ok" if found["database"]["status"] == "ok" else "failed", **found}


def _asked(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"status": "ok", **ask()}
    except Exception as error:  # health must answer whatever is broken; the name of the fault is the answer
        return {"status": "failed", "reason": type(error).__name__}


def _database() -> dict[str, Any]:
    rows(select(1))
    return {"kind": current_services().database.dialect.name}


def _queue() -> dict[str, Any]:
    waiting = rows(select(func.count().label("n")).select_from(job).where(job.c.status.in_(("ready", "running"))))
    broken = rows(select(func.count().label("n")).select_from(incident).where(incident.c.status == "open"))
    return {"waiting": waiting[0]["n"], "incidents": broken[0]["n"]}


def _worker() -> dict[str, Any]:
    services = current_services()
    beat = heartbeat.last_beat(services.database)
    if beat is None:
        return {"status": "absent"}
    silent_s = (services.clock.now() - beat).total_seconds()
    return {"status": "ok" if silent_s < _SILENT_S else "silent", "beat_at": beat.isoformat()}


def _sandbox() -> dict[str, Any]:
    url = current_services().config.sandbox_url
    if not url:
        return {"status": "not_used"}
    answer = httpx.get(f"{url}/_health", timeout=2, trust_env=False)
    return {"status": "ok" if answer.status_code == 200 else "failed"}


def install(app: Flask) -> None:
    """Serve /healthz."""

    @app.get("/healthz", endpoint="healthz")
    def healthz() -> tuple[Response, int]:
        found = state()
        return jsonify(found), 200 if found["status"] == "ok" else 503

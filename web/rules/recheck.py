"""Computes a sample of the stored decisions again, each on its own version, and keeps whether all came out the same.

Changes no decision; a difference is a fault of the house that the rules desk shows until it is understood.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import insert, select

from engine import canonical
from engine.database import writing
from engine.errors import GuangshaError
from engine.records import decision_definition, decision_record
from web.rules.records import rule_recheck
from web.rules.tables import Rule

SHARE = 0.01
AT_LEAST = 200


def recheck(services: Any) -> Mapping[str, Any]:
    """Judge the sample and store {seen, same, first difference}; returns the stored row."""
    seen, differences = 0, []
    rules: dict[str, Rule] = {}
    for record in _sample(services):
        seen += 1
        difference = _difference(services, record, rules)
        if difference:
            differences.append(difference)
    row = {
        "id": uuid.uuid4().hex,
        "checked_at": services.clock.now(),
        "seen": seen,
        "same": seen - len(differences),
        "first_difference": differences[0] if differences else "",
    }
    with writing(services.database).begin() as connection:
        connection.execute(insert(rule_recheck).values(row))
    return row


def latest(services: Any) -> Mapping[str, Any] | None:
    """The newest check, or None when there was none yet."""
    query = select(rule_recheck).order_by(rule_recheck.c.checked_at.desc()).limit(1)
    with services.database.connect() as connection:
        return connection.execute(query).mappings().first()


def _sample(services: Any) -> Iterator[Mapping[str, Any]]:
    """The newest AT_LEAST records and, of the others, those whose id falls into the day's share."""
    day = services.clock.today().isoformat()
    query = select(decision_record).order_by(decision_record.c.id.desc())
    with services.database.connect().execution_options(stream_results=True) as connection:
        for number, row in enumerate(connection.execute(query).mappings()):
            if number < AT_LEAST or _chance(day, row["id"]) < SHARE:
                yield row


def _chance(day: str, record_id: str) -> float:
    return int.from_bytes(hashlib.sha256(f"{day}{record_id}".encode()).digest()[:6]) / 2**48


def _difference(services: Any, record: Mapping[str, Any], rules: dict[str, Rule]) -> str:
    """What is not as it was stored; empty when it is."""
    found = record["definition_id"]
    if found not in rules:
        query = select(decision_definition.c.xml).where(decision_definition.c.id == found)
        with services.database.connect() as connection:
            rules[found] = Rule(bytes(connection.execute(query).scalar_one()), record["decision_key"])
    try:
        trial = rules[found].trial(record["inputs"], record["decision_id"], record["decided_at"])
    except GuangshaError as error:
        return f"{record['decision_key']} {record['id']}: {error.message}"
    stored, now = canonical.dumps(record["outputs"]), canonical.dumps(trial.value)
    return "" if stored == now else f"{record['decision_key']} {record['id']}: {stored} / {trial.verdict.error or now}"

"""The tests that stand beside a rule: own ones and generated boundary cases, run against any version of it.

A test says what must come out for some inputs; it changes no case and is never deleted by a run.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update

from engine import Actor, canonical
from engine.database import writing
from engine.errors import NotFound, ValidationFailed
from web.rules.records import rule_test
from web.rules.whatif import Judge, Verdict, words

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """One test after a run: whether it holds, what came out, which rows fired."""

    test: Row
    passed: bool
    verdict: Verdict

    @property
    def expected_words(self) -> str:
        return words(expected_verdict(self.test["expected"]))

    @property
    def actual_words(self) -> str:
        return words(self.verdict)


def of(database: Engine, decision_key: str) -> Sequence[Row]:
    """Own tests first, then generated ones, each in the order of writing."""
    query = select(rule_test).where(rule_test.c.decision_key == decision_key)
    with database.connect() as connection:
        return connection.execute(query.order_by(rule_test.c.generated, rule_test.c.created_at, rule_test.c.name)).mappings().all()


def counts(database: Engine) -> dict[str, int]:
    """How many tests each decision has."""
    with database.connect() as connection:
        found = connection.execute(select(rule_test.c.decision_key, func.count()).group_by(rule_test.c.decision_key))
        return dict(found.all())


def add(database: Engine, decision_key: str, name: str, inputs: Row, expected: Row, actor: Actor, at: datetime, source: str = "") -> str:
    """Keep one own test; ValidationFailed without a name."""
    if not name.strip():
        raise ValidationFailed("请给测试起一个名字", errors=[{"path": "/name", "message": "请给测试起一个名字"}])
    row = _row(decision_key, name.strip(), inputs, expected, actor, at, source, generated=False)
    with writing(database).begin() as connection:
        connection.execute(insert(rule_test).values(row))
    return str(row["id"])


def replace_generated(database: Engine, decision_key: str, cases: Sequence[tuple[str, Row, Row]], actor: Actor, at: datetime) -> int:
    """Put freshly generated boundary cases (name, inputs, expected) in the place of the old ones; own tests stay."""
    fresh = [_row(decision_key, name, inputs, expected, actor, at, "boundary", generated=True) for name, inputs, expected in cases]
    with writing(database).begin() as connection:
        connection.execute(delete(rule_test).where(rule_test.c.decision_key == decision_key, rule_test.c.generated))
        if fresh:
            connection.execute(insert(rule_test), fresh)
    return len(fresh)


def remove(database: Engine, decision_key: str, test_id: str) -> None:
    """Delete one test; NotFound when it is not there."""
    with writing(database).begin() as connection:
        gone = connection.execute(
            delete(rule_test).where(rule_test.c.id == test_id, rule_test.c.decision_key == decision_key)
        )
    if gone.rowcount == 0:
        raise NotFound("没有这个测试，可能已被删除")


def run(tests: Sequence[Row], judge: Judge) -> list[Outcome]:
    """Judge every test; failed ones first."""
    found = []
    for test in tests:
        verdict = judge(test["inputs"])
        found.append(Outcome(test, holds(test["expected"], verdict), verdict))
    return sorted(found, key=lambda outcome: outcome.passed)


def holds(expected: Row, verdict: Verdict) -> bool:
    """Whether the verdict is what the test asks for: the same value, or the error of that code."""
    if "error" in expected:
        return bool(verdict.error) and expected["error"] == verdict.code
    return not verdict.error and canonical.dumps(expected["value"]) == canonical.dumps(verdict.outputs)


def expected_of(verdict: Verdict) -> dict[str, Any]:
    """What a test kept from this verdict would ask for."""
    return {"error": verdict.code} if verdict.error else {"value": verdict.outputs}


def expected_verdict(expected: Row) -> Verdict:
    if "error" in expected:
        return Verdict(None, error=ERRORS.get(expected["error"], str(expected["error"])), code=str(expected["error"]))
    return Verdict(expected["value"])


ERRORS = {
    "decision_missing": "没有任何一行符合",
    "decision_ambiguous": "多行同时符合而命中方式不允许",
    "decision_input_missing": "缺少输入",
    "decision_input_invalid": "输入不在允许的取值内",
}


def _row(
    decision_key: str, name: str, inputs: Row, expected: Row, actor: Actor, at: datetime, source: str, *, generated: bool
) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex,
        "decision_key": decision_key,
        "name": name,
        "inputs": dict(inputs),
        "expected": dict(expected),
        "generated": generated,
        "source": source,
        "created_by": actor.user_id,
        "created_by_name": actor.name,
        "created_at": at,
    }


def expect(database: Engine, test_id: str, expected: Row, actor: Actor, at: datetime) -> None:
    """Change what a test asks for; who said so and when stays with it."""
    values = {"expected": dict(expected), "created_by": actor.user_id, "created_by_name": actor.name, "created_at": at}
    with writing(database).begin() as connection:
        connection.execute(update(rule_test).where(rule_test.c.id == test_id).values(values))

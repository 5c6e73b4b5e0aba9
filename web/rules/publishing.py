"""From a changed rule to the version in force by two people; refuses errors, red tests and changes that were overtaken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine import Actor
from engine.clock import start_of
from engine.database import writing
from engine.errors import DeploymentRefused, GuangshaError, StaleTask, ValidationFailed
from web.rules import documents, queries, tests
from web.rules.comparison import compare
from web.rules.shelf import KIND, RuleShelf
from web.rules.tables import Rule
from web.studio import reviews


def submit(shelf: RuleShelf, actor: Actor, form: Mapping[str, str], upload: Any = None, which: str = "draft") -> str:
    """Make a version of the rule a waiting change; returns its id.

    form: note, legal_basis, effective_on (ISO day, empty: at once). upload: the legal document, or None.
    """
    xml = shelf.xml(which)
    report = _examine(shelf, xml)
    found = queries.versions(shelf.key)
    newest = queries.version(shelf.key, found[0]["version"]) if found else None
    if newest is not None and bytes(newest["xml"]) == xml:
        raise ValidationFailed("与最新版本完全相同，没有可以提交的修改")
    before = bytes(newest["xml"]) if newest else b""
    change = reviews.Change(
        kind=KIND,
        key=shelf.key,
        content=xml.decode(),
        note=form.get("note", ""),
        base_hash=newest["hash"] if newest else "",
        base_version=newest["version"] if newest else None,
        legal_basis=form.get("legal_basis", ""),
        effective_on=_day(form.get("effective_on", ""), shelf.services.clock.today()),
        report=report | {"changes": compare(before, xml) if before else []},
    )
    paper = documents.read(upload)
    review_id = reviews.submit(shelf.services.database, change, actor, shelf.services.clock.now())
    if paper is not None:
        documents.keep(shelf.services.database, KIND, shelf.key, review_id, paper, actor, shelf.services.clock.now())
    return review_id


def _examine(shelf: RuleShelf, xml: bytes) -> dict[str, Any]:
    problems = shelf.problems(xml)
    errors = [problem for problem in problems if problem["severity"] == "error"]
    if errors:
        raise DeploymentRefused(f"还有 {len(errors)} 个错误，改正后才能提交：{errors[0]['message']}", problems=errors)
    outcomes = tests.run(tests.of(shelf.services.database, shelf.key), Rule(xml, shelf.key).judge())
    red = [outcome for outcome in outcomes if not outcome.passed]
    if red:
        first = red[0]
        raise ValidationFailed(
            f"有 {len(red)} 个测试不通过，不能提交。第一个：{first.test['name']}，应为 {first.expected_words}，"
            f"得到 {first.actual_words}。若结果应当改变，请先修改测试。",
            errors=[{"path": f"/tests/{outcome.test['id']}", "message": outcome.test["name"]} for outcome in red],
        )
    return {"problems": problems, "tests": len(outcomes)}


def _day(text: str, today: date) -> str | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        message = "生效日期应为年-月-日，例如 2027-01-01"
        raise ValidationFailed(message, errors=[{"path": "/effective_on", "message": message}]) from error
    if day < today:
        message = "生效日期不能早于今天：已经作出的判断不会被改写"
        raise ValidationFailed(message, errors=[{"path": "/effective_on", "message": message}])
    return day.isoformat()


def approve(services: Any, review_id: str, actor: Actor, note: str) -> Any:
    """Put a waiting change into force in the name of both people; returns the engine's receipt."""
    now = services.clock.now()
    with writing(services.database).begin() as connection:
        row = reviews.take(connection, review_id, actor, now, note)
    shelf = RuleShelf(services, row["key"])
    try:
        _refuse_overtaken(shelf, row)
        receipt = services.engine.deploy(
            {shelf.path(): row["content"].encode()},
            Actor(row["submitted_by"], row["submitted_by_name"]),
            note=row["note"],
            approved_by=actor.name,
            effective_at=_effective_at(row["effective_on"], services.clock.today()),
        )
    except GuangshaError:
        reviews.reopen(services.database, review_id)
        raise
    version = next((model.version for model in receipt.models if model.key == row["key"]), None)
    reviews.note_deployment(services.database, review_id, receipt.deployment_id, version)
    draft = shelf.draft()
    if draft is not None and draft.xml.decode() == row["content"]:
        services.engine.discard_draft(KIND, shelf.key)
    return receipt


def _effective_at(text: str | None, today: date) -> Any:
    """The first instant of a day to come; None for at once (a day that has come meanwhile counts as at once)."""
    if not text or date.fromisoformat(text) <= today:
        return None
    return start_of(date.fromisoformat(text))


def _refuse_overtaken(shelf: RuleShelf, row: Any) -> None:
    newest = queries.versions(shelf.key)
    if not newest or row["base_version"] is None or newest[0]["version"] == row["base_version"]:
        return
    raise StaleTask(
        f"{newest[0]['actor_name']} 在此之后已发布第 {newest[0]['version']} 版；请退回修改人，在新版本上重做修改",
        by=newest[0]["actor_name"],
        at=newest[0]["deployed_at"].isoformat(),
        what=f"version {newest[0]['version']}",
    )



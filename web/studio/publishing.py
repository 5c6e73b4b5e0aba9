"""From a draft to the version in force by two people; refuses drafts with errors and changes that were overtaken."""

from __future__ import annotations

from typing import Any

from engine import Actor
from engine.database import writing
from engine.errors import DeploymentRefused, GuangshaError, StaleTask, ValidationFailed
from web.studio import queries, reviews
from web.studio.comparison import compare
from web.studio.models import KIND, Shelf


def submit(shelf: Shelf, actor: Actor, note: str) -> str:
    """Make the draft a waiting change; returns its id. Refused without a draft, without a change or with errors."""
    draft = shelf.draft()
    if draft is None:
        raise ValidationFailed("没有草稿可以提交；请先修改流程图")
    problems = shelf.problems(draft.xml)
    errors = [problem for problem in problems if problem["severity"] == "error"]
    if errors:
        raise DeploymentRefused(f"还有 {len(errors)} 个错误，改正后才能提交：{errors[0]['message']}", problems=errors)
    live = shelf.live_version()
    base = queries.version(shelf.key, live) if live else None
    if base is not None and bytes(base["xml"]) == draft.xml:
        raise ValidationFailed("草稿与运行中的版本完全相同，没有可以提交的修改")
    changes = compare(bytes(base["xml"]), draft.xml) if base else []
    change = reviews.Change(
        kind=KIND,
        key=shelf.key,
        content=draft.xml.decode(),
        note=note,
        base_hash=base["hash"] if base else "",
        base_version=live,
        report={"problems": problems, "changes": changes, "draft_revision": draft.revision},
    )
    return reviews.submit(shelf.services.database, change, actor, shelf.now())


def approve(services: Any, review_id: str, actor: Actor, note: str) -> Any:
    """Deploy a waiting change in the name of both people; returns the engine's receipt."""
    now = services.clock.now()
    with writing(services.database).begin() as connection:
        row = reviews.take(connection, review_id, actor, now, note)
    shelf = Shelf(services, row["key"])
    try:
        _refuse_overtaken(shelf, row)
        author = Actor(row["submitted_by"], row["submitted_by_name"])
        receipt = shelf.deploy(row["content"].encode(), author, actor, row["note"], None)
    except GuangshaError:
        reviews.reopen(services.database, review_id)
        raise
    version = next((model.version for model in receipt.models if model.key == row["key"]), None)
    reviews.note_deployment(services.database, review_id, receipt.deployment_id, version)
    _forget_draft(shelf, row)
    return receipt


def _refuse_overtaken(shelf: Shelf, row: Any) -> None:
    """The version it grew from must still be the one in force: else the reviewer saw a different change."""
    newest = queries.versions(shelf.key)
    if not newest or row["base_version"] is None or newest[0]["version"] == row["base_version"]:
        return
    raise StaleTask(
        f"{newest[0]['actor_name']} 在此之后已发布第 {newest[0]['version']} 版；请退回修改人，在新版本上重做修改",
        by=newest[0]["actor_name"],
        at=newest[0]["deployed_at"].isoformat(),
        what=f"version {newest[0]['version']}",
    )


def _forget_draft(shelf: Shelf, row: Any) -> None:
    """The draft has become a version; one that went on changing meanwhile is kept."""
    draft = shelf.draft()
    if draft is not None and draft.xml.decode() == row["content"]:
        shelf.engine.discard_draft(KIND, shelf.key)

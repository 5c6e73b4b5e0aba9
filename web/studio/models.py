"""Diagrams by name: the version in force, a numbered one, the draft or a proposal; problems and differences between two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import Actor
from engine.errors import NotFound
from web.studio import queries, reviews
from web.studio.checks import problems_of

KIND = "process"


@dataclass(frozen=True)
class Model:
    """One diagram with what people call it. version is None for a draft, a proposal or an upload."""

    key: str
    name: str
    label: str
    xml: bytes
    version: int | None = None


class Shelf:
    """All diagrams of one process."""

    def __init__(self, services: Any, key: str) -> None:
        self.services, self.key = services, key

    @property
    def engine(self) -> Any:
        return self.services.engine

    def versions(self) -> list[Mapping[str, Any]]:
        """Newest first; each says whether it is the one that new cases get."""
        found = [dict(row) for row in queries.versions(self.key)]
        live = self.live_version(found)
        counts = queries.cases_by_version(self.key)
        for row in found:
            row["live"] = row["version"] == live
            row["planned"] = row["effective_at"] > self.now()
            row |= counts.get((self.key, row["version"]), {"total": 0, "running": 0})
        return found

    def live_version(self, found: list[dict[str, Any]] | None = None) -> int | None:
        """The version that a case started now would get."""
        known = found if found is not None else [dict(row) for row in queries.versions(self.key)]
        started = [row["version"] for row in known if row["effective_at"] <= self.now()]
        return max(started, default=None)

    def now(self) -> datetime:
        return self.services.clock.now()

    def draft(self) -> Any | None:
        """The draft of the engine (revision, xml, updated_at, updated_by_name), or None."""
        return self.engine.draft(KIND, self.key)

    def model(self, which: str) -> Model:
        """which: live, draft, a version number or review:<id>; NotFound otherwise."""
        if which == "live":
            return self._numbered(self.live_version() or 0)
        if which == "draft":
            draft = self.draft()
            return Model(self.key, self.key, "草稿", draft.xml) if draft else self.model("live")
        if which.startswith("review:"):
            return self._proposal(which.removeprefix("review:"))
        return self._numbered(int(which) if which.isdecimal() else 0)

    def _numbered(self, number: int) -> Model:
        row = queries.version(self.key, number)
        if row is None:
            raise NotFound(f"流程 {self.key} 没有这个版本", process=self.key, version=number)
        return Model(self.key, row["name"], f"第 {number} 版", bytes(row["xml"]), number)

    def _proposal(self, review_id: str) -> Model:
        with self.services.database.connect() as connection:
            row = reviews.one(connection, review_id)
        return Model(self.key, row["key"], "待复核", row["content"].encode())

    def path(self) -> str:
        """Where the file stands in a deployment; a new process goes to the domain `drafted`."""
        found = queries.versions(self.key)
        return found[0]["path"] if found else f"processes/drafted/{self.key}/{self.key}.bpmn"

    def problems(self, xml: bytes) -> list[dict[str, Any]]:
        return problems_of(self.services, xml, self.path())

    def deploy(self, xml: bytes, author: Actor, approver: Actor, note: str, effective_at: datetime | None) -> Any:
        """Hand the diagram to the engine; DeploymentRefused with problems when it cannot run."""
        return self.engine.deploy(
            {self.path(): xml}, author, note=note, approved_by=approver.name, effective_at=effective_at
        )

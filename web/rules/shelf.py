"""All versions of one rule, its draft and its waiting change; what they judge and how they differ."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from flask import has_request_context

from engine.errors import GuangshaError, NotFound
from engine.numbering import sample_number
from engine.standing import NUMBERING
from web.i18n import language
from web.rules import queries
from web.rules.sentences import in_chinese
from web.rules.tables import Rule
from web.studio import reviews

KIND = "decision"


class RuleShelf:
    """One rule by key. `services` as everywhere."""

    def __init__(self, services: Any, key: str) -> None:
        self.services, self.key = services, key

    def versions(self) -> list[dict[str, Any]]:
        """Newest first; each says whether it is in force today, planned, past or overtaken."""
        found = [dict(row) for row in queries.versions(self.key)]
        today = self.services.clock.today()
        live = queries.in_force(found, today)
        for row in found:
            row["state"] = _state(row, live, today)
        return found

    def live_version(self) -> int | None:
        row = queries.in_force(queries.versions(self.key), self.services.clock.today())
        return row["version"] if row else None

    def draft(self) -> Any | None:
        return self.services.engine.draft(KIND, self.key)

    def xml(self, which: str) -> bytes:
        """which: live, latest, draft (else live), a version number or review:<id>; NotFound otherwise."""
        if which == "draft":
            draft = self.draft()
            return draft.xml if draft else self.xml("latest")
        if which == "latest":
            found = queries.versions(self.key)
            return self._numbered(found[0]["version"] if found else 0)
        if which == "live":
            return self._numbered(self.live_version() or 0)
        if which.startswith("review:"):
            with self.services.database.connect() as connection:
                return str(reviews.one(connection, which.removeprefix("review:"))["content"]).encode()
        return self._numbered(int(which) if which.isdecimal() else 0)

    def _numbered(self, number: int) -> bytes:
        row = queries.version(self.key, number)
        if row is None:
            raise NotFound(f"规则 {self.key} 没有这个版本", decision=self.key, version=number)
        return bytes(row["xml"])

    def rule(self, which: str) -> Rule:
        """The readable rule; DmnModelError with its problems when it cannot be read."""
        return Rule(self.xml(which), self.key)

    def path(self) -> str:
        found = queries.versions(self.key)
        if not found:
            raise NotFound(f"没有名为 {self.key} 的规则", decision=self.key)
        return str(found[0]["path"])

    def problems(self, xml: bytes) -> list[dict[str, Any]]:
        """Why it cannot be used, as dicts {element_id, row, column, severity, message}."""
        found = self._refusals(xml)
        if has_request_context() and language() == "en":
            return found
        return [problem | {"message": in_chinese(problem["message"])} for problem in found]

    def _refusals(self, xml: bytes) -> list[dict[str, Any]]:
        try:
            Rule(xml, self.key).main  # noqa: B018 - reading it is the check
            unnumbered = _unnumbered(Rule(xml, self.key)) if self.key == NUMBERING else []
            if unnumbered:
                return unnumbered
            found = self.services.engine.lint({self.path(): xml})
        except GuangshaError as error:
            listed = error.details.get("problems")
            return [dict(problem) | {"severity": "error"} for problem in listed] if listed else [
                {"element_id": "", "row": None, "column": None, "severity": "error", "message": error.message}
            ]
        return [problem.as_dict() | {"row": None, "column": None} for problem in found]


def _unnumbered(rule: Rule) -> list[dict[str, Any]]:
    """Numbering rules after which no number could be given."""
    found, now = [], datetime(2026, 1, 1, tzinfo=UTC)
    for row, entry in enumerate(rule.table.rules if rule.table else (), 1):
        try:
            texts = [part for test in entry.tests for part in test.text.split('"')[1::2]]
            for process in texts:
                sample_number(str(rule.judge()({"process": process}).outputs or "{seq}"), now)
        except GuangshaError as error:
            found.append({"element_id": "", "row": row, "column": None, "severity": "error", "message": error.message})
    return found


def _state(row: Mapping[str, Any], live: Mapping[str, Any] | None, today: date) -> str:
    if live is not None and row["version"] == live["version"]:
        return "live"
    if row["effective_on"] is not None and row["effective_on"] > today:
        return "planned"
    return "past"

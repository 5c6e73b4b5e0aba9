"""The holiday calendar at the rules desk: a year on one page, a draft of changed days, and what they would move.

The calendar changes only through a second person, in one transaction with every deadline that it moves.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import Actor, CalendarDay, canonical
from engine.database import writing
from engine.deadlines import Changes, Move, change_calendar, foretell
from engine.errors import GuangshaError, ValidationFailed
from web.studio import reviews

KIND = "calendar"
CHOICES = ("weekday", "holiday", "working")


@dataclass(frozen=True)
class Cell:
    """A day on the page. state: work, off, holiday or made (a working weekend)."""

    day: date
    state: str
    name: str
    changed: bool


class YearDesk:
    """The calendar of this installation with its draft."""

    def __init__(self, services: Any) -> None:
        self.services, self.engine = services, services.engine
        self.jurisdiction = self.engine.settings.jurisdiction

    def draft(self) -> Any | None:
        return self.engine.draft(KIND, self.jurisdiction)

    def drafted(self) -> dict[str, Any]:
        """{days: {iso day: {choice, name}}, published: [years]} of the draft; empty without one."""
        draft = self.draft()
        found: dict[str, Any] = canonical.loads(draft.xml) if draft else {"days": {}, "published": []}
        return found

    def set_day(self, day: date, choice: str, name: str, actor: Actor) -> None:
        """Note in the draft what a day shall be; StaleTask when somebody else changed the draft meanwhile."""
        if choice not in CHOICES:
            raise ValidationFailed("一天只能是平常、放假或上班", errors=[{"path": "/choice", "message": choice}])
        content = self.drafted()
        content["days"][day.isoformat()] = {"choice": choice, "name": name.strip()}
        if self._is_same(day, choice, name.strip()):
            del content["days"][day.isoformat()]
        self._save(content, actor)

    def publish_year(self, year: int, actor: Actor) -> None:
        """Note in the draft that the holidays of a year are complete, so that it is no longer provisional."""
        content = self.drafted()
        content["published"] = sorted({*content["published"], year})
        self._save(content, actor)

    def _save(self, content: Mapping[str, Any], actor: Actor) -> None:
        draft = self.draft()
        text = canonical.dumps(content).encode()
        self.engine.save_draft(KIND, self.jurisdiction, text, draft.revision if draft else 0, actor)

    def discard(self) -> None:
        self.engine.discard_draft(KIND, self.jurisdiction)

    def _is_same(self, day: date, choice: str, name: str) -> bool:
        special = self.engine.calendar().days.get(day)
        now = ("weekday", "") if special is None else ("working" if special.working else "holiday", special.name)
        return now == (choice, name) or (choice == now[0] == "weekday")

    def changes(self, content: Mapping[str, Any]) -> Changes:
        """The drafted days as the engine takes them."""
        found: dict[date, CalendarDay | None] = {}
        for text, told in content["days"].items():
            day = date.fromisoformat(text)
            working = told["choice"] == "working"
            name = told["name"] or ("调休上班" if working else "放假")
            found[day] = None if told["choice"] == "weekday" else CalendarDay(day, working, name, "节假日历")
        return found

    def moves(self, content: Mapping[str, Any]) -> list[Move]:
        return foretell(self.engine, self.changes(content), content["published"])

    def year(self, year: int) -> list[tuple[int, list[list[Cell | None]]]]:
        """Twelve months of weeks of seven days, Monday first; None outside the month."""
        drafted, now = self.changes(self.drafted()), self.engine.calendar()
        weeks = months.Calendar(firstweekday=0)
        return [
            (month, [[_cell(date(year, month, n), drafted, now) if n else None for n in week] for week in weeks.monthdayscalendar(year, month)])
            for month in range(1, 13)
        ]

    def submit(self, note: str, legal_basis: str, actor: Actor) -> str:
        """Hand the drafted days to a second person, with the deadlines that they move."""
        content = self.drafted()
        if not content["days"] and not content["published"]:
            raise ValidationFailed("日历没有改动，没有可以提交的内容")
        moves = self.moves(content)
        report = {"moves": len(moves), "cases": len({move.case_id for move in moves})}
        change = reviews.Change(
            KIND, self.jurisdiction, canonical.dumps(content), note, legal_basis=legal_basis, report=report
        )
        return reviews.submit(self.services.database, change, actor, self.services.clock.now())

    def approve(self, review_id: str, actor: Actor, note: str) -> list[Move]:
        """Write the calendar and move the deadlines; returns what moved."""
        with writing(self.services.database).begin() as connection:
            row = reviews.take(connection, review_id, actor, self.services.clock.now(), note)
        content = canonical.loads(row["content"])
        try:
            moves = change_calendar(self.engine, self.changes(content), actor, content["published"])
        except GuangshaError:
            reviews.reopen(self.services.database, review_id)
            raise
        draft = self.draft()
        if draft is not None and canonical.loads(draft.xml) == content:
            self.discard()
        return moves


def _cell(day: date, drafted: Changes, now: Any) -> Cell:
    special = drafted[day] if day in drafted else now.days.get(day)
    if special is None:
        return Cell(day, "work" if day.weekday() < 5 else "off", "", day in drafted)
    state = ("made" if day.weekday() > 4 else "work") if special.working else "holiday"
    return Cell(day, state, special.name, day in drafted)


def told(content: Mapping[str, Any]) -> list[str]:
    """The drafted changes as sentences."""
    words = {"weekday": "恢复为平常日子", "holiday": "放假", "working": "上班"}
    found = [
        f"{day}：{words[one['choice']]}{'（' + one['name'] + '）' if one['name'] else ''}"
        for day, one in sorted(content["days"].items())
    ]
    return found + [f"{year} 年节假日已公布，不再是暂定" for year in content["published"]]

"""Working days of one jurisdiction, with a proof for every due day. Knows no case and asks for no time.

The day on which a period begins does not count; the last day counts to its end (Civil Code of China, articles 201 to 203).
Years whose holidays are not published yet are reckoned Monday to Friday and marked provisional.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

_WEEKDAYS = "一二三四五六日"
_LONGEST_DAYS = 20_000


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day that differs from Monday to Friday. name: 国庆节 or 调休上班."""

    day: date
    working: bool
    name: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which a period stands still: after `started_on` up to and including `ended_on` (None: still open)."""

    started_on: date
    ended_on: date | None
    reason: str = ""

    def covers(self, day: date) -> bool:
        return self.started_on < day and (self.ended_on is None or day <= self.ended_on)


@dataclass(frozen=True, slots=True)
class DueDay:
    """The last day of a period, why it is that day, and whether it rests on years not yet published."""

    day: date
    proof: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    jurisdiction: str
    days: Mapping[date, CalendarDay] = field(default_factory=dict)
    published: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        special = self.days.get(day)
        return special.working if special else day.weekday() < 5

    def add_working_days(self, start: date, count: int, pauses: Iterable[Pause] = ()) -> DueDay:
        """The `count`-th working day after `start`; count 0 is `start` itself or the next working day.

        Raises ValueError for a negative count. A pause that is still open is reckoned as ending on its first day.
        """
        if count < 0:
            raise ValueError("a period cannot have a negative number of working days")
        closed = [pause for pause in pauses if pause.ended_on is not None]
        left, day, skipped = count, start, []
        for _ in range(_LONGEST_DAYS):
            if left == 0 and self.is_working(day):
                break
            day += timedelta(days=1)
            if any(pause.covers(day) for pause in closed) or not self.is_working(day):
                skipped.append(day)
                continue
            left -= 1 if left else 0
        return DueDay(day, self._proof(start, count, day, skipped, closed), self._provisional(start, day))

    def add_natural_days(self, start: date, count: int) -> DueDay:
        """`count` days after `start`; a last day that is no working day moves on to the next one (article 203)."""
        last = start + timedelta(days=count)
        day = last
        while not self.is_working(day):
            day += timedelta(days=1)
        moved = "" if day == last else f"；{_say(last)}为非工作日，顺延至{_say(day)}"
        return DueDay(
            day,
            f"截止 {_say(day)}：自 {_say(start)} 起 {count} 个自然日（当日不计）{moved}",
            self._provisional(start, day),
        )

    def working_days_between(self, start: date, end: date, pauses: Iterable[Pause] = ()) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is before `start`."""
        if end < start:
            return -self.working_days_between(end, start, pauses)
        stops = tuple(pauses)
        return sum(
            1 for day in _after(start, end) if self.is_working(day) and not any(pause.covers(day) for pause in stops)
        )

    def _provisional(self, start: date, end: date) -> bool:
        return any(year not in self.published for year in range(start.year, end.year + 1))

    def _proof(self, start: date, count: int, due: date, skipped: list[date], pauses: list[Pause]) -> str:
        parts = [f"截止 {_say(due)}：自 {_say(start)} 起 {count} 个工作日（当日不计）"]
        named = [day for day in skipped if day in self.days]
        weekends = len(skipped) - len(named) - sum(1 for d in skipped if d not in self.days and d.weekday() < 5)
        if weekends:
            parts.append(f"扣除周末 {weekends} 天")
        if named:
            parts.append("扣除节假日 " + "、".join(f"{day:%m-%d}{self.days[day].name}" for day in named))
        made_up = [day for day in _after(start, due) if (s := self.days.get(day)) and s.working]
        if made_up:
            parts.append("计入调休上班 " + "、".join(f"{day:%m-%d}" for day in made_up))
        parts += [f"暂停 {p.started_on:%m-%d} 至 {p.ended_on:%m-%d}（{p.reason}）" for p in pauses if p.ended_on]
        if self._provisional(start, due):
            parts.append("所涉年度节假日尚未公布，暂按周一至周五计算")
        return "；".join(parts)


def _after(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=n) for n in range(1, (end - start).days + 1))


def _say(day: date) -> str:
    return f"{day.isoformat()}（周{_WEEKDAYS[day.weekday()]}）"


def published_days() -> tuple[list[CalendarDay], frozenset[int]]:
    """National holidays and make-up days as published by the State Council, and the years they cover.

    Source: package chinesecalendar, made from the yearly notices of the General Office of the State Council.
    """
    import chinese_calendar.constants as published

    days = [
        CalendarDay(day, False, _HOLIDAYS.get(name, name), "国务院办公厅通知")
        for day, name in published.holidays.items()
    ]
    days += [CalendarDay(day, True, "调休上班", "国务院办公厅通知") for day in published.workdays]
    return days, frozenset(day.year for day in published.holidays)


_HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}

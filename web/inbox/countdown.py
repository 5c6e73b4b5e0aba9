"""The working days that are left, in words with their arithmetic; counts by the engine's calendar, never by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from web.i18n import _
from web.services import current_services


@dataclass(frozen=True)
class Countdown:
    """days: working days left (negative when overdue); kind: ok, soon, late or none; proof: how it was counted."""

    days: int | None
    kind: str
    words: str
    proof: str


def countdown(due_on: date | None, proof: str | None = None) -> Countdown:
    """The countdown to a day; without one there is no limit."""
    if due_on is None:
        return Countdown(None, "none", _("无时限"), _("这一环节没有规定时限"))
    today = current_services().clock.today()
    left = working_days_left(today, due_on)
    explained = "；".join(part for part in (proof or "", _arithmetic(today, due_on, left)) if part)
    if left < 0:
        return Countdown(left, "late", _("逾期 {n} 个工作日", n=-left), explained)
    if left == 0:
        return Countdown(left, "soon", _("今日到期"), explained)
    return Countdown(left, "soon" if left <= 2 else "ok", _("剩 {n} 个工作日", n=left), explained)


def working_days_left(today: date, due_on: date) -> int:
    """Working days after today up to and with the due day; negative when it has passed."""
    calendar = current_services().engine.calendar()
    return calendar.working_days_between(today, due_on)


def _arithmetic(today: date, due_on: date, left: int) -> str:
    return _("今天 {today}，到期日 {due}，其间工作日 {n} 天（已扣除法定节假日，计入调休）", today=today, due=due_on, n=abs(left))

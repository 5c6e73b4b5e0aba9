"""Dates, times and durations as functions (DMN 1.5, 10.3.4.1, 10.3.4.7 and 10.3.4.12).

`now` and `today` read the clock of the evaluation if the scope's owner set one, else the system clock.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from contextvars import ContextVar
from decimal import Decimal

from ..dates import Date, DateTime, Time, parse_date, parse_datetime, parse_time
from ..durations import DAY_NS, NS, DaysTime, YearsMonths, parse_duration
from ..errors import FeelNull
from ..values import Value
from ..zones import MAX_OFFSET_S, is_zone
from .registry import builtin

CLOCK: ContextVar[Callable[[], datetime.datetime] | None] = ContextVar("feel_clock", default=None)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _parsed(value: Value, text: str, kind: str) -> Value:
    if value is None:
        raise FeelNull(f"{text!r} is not a {kind}")
    return value


def _integer(number: Decimal, what: str) -> int:
    if number != number.to_integral_value() or abs(number) > 10**10:
        raise FeelNull(f"{what} is not a whole number")
    return int(number)


def _make_date(year: Decimal, month: Decimal, day: Decimal) -> Date:
    try:
        return Date(_integer(year, "year"), _integer(month, "month"), _integer(day, "day"))
    except ValueError as error:
        raise FeelNull(str(error)) from error


def _clock_ns(hour: Decimal, minute: Decimal, second: Decimal) -> int:
    hours, minutes = _integer(hour, "hour"), _integer(minute, "minute")
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= second < 60):
        raise FeelNull("no such time of day")
    return (hours * 60 + minutes) * 60 * NS + int(second * NS)


def _offset_s(offset: DaysTime | None) -> int | None:
    if offset is None:
        return None
    if abs(offset.ns) > MAX_OFFSET_S * NS:
        raise FeelNull("the offset is more than 18 hours")
    return int(offset.ns / NS)


@builtin("date(from: string)")
def date_from_text(text: str) -> Value:
    return _parsed(parse_date(text), text, "date")


@builtin("date(from: date/datetime)")
def date_from(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


@builtin("date(year: number, month: number, day: number)")
def date_of(year: Decimal, month: Decimal, day: Decimal) -> Date:
    return _make_date(year, month, day)


@builtin("time(from: string)")
def time_from_text(text: str) -> Value:
    return _parsed(parse_time(text), text, "time")


@builtin("time(from: time/date/datetime)")
def time_from(value: Time | Date | DateTime) -> Time:
    if isinstance(value, DateTime):
        return value.time
    return Time(0, 0) if isinstance(value, Date) else value


@builtin("time(hour: number, minute: number, second: number, [offset: days|null])")
def time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTime | None = None) -> Time:
    return Time(_clock_ns(hour, minute, second), _offset_s(offset))


@builtin("date and time(from: string)")
def date_time_from_text(text: str) -> Value:
    return _parsed(parse_datetime(text), text, "date and time")


@builtin("date and time(from: datetime/date)")
def date_time_from(value: DateTime | Date) -> DateTime:
    return value if isinstance(value, DateTime) else DateTime(value, 0, 0)


@builtin("date and time(date: date/datetime, time: time)")
def date_time_of(day: Date | DateTime, clock: Time) -> DateTime:
    return DateTime(day.date if isinstance(day, DateTime) else day, clock.ns, clock.offset, clock.zone)


@builtin("date and time(date: datetime, timezone: string)")
def date_time_in_zone(moment: DateTime, timezone: str) -> DateTime:
    """The same instant on the clock of another zone."""
    if not is_zone(timezone):
        raise FeelNull(f"{timezone!r} is not a time zone")
    offset = moment.offset_s
    if offset is None:
        return DateTime(moment.date, moment.ns, None, timezone)
    utc = DateTime(moment.date, moment.ns, 0).plus_ns(-offset * NS)
    local = utc
    for _ in range(2):
        zoned = DateTime(local.date, local.ns, None, timezone)
        local = utc.plus_ns((zoned.offset_s or 0) * NS)
    return DateTime(local.date, local.ns, None, timezone)


_SIX = "date and time(year: number, month: number, day: number, hour: number, minute: number, second: number"


@builtin(_SIX + ", [offset: days|null])")
def date_time_of_parts(
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: DaysTime | None = None,
) -> DateTime:
    return DateTime(_make_date(year, month, day), _clock_ns(hour, minute, second), _offset_s(offset))


@builtin(_SIX + ", timezone: string)")
def date_time_of_zone(
    year: Decimal, month: Decimal, day: Decimal, hour: Decimal, minute: Decimal, second: Decimal, timezone: str
) -> DateTime:
    if not is_zone(timezone):
        raise FeelNull(f"{timezone!r} is not a time zone")
    return DateTime(_make_date(year, month, day), _clock_ns(hour, minute, second), None, timezone)


@builtin("duration(from: string)")
def duration_from_text(text: str) -> Value:
    return _parsed(parse_duration(text), text, "duration")


@builtin("duration(from: days/months)")
def duration_from(value: DaysTime | YearsMonths) -> Value:
    return value


@builtin("years and months duration(from: date/datetime, to: date/datetime)")
def years_and_months_duration(start: Date | DateTime, end: Date | DateTime) -> YearsMonths:
    """Whole months between two days, towards zero; the time of day does not count."""
    first, last = date_from(start), date_from(end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and first.day > last.day:
        months -= 1
    elif months < 0 and first.day < last.day:
        months += 1
    return YearsMonths(months)


@builtin("day of year(date: date/datetime)")
def day_of_year(value: Date | DateTime) -> Decimal:
    day = date_from(value)
    return Decimal(day.ordinal() - Date(day.year, 1, 1).ordinal() + 1)


@builtin("day of week(date: date/datetime)")
def day_of_week(value: Date | DateTime) -> str:
    return DAYS[date_from(value).weekday - 1]


@builtin("month of year(date: date/datetime)")
def month_of_year(value: Date | DateTime) -> str:
    return MONTHS[date_from(value).month - 1]


@builtin("week of year(date: date/datetime)")
def week_of_year(value: Date | DateTime) -> Decimal:
    """ISO 8601 week number: the week of that week's Thursday."""
    day = date_from(value)
    thursday = Date.from_ordinal(day.ordinal() + 4 - day.weekday)
    return Decimal((thursday.ordinal() - Date(thursday.year, 1, 1).ordinal()) // 7 + 1)


@builtin("last day of month(date: date/datetime)")
def last_day_of_month(value: Date | DateTime) -> Date:
    day = date_from(value)
    return Date.from_ordinal(Date(day.year, day.month, 1).plus_months(1).ordinal() - 1)


def _now() -> datetime.datetime:
    clock = CLOCK.get()
    return clock() if clock else datetime.datetime.now(datetime.UTC)


@builtin("now()")
def now() -> DateTime:
    moment = _now()
    offset = moment.utcoffset() or datetime.timedelta()
    since_midnight = ((moment.hour * 60 + moment.minute) * 60 + moment.second) * NS + moment.microsecond * 1000
    return DateTime(Date(moment.year, moment.month, moment.day), since_midnight % DAY_NS, int(offset.total_seconds()))


@builtin("today()")
def today() -> Date:
    moment = _now()
    return Date(moment.year, moment.month, moment.day)

"""FEEL dates, times and date-times: proleptic Gregorian, years -999999999..999999999, nanoseconds, offset or zone.

Python's datetime is not used as the value because it knows no negative years, no nanoseconds and no years over 9999.
Source: DMN 1.5, 10.3.2.3.4, 10.3.2.3.5, 10.3.2.3.8; lexical forms of XML Schema 1.1.
"""

from __future__ import annotations

import re

from .durations import DAY_NS, NS
from .zones import format_offset, is_zone, offset_at, parse_offset

MAX_YEAR = 999_999_999
_YEAR = r"(-?(?:[1-9]\d{4,8}|\d{4}))"
_DATE = re.compile(_YEAR + r"-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,30}))?(Z|z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+\-/]{1,64})?", re.ASCII
)
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    return 29 if month == 2 and is_leap(year) else _MONTH_DAYS[month - 1]


class Date:
    """A calendar day without time or zone."""

    __slots__ = ("day", "key", "month", "year")

    def __init__(self, year: int, month: int, day: int) -> None:
        if not (-MAX_YEAR <= year <= MAX_YEAR and 1 <= month <= 12 and 1 <= day <= days_in_month(year, month)):
            raise ValueError(f"no such day: {year}-{month}-{day}")
        self.year, self.month, self.day = year, month, day
        self.key = (year * 16 + month) * 32 + day

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Date) and self.key == other.key

    def __lt__(self, other: Date) -> bool:
        return self.key < other.key

    def __le__(self, other: Date) -> bool:
        return self.key <= other.key

    def __gt__(self, other: Date) -> bool:
        return self.key > other.key

    def __ge__(self, other: Date) -> bool:
        return self.key >= other.key

    def __hash__(self) -> int:
        return hash((Date, self.key))

    def __str__(self) -> str:
        sign, year = ("-", -self.year) if self.year < 0 else ("", self.year)
        return f"{sign}{year:04d}-{self.month:02d}-{self.day:02d}"

    def __repr__(self) -> str:
        return f"Date({self})"

    def ordinal(self) -> int:
        """Days since 1970-01-01 (Hinnant, days_from_civil)."""
        year = self.year - (self.month <= 2)
        era, of_era = divmod(year, 400)
        of_year = (153 * (self.month + (-3 if self.month > 2 else 9)) + 2) // 5 + self.day - 1
        return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468

    @classmethod
    def from_ordinal(cls, days: int) -> Date:
        era, of_era = divmod(days + 719468, 146097)
        year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
        of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
        shifted = (5 * of_year + 2) // 153
        month = shifted + (3 if shifted < 10 else -9)
        return cls(year_of_era + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1)

    def plus_months(self, months: int) -> Date:
        """The same day `months` later, or the last day of that month."""
        year, month0 = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Date(year, month0 + 1, min(self.day, days_in_month(year, month0 + 1)))

    @property
    def weekday(self) -> int:
        """1 is Monday, 7 is Sunday."""
        return (self.ordinal() + 3) % 7 + 1


class Time:
    """A time of day in nanoseconds; `offset` (seconds) and `zone` (IANA name) exclude each other."""

    __slots__ = ("ns", "offset", "zone")

    def __init__(self, ns: int, offset: int | None = None, zone: str | None = None) -> None:
        if not 0 <= ns < DAY_NS:
            raise ValueError("no such time of day")
        self.ns, self.offset, self.zone = ns, offset, zone

    @property
    def offset_s(self) -> int | None:
        """Seconds east of UTC; a zone counts with its offset on 1970-01-01, as a time has no day."""
        return self.offset if self.zone is None else offset_at(self.zone, 1970, 1, 1, self.ns // NS)

    def key(self) -> tuple[bool, int]:
        """(has a zone, position); times with and without zone do not compare."""
        offset = self.offset_s
        return (False, self.ns) if offset is None else (True, self.ns - offset * NS)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Time) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash((Time, self.key()))

    def __str__(self) -> str:
        return _clock(self.ns) + _suffix(self.offset, self.zone)

    def __repr__(self) -> str:
        return f"Time({self})"


class DateTime:
    """A day and a time of day, local or with offset or zone."""

    __slots__ = ("date", "ns", "offset", "zone")

    def __init__(self, date: Date, ns: int, offset: int | None = None, zone: str | None = None) -> None:
        if not 0 <= ns < DAY_NS:
            raise ValueError("no such time of day")
        self.date, self.ns, self.offset, self.zone = date, ns, offset, zone

    @property
    def offset_s(self) -> int | None:
        if self.zone is None:
            return self.offset
        return offset_at(self.zone, self.date.year, self.date.month, self.date.day, self.ns // NS)

    def key(self) -> tuple[bool, int]:
        """(has a zone, nanoseconds since 1970-01-01 local or UTC)."""
        offset = self.offset_s
        local = self.date.ordinal() * DAY_NS + self.ns
        return (False, local) if offset is None else (True, local - offset * NS)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DateTime) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash((DateTime, self.key()))

    def __str__(self) -> str:
        return f"{self.date}T{_clock(self.ns)}{_suffix(self.offset, self.zone)}"

    def __repr__(self) -> str:
        return f"DateTime({self})"

    @property
    def time(self) -> Time:
        return Time(self.ns, self.offset, self.zone)

    def plus_ns(self, ns: int) -> DateTime:
        """`ns` nanoseconds later; with a zone it is elapsed time, so the clock jumps with summer time."""
        if self.zone is None:
            days, clock = divmod(self.ns + ns, DAY_NS)
            return DateTime(Date.from_ordinal(self.date.ordinal() + days), clock, self.offset)
        before = self.offset_s or 0
        moved = DateTime(self.date, self.ns, before).plus_ns(ns)
        for _ in range(2):
            after = DateTime(moved.date, moved.ns, None, self.zone).offset_s or 0
            moved = DateTime(self.date, self.ns, before).plus_ns(ns + (after - before) * NS)
        return DateTime(moved.date, moved.ns, None, self.zone)


def _clock(ns: int) -> str:
    seconds, fraction = divmod(ns, NS)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return text + f".{fraction:09d}".rstrip("0") if fraction else text


def _suffix(offset: int | None, zone: str | None) -> str:
    if zone is not None:
        return f"@{zone}"
    return "" if offset is None else format_offset(offset)


def parse_date(text: str) -> Date | None:
    found = _DATE.fullmatch(text)
    if not found:
        return None
    try:
        return Date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _parse_clock(text: str) -> tuple[int, int | None, str | None] | None:
    """(nanoseconds, offset, zone); 24:00:00 gives DAY_NS."""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3])
    ns = ((hours * 60 + minutes) * 60 + seconds) * NS + int(((found[4] or "") + "0" * 9)[:9])
    if minutes > 59 or seconds > 59 or ns > DAY_NS:
        return None
    suffix = found[5]
    if suffix is None:
        return ns, None, None
    if suffix[0] == "@":
        return (ns, None, suffix[1:]) if is_zone(suffix[1:]) else None
    offset = parse_offset(suffix)
    return None if offset is None else (ns, offset, None)


def parse_time(text: str) -> Time | None:
    parts = _parse_clock(text)
    return None if parts is None else Time(parts[0] % DAY_NS, parts[1], parts[2])


def parse_datetime(text: str) -> DateTime | None:
    """A date-time, or a date alone, which means its midnight without zone."""
    day, t, clock = text.partition("T")
    date = parse_date(day)
    if date is None:
        return None
    parts = _parse_clock(clock) if t else (0, None, None)
    if parts is None:
        return None
    ns, offset, zone = parts
    if ns == DAY_NS:
        try:
            date, ns = Date.from_ordinal(date.ordinal() + 1), 0
        except ValueError:
            return None
    return DateTime(date, ns, offset, zone)

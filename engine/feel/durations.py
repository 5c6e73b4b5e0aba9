"""The two FEEL durations: days-and-time in nanoseconds, years-and-months in months. They never mix.

Source: DMN 1.5, 10.3.2.3.6 and 10.3.2.3.7; lexical form of XML Schema 1.1, 3.3.6.
"""

from __future__ import annotations

import re
from functools import total_ordering

NS = 1_000_000_000
DAY_NS = 86_400 * NS
MAX_MONTHS = 12 * 2_000_000_000
MAX_NS = 366 * 2_000_000_000 * DAY_NS

_DAYTIME = re.compile(
    r"(-)?P(?:(\d{1,18})D)?(?:T(?:(\d{1,18})H)?(?:(\d{1,18})M)?(?:(\d{1,18})(?:\.(\d{0,30}))?S)?)?", re.ASCII
)
_MONTHS = re.compile(r"(-)?P(?:(\d{1,12})Y)?(?:(\d{1,12})M)?", re.ASCII)


@total_ordering
class DaysTime:
    """A days and time duration; `ns` may be negative."""

    __slots__ = ("ns",)

    def __init__(self, ns: int) -> None:
        if abs(ns) > MAX_NS:
            raise OverflowError("the duration is out of range")
        self.ns = ns

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DaysTime) and self.ns == other.ns

    def __lt__(self, other: DaysTime) -> bool:
        return self.ns < other.ns

    def __hash__(self) -> int:
        return hash((DaysTime, self.ns))

    def __repr__(self) -> str:
        return f"DaysTime({self})"

    def __str__(self) -> str:
        sign, ns = ("-", -self.ns) if self.ns < 0 else ("", self.ns)
        days, rest = divmod(ns, DAY_NS)
        hours, rest = divmod(rest, 3600 * NS)
        minutes, rest = divmod(rest, 60 * NS)
        clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n)
        if rest:
            seconds, fraction = divmod(rest, NS)
            clock += f"{seconds}.{fraction:09d}".rstrip("0") + "S" if fraction else f"{seconds}S"
        text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
        return f"{sign}P{text}" if text else "PT0S"


@total_ordering
class YearsMonths:
    """A years and months duration; `months` may be negative."""

    __slots__ = ("months",)

    def __init__(self, months: int) -> None:
        if abs(months) > MAX_MONTHS:
            raise OverflowError("the duration is out of range")
        self.months = months

    def __eq__(self, other: object) -> bool:
        return isinstance(other, YearsMonths) and self.months == other.months

    def __lt__(self, other: YearsMonths) -> bool:
        return self.months < other.months

    def __hash__(self) -> int:
        return hash((YearsMonths, self.months))

    def __repr__(self) -> str:
        return f"YearsMonths({self})"

    def __str__(self) -> str:
        sign, size = ("-", -self.months) if self.months < 0 else ("", self.months)
        years, months = divmod(size, 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"{sign}P{text}" if text else "P0M"


def parse_duration(text: str) -> DaysTime | YearsMonths | None:
    """`P1DT2H` or `P1Y2M`, either with a leading minus; None if it is neither."""
    try:
        return _parse_months(text) or _parse_daytime(text)
    except OverflowError:
        return None


def _parse_months(text: str) -> YearsMonths | None:
    found = _MONTHS.fullmatch(text)
    if not found or (found[2] is None and found[3] is None):
        return None
    months = int(found[2] or 0) * 12 + int(found[3] or 0)
    return _Zero.months if months == 0 else YearsMonths(-months if found[1] else months)


def _parse_daytime(text: str) -> DaysTime | None:
    found = _DAYTIME.fullmatch(text)
    if not found or text.endswith("T") or all(part is None for part in found.groups()[1:]):
        return None
    days, hours, minutes, seconds = (int(found[i] or 0) for i in (2, 3, 4, 5))
    ns = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * NS + int(((found[6] or "") + "0" * 9)[:9])
    return DaysTime(-ns if found[1] else ns)


class _Zero:
    months = YearsMonths(0)

"""Time zones: an offset in seconds or an IANA name; the only place that asks the zone database.

Refuses names that the database does not list, so that no name from a model ever becomes a file path.
"""

from __future__ import annotations

import datetime
import zoneinfo
from functools import cache, lru_cache

MAX_OFFSET_S = 18 * 3600


@cache
def known_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def is_zone(name: str) -> bool:
    return name in known_zones()


@lru_cache(maxsize=256)
def _zone(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(name)


def offset_at(name: str, year: int, month: int, day: int, second_of_day: int) -> int:
    """Seconds east of UTC on that local day and second; years outside 1..9999 use the same year of the 400-year cycle."""
    if not 1 <= year <= 9999:
        year = 2000 + year % 400 if year > 0 else 1 + (year - 1) % 400
    moment = datetime.datetime(year, month, day, tzinfo=_zone(name)) + datetime.timedelta(seconds=second_of_day)
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def parse_offset(text: str) -> int | None:
    """`Z`, `+hh:mm` or `-hh:mm[:ss]` as seconds; None if it is not an offset of at most 18 hours."""
    if text == "Z" or text == "z":
        return 0
    parts = text[1:].split(":")
    if (
        text[:1] not in "+-"
        or len(parts) not in (2, 3)
        or any(len(p) != 2 or not p.isdigit() or not p.isascii() for p in parts)
    ):
        return None
    hours, minutes, seconds = (int(p) for p in (*parts, "0")[:3])
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > MAX_OFFSET_S:
        return None
    return -total if text[0] == "-" else total


def format_offset(offset_s: int) -> str:
    if offset_s == 0:
        return "Z"
    sign, size = ("-", -offset_s) if offset_s < 0 else ("+", offset_s)
    text = f"{sign}{size // 3600:02d}:{size // 60 % 60:02d}"
    return f"{text}:{size % 60:02d}" if size % 60 else text

"""Inputs as JSON brings them: a date is a text there, so a text where the model says date is read as one.

Only in strict runs; the standard itself converts nothing from text. Refuses nothing: what does not read stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.feel import Value
from engine.feel.dates import parse_date, parse_datetime, parse_time
from engine.feel.durations import DaysTime, YearsMonths, parse_duration
from engine.feel.types import DATE, DATE_TIME, DAYS_TIME, TIME, YEARS_MONTHS, ContextOf, FeelType, ListOf, base_of


def _days(text: str) -> Value:
    found = parse_duration(text)
    return found if isinstance(found, DaysTime) else None


def _months(text: str) -> Value:
    found = parse_duration(text)
    return found if isinstance(found, YearsMonths) else None


READERS: Mapping[FeelType, Callable[[str], Value]] = {
    DATE: parse_date,
    TIME: parse_time,
    DATE_TIME: parse_datetime,
    DAYS_TIME: _days,
    YEARS_MONTHS: _months,
}


def from_json(value: Value, wanted: FeelType) -> Value:
    """`value` with the texts read that the type says are dates, times or durations."""
    base = base_of(wanted)
    if type(value) is str:
        reader = READERS.get(base) if not isinstance(base, (ContextOf, ListOf)) else None
        found = reader(value) if reader else None
        return value if found is None else found
    if type(value) is list and isinstance(base, ListOf):
        return [from_json(item, base.item) for item in value]
    if type(value) is dict and isinstance(base, ContextOf):
        return {key: from_json(item, base.entries[key]) if key in base.entries else item for key, item in value.items()}
    return value

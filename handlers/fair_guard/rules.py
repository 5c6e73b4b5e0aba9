"""Months as fair guard counts them. Pure: no clock, no table, no database.

Source: SH-199.R8, SH-202.R2, R5 to R8. Limits stand in the decision tables, only the counting is here.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month; the last day of the month where there is none."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def months_left(today: date, expires_on: date) -> int:
    """Months until a term ends, rounded up; 0 from the day it ends. The day 3 months before gives 3, the day before that 4."""
    count = 0
    while add_months(today, count) < expires_on:
        count += 1
    return count


def full_months_since(day: date, today: date) -> int:
    """Full months that have passed since a day (a delivery); 0 for a day to come."""
    count = 0
    while add_months(day, count + 1) <= today:
        count += 1
    return count


def months_to_application(event_on: date, applied_on: date) -> int:
    """Calendar months from a marriage or divorce to the month of the application, whatever the days are."""
    return (applied_on.year - event_on.year) * 12 + applied_on.month - event_on.month

"""What the rules desk does by the clock: a nightly sample of decisions computed again. Runs in the worker."""

from __future__ import annotations

from web.periodic import PeriodicJob
from web.rules.recheck import recheck

JOBS = (PeriodicJob("rules.recheck", recheck, "cron", {"hour": 2, "minute": 30}),)

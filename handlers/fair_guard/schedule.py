"""What fair guard does by the clock: its round over new cases every five minutes and over all terms with it."""

from __future__ import annotations

from engine import PeriodicJob
from handlers.fair_guard.scan import scan

JOBS = (PeriodicJob("fair_guard.scan", scan, "interval", {"minutes": 5}),)

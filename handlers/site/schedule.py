"""What dust monitoring does by the clock: every minute the means of the windows that ended and the devices that fell silent."""

from __future__ import annotations

from engine import PeriodicJob
from handlers.site.judging import judge
from handlers.site.offline import look

JOBS = (
    PeriodicJob("site.judge", judge, "interval", {"seconds": 60}),
    PeriodicJob("site.offline", look, "interval", {"seconds": 60}),
)

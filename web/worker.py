"""The process that does what nobody waits for: outside calls, due timers, nightly sweeps. Decides nothing about cases.

Any number of workers may run beside each other: a job is leased by one UPDATE, a timer fires under the version check of
its instance. APScheduler is only the clock; the truth of every job is in our tables.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from web import bootstrap, heartbeat
from web.bootstrap import Services
from web.config import Config

LOG = logging.getLogger("guangsha.worker")
JOB_TICK_S = 0.25
TIMER_TICK_S = 0.5
BATCH = 50
HANDS = 4  # one slow outside system holds up one hand, not every case
PEOPLE = "people"


def work(services: Services, stopped: threading.Event) -> None:
    """Run until stopped is set. Each lane has its own ticks, so that a batch never takes the last hand from a person."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(HANDS + 5)}, timezone="Asia/Shanghai")
    ticks: tuple[tuple[str, float, Callable[[], object]], ...] = (
        *((f"jobs-{hand}", JOB_TICK_S, _hand(services, None, stopped)) for hand in range(1, HANDS)),
        (f"jobs-{PEOPLE}", JOB_TICK_S, _hand(services, PEOPLE, stopped)),
        ("timers", TIMER_TICK_S, lambda: _drain(lambda: services.engine.fire_timers(limit=BATCH), stopped)),
        ("heartbeat", heartbeat.INTERVAL_S, lambda: heartbeat.beat(services.database, name, services.wall.now())),
    )
    heartbeat.beat(services.database, name, services.wall.now())
    for key, seconds, act in ticks:
        scheduler.add_job(_guarded(key, act), "interval", seconds=seconds, id=key, max_instances=1, coalesce=True)
    for job in services.periodic:
        scheduler.add_job(_guarded(job.name, lambda job=job: job.run(services)), job.trigger, id=job.name, max_instances=1,
                          coalesce=True, misfire_grace_time=3600, **job.schedule)  # fmt: skip
    scheduler.start()
    stopped.wait()
    scheduler.shutdown(wait=True)


def _hand(services: Services, lane: str | None, stopped: threading.Event) -> Callable[[], object]:
    """What one hand does at each tick: jobs of its lane (None: of every lane) until none is due."""
    return lambda: _drain(lambda: services.engine.run_jobs(limit=BATCH, lane=lane), stopped)


def _drain(act: Callable[[], int], stopped: threading.Event) -> None:
    while act() and not stopped.is_set():
        pass


def _guarded(name: str, act: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        try:
            act()
        except Exception:  # a tick must never end the clock; what failed is logged and tried at the next tick
            LOG.exception("tick %s failed", name)

    return run


def main() -> int:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    services = bootstrap.build(Config.from_env())
    work(services, stopped)
    services.database.dispose()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Measures the intake of dust readings on an instance of its own: 2,000 devices, 33 readings a second, a restart half-way.

Prints median and 95th percentile of the answers and how many readings were lost; the instance is gone afterwards.
`python -m web.site.bench --seconds 600`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from connectors.sandbox.fleet import CLIENT, Gateway, Report, Weather, drive
from engine.database import open_database
from handlers.site.records import dust_reading, dust_refusal
from web import bootstrap, tables, up
from web.commands.answer import Answer, table
from web.config import Config
from web.demo.instance import surroundings
from web.seeds import PASSWORD
from web.site.enrol import enrol

AIM_P95_MS = 200.0


def main(seconds: int = 600, devices: int = 2000, rate: int = 33, restart: bool = True) -> Answer:
    """Run and measure; exit code 1 where a reading was lost or the aim was missed."""
    port = up.free_port()
    with tempfile.TemporaryDirectory(prefix="guangsha-dust-") as folder:
        env = surroundings(Path(folder))
        gateway = Gateway(f"http://{up.HOST}:{port}", CLIENT, PASSWORD)
        with up.running(port, env, say=_say):
            _enrol(env, devices)
            fleet = _Fleet(gateway, devices, rate, seconds)
            fleet.start()
            fleet.wait(seconds / 2 if restart else None)
        gap_s = 0.0
        if restart:
            begun = time.monotonic()
            with up.running(port, env, say=_say):
                gap_s = time.monotonic() - begun
                fleet.wait(None)
        kept = _kept(env)
    return _answer(fleet.report, kept, {"devices": devices, "rate": rate, "seconds": seconds, "restarts": int(restart),
                                        "start_s": round(gap_s, 1)})  # fmt: skip


class _Fleet(threading.Thread):
    """The fleet beside the instance, which may go and come back."""

    def __init__(self, gateway: Gateway, devices: int, rate: int, seconds: int) -> None:
        super().__init__(name="fleet", daemon=True)
        self._gateway, self._devices, self._rate, self._seconds = gateway, devices, rate, seconds

    @property
    def report(self) -> Report:
        return self._gateway.report

    def run(self) -> None:
        drive(self._gateway, devices=self._devices, rate=self._rate, seconds=self._seconds, weather=Weather(nasty=0.01))

    def wait(self, seconds: float | None) -> None:
        self.join(seconds)


def _enrol(env: dict[str, str], devices: int) -> None:
    services = bootstrap.build(Config.from_env(env))
    tables.metadata().create_all(services.database)  # nothing, where the migrations are complete
    enrol(services, devices)
    services.database.dispose()


def _kept(env: dict[str, str]) -> dict[str, int]:
    """What really stands in the tables, counted independently of the answers."""
    database = open_database(Config.from_env(env).url)
    with database.connect() as connection:
        found = {name: int(connection.execute(select(func.count()).select_from(kept)).scalar_one())
                 for name, kept in (("readings", dust_reading), ("refusals", dust_refusal))}  # fmt: skip
    database.dispose()
    return found


def _answer(report: Report, kept: dict[str, int], setting: dict[str, Any]) -> Answer:
    told = report.as_dict()
    lost = report.made - kept["readings"] - kept["refusals"]
    met = lost == 0 and told["p95_ms"] <= AIM_P95_MS
    rows = [
        ("设备 / devices", setting["devices"]),
        ("每秒读数 / readings a second", setting["rate"]),
        ("时长 / seconds", setting["seconds"]),
        ("中途重启 / restarts", setting["restarts"]),
        ("产生 / made", report.made),
        ("在库 / stored", kept["readings"]),
        ("拒收留存 / refused and kept", kept["refusals"]),
        ("丢失 / lost", lost),
        ("重发次数 / tries again", told["tries_again"]),
        ("应答中位 / p50 ms", told["p50_ms"]),
        (f"应答 p95 ms（目标 / aim {AIM_P95_MS:.0f}）", told["p95_ms"]),
        ("最慢 / slowest ms", told["most_ms"]),
    ]
    data = {**setting, **told, **kept, "lost": lost, "aim_p95_ms": AIM_P95_MS, "met": met}
    return Answer(data, table(("", ""), rows), exit_code=0 if met else 1)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _command() -> int:
    parser = argparse.ArgumentParser(prog="python -m web.site.bench", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--devices", type=int, default=2000)
    parser.add_argument("--rate", type=int, default=33)
    parser.add_argument("--no-restart", action="store_true")
    options = parser.parse_args()
    answer = main(options.seconds, options.devices, options.rate, not options.no_restart)
    print(answer.text)
    return answer.exit_code


if __name__ == "__main__":
    raise SystemExit(_command())

"""A fleet of dust sensors that sends its readings over HTTP as a gateway would: in bulk, again until answered, none lost.

`python -m connectors.sandbox.fleet --devices 2000 --rate 33 --seconds 600 --url http://127.0.0.1:8000`. Every device sends
in turn, so 2,000 devices at 33 readings a second are one reading a minute each. Knows the interface and nothing behind it.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

CLIENT = "dust-gateway"
AGAIN_S = 0.5
TIMEOUT_S = 15.0
Json = dict[str, Any]


def device_no(number: int) -> str:
    """The number of the n-th device of the fleet, from 1."""
    return f"FLEET-{number:05d}"


@dataclass(slots=True)
class Report:
    """What became of the readings; every one that was made is stored, repeated or refused, or it is lost."""

    made: int = 0
    stored: int = 0
    repeated: int = 0
    refused: int = 0
    posts: int = 0
    tries_again: int = 0
    longest_queue: int = 0
    latencies_ms: list[float] = field(default_factory=list)

    @property
    def lost(self) -> int:
        return self.made - self.stored - self.repeated - self.refused

    def as_dict(self) -> Json:
        """Figures for people and programs: milliseconds of answered posts."""
        found = {name: value for name, value in asdict(self).items() if name != "latencies_ms"}
        return {**found, "lost": self.lost, "p50_ms": _percentile(self.latencies_ms, 50), "p95_ms": _percentile(self.latencies_ms, 95),
                "most_ms": round(max(self.latencies_ms, default=0.0), 1)}  # fmt: skip


def _percentile(samples: Sequence[float], percent: int) -> float:
    if len(samples) < 2:
        return round(samples[0], 1) if samples else 0.0
    return round(statistics.quantiles(samples, n=100)[percent - 1], 1)


@dataclass(frozen=True, slots=True)
class Weather:
    """How the air is: most sites stay under any limit, a share of them lies high; nasty rows are a share of all."""

    seed: int = 1
    high: float = 0.01
    nasty: float = 0.0

    def row(self, number: int, at: datetime, chance: random.Random) -> Json:
        """One reading of a device; a nasty one has a fault that the platform has to name."""
        dusty = random.Random(f"{self.seed}:{number}").random() < self.high
        value = round(chance.uniform(320, 480) if dusty else chance.uniform(20, 140), 1)
        row: Json = {"device_no": device_no(number), "measured_at": at.isoformat(timespec="seconds"), "tsp_ug_m3": value}
        if chance.random() < self.nasty:
            row |= chance.choice(FAULTS)(at)
        return row


FAULTS: tuple[Callable[[datetime], Json], ...] = (
    lambda at: {"device_no": "FLEET-UNKNOWN"},
    lambda at: {"measured_at": at.replace(year=at.year - 1).isoformat()},
    lambda at: {"measured_at": at.replace(year=at.year + 1).isoformat()},
    lambda at: {"tsp_ug_m3": -5},
    lambda at: {"tsp_ug_m3": "abc"},
)


class Gateway:
    """Holds what is not answered yet and sends it in order until it is; stops only when nothing is left or time is up."""

    def __init__(self, url: str, client_id: str, secret: str) -> None:
        self._url, self._client_id, self._secret = url.rstrip("/"), client_id, secret
        self._queue: deque[list[Json]] = deque()
        self._ready = threading.Condition()
        self._token = ""
        self._ended = False
        self.report = Report()

    def put(self, rows: list[Json]) -> None:
        with self._ready:
            self._queue.append(rows)
            self.report.made += len(rows)
            self.report.longest_queue = max(self.report.longest_queue, len(self._queue))
            self._ready.notify()

    def lead(self) -> timedelta:
        """How far the platform's clock is before ours, as sensors are set by it; nothing for less than a minute."""
        try:
            with httpx.Client(timeout=TIMEOUT_S, trust_env=False) as http:
                self._token = self._token or self._new_token(http)
                answer = http.post(f"{self._url}/api/v1/dust/readings", json=[], headers={"Authorization": f"Bearer {self._token}"})
                found = datetime.fromisoformat(answer.raise_for_status().json()["time"]) - datetime.now(UTC)
        except httpx.HTTPError:
            return timedelta()
        return found if abs(found) >= timedelta(minutes=1) else timedelta()

    def end(self) -> None:
        """No more will come: send what is left."""
        with self._ready:
            self._ended = True
            self._ready.notify()

    def run(self, give_up_s: float = 120.0) -> None:
        """Send until all is answered; after the end gives up when nothing was answered for give_up_s."""
        with httpx.Client(timeout=TIMEOUT_S, trust_env=False) as http:
            answered_at = time.monotonic()
            while (rows := self._next()) is not None:
                if self._send(http, rows):
                    self._queue.popleft()
                    answered_at = time.monotonic()
                elif self._ended and time.monotonic() - answered_at > give_up_s:
                    return
                else:
                    self.report.tries_again += 1
                    threading.Event().wait(AGAIN_S)

    def _next(self) -> list[Json] | None:
        with self._ready:
            while not self._queue:
                if self._ended:
                    return None
                self._ready.wait()
            return self._queue[0]

    def _send(self, http: httpx.Client, rows: list[Json]) -> bool:
        try:
            if not self._token:
                self._token = self._new_token(http)
            begun = time.perf_counter()
            answer = http.post(f"{self._url}/api/v1/dust/readings", json=rows, headers={"Authorization": f"Bearer {self._token}"})
            took = (time.perf_counter() - begun) * 1000
        except httpx.HTTPError:
            return False
        if answer.status_code != 200:
            self._token = "" if answer.status_code in (401, 403) else self._token
            return False
        self._count(answer.json(), took)
        return True

    def _new_token(self, http: httpx.Client) -> str:
        answer = http.post(f"{self._url}/api/v1/token", json={"client_id": self._client_id, "client_secret": self._secret})
        return str(answer.raise_for_status().json()["access_token"])

    def _count(self, answer: Json, took: float) -> None:
        self.report.posts += 1
        self.report.latencies_ms.append(took)
        self.report.stored += answer["stored"]
        self.report.repeated += answer["repeated"]
        self.report.refused += answer["refused"]


def drive(gateway: Gateway, *, devices: int, rate: int, seconds: int, weather: Weather, stopped: threading.Event | None = None) -> Report:
    """Make `rate` readings a second for so many seconds and send them; returns when all are answered."""
    sender, stop = threading.Thread(target=gateway.run, name="fleet-gateway", daemon=True), stopped or threading.Event()
    chance, number, begun = random.Random(weather.seed), 0, time.monotonic()
    lead = gateway.lead()
    sender.start()
    for second in range(seconds):
        at = datetime.now(UTC) + lead
        rows = []
        for _turn in range(rate):
            rows.append(weather.row(number % devices + 1, at, chance))
            number += 1
        gateway.put(rows)
        if stop.wait(max(0.0, begun + second + 1 - time.monotonic())):
            break
    gateway.end()
    sender.join()
    return gateway.report


def main() -> int:
    """See --help. Prints one line of JSON; 1 where a reading was lost."""
    parser = argparse.ArgumentParser(prog="python -m connectors.sandbox.fleet", description=__doc__)
    parser.add_argument("--url", required=True, help="address of the platform")
    parser.add_argument("--devices", type=int, default=2000)
    parser.add_argument("--rate", type=int, default=33, help="readings a second")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--high", type=float, default=0.01, help="share of devices above the limit")
    parser.add_argument("--nasty", type=float, default=0.0, help="share of faulty rows")
    parser.add_argument("--client", default=CLIENT)
    parser.add_argument("--secret", default="guangsha2026", help="of the demo client")
    options = parser.parse_args()
    gateway = Gateway(options.url, options.client, options.secret)
    weather = Weather(options.seed, options.high, options.nasty)
    report = drive(gateway, devices=options.devices, rate=options.rate, seconds=options.seconds, weather=weather)
    print(json.dumps(report.as_dict()), flush=True)
    return 1 if report.lost else 0


if __name__ == "__main__":
    raise SystemExit(main())

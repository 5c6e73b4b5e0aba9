"""Enters a fleet of devices as already online, for demonstrations and measurements: `python -m web.site.enrol --devices 2000`.

Devices of a real city come through the process dust_device; this stands in for the years before.
"""

from __future__ import annotations

import argparse
from typing import Any

from connectors.sandbox.fleet import device_no
from engine.database import writing
from handlers.site import registers
from handlers.site.records import AREAS, dust_device

DISTRICTS = ("310101", "310104", "310105", "310106", "310107", "310109", "310110", "310112", "310113", "310114", "310115",
             "310116", "310117", "310118", "310120", "310151")  # fmt: skip


def enrol(services: Any, devices: int) -> int:
    """Enter devices 1 to n that are not there yet; returns how many were new."""
    now = services.engine.now()
    with writing(services.database).begin() as connection:
        return registers.insert_new(connection, dust_device, [_device(number, now) for number in range(1, devices + 1)])


def _device(number: int, now: Any) -> dict[str, Any]:
    district = DISTRICTS[number % len(DISTRICTS)]
    return {
        "device_no": device_no(number),
        "status": "online",
        "maker": "清风传感",
        "project_name": f"示范工地 {(number + 3) // 4:03d} 号",
        "contractor_name": f"示范建工（{district}）",
        "contractor_unit": f"SH-{district}-C01",
        "district": district,
        "area": list(AREAS)[number % len(AREAS)],
        "address": f"{number % 4 + 1} 号门",
        "connected_at": now,
        "online_at": now,
    }


def main() -> int:
    """See --help."""
    from web.bootstrap import build
    from web.config import Config

    parser = argparse.ArgumentParser(prog="python -m web.site.enrol", description=__doc__)
    parser.add_argument("--devices", type=int, default=2000)
    services = build(Config.from_env())
    print(enrol(services, parser.parse_args().devices))
    services.database.dispose()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

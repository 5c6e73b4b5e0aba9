"""Command line of the sandbox: serves until interrupted, prints one line of JSON with its URL first."""

from __future__ import annotations

import argparse
import json
import signal
from datetime import date
from pathlib import Path
from threading import Event

from connectors.sandbox.server import start_sandbox


def main() -> None:
    """See --help."""
    parser = argparse.ArgumentParser(prog="python -m connectors.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--seed", type=int, default=1, help="which people live here")
    parser.add_argument("--data", type=Path, help="folder that keeps the ledgers over a restart")
    parser.add_argument("--nasty", action="store_true", help="misbehave now and then, never wrongly in the end")
    parser.add_argument("--today", type=date.fromisoformat, help="the registers' day, YYYY-MM-DD")
    options = parser.parse_args()
    if options.data:
        options.data.mkdir(parents=True, exist_ok=True)
    stop = Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    state_path = options.data / "sandbox.sqlite3" if options.data else None
    with start_sandbox(options.port, options.seed, options.nasty, state_path, options.today) as sandbox:
        print(json.dumps({"url": sandbox.url, "seed": options.seed, "nasty": options.nasty}), flush=True)
        stop.wait()


if __name__ == "__main__":
    main()

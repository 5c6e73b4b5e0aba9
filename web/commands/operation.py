"""Commands that run the product: up, worker, sandbox."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import Any

from web import up


def register(group: Any, shared: argparse.ArgumentParser) -> None:
    command = group.add_parser("up", parents=[shared], help="启动全部 / start everything")
    command.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    command.add_argument("--nasty", action="store_true", help="外部系统时慢时坏 / outside systems misbehave")
    command.set_defaults(run=lambda o: up.up(o.port, nasty=o.nasty, say=_flushed))
    command = group.add_parser("worker", parents=[shared], help="后台任务 / the worker process")
    command.set_defaults(run=lambda o: _worker())
    command = group.add_parser("sandbox", parents=[shared], help="外部系统沙箱 / the outside world as HTTP servers")
    command.add_argument("--port", type=int, default=0)
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--data", default=".data/sandbox")
    command.add_argument("--nasty", action="store_true")
    command.set_defaults(run=_sandbox)


def _flushed(line: str) -> None:
    print(line, flush=True)


def _worker() -> int:
    from web import worker

    return worker.main()


def _sandbox(options: argparse.Namespace) -> int:
    args = ["--port", str(options.port), "--seed", str(options.seed), "--data", options.data]
    return subprocess.call([sys.executable, "-m", "connectors.sandbox", *args, *(["--nasty"] if options.nasty else [])])

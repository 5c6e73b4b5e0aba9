"""An instance for one demonstration: temporary data, a free port, sandbox, worker and web server; gone at the end."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from web import up


@contextmanager
def own_instance(*, nasty: bool = False, quiet: bool = False) -> Iterator[str]:
    """The address of a fresh instance. Ctrl+C or SIGTERM ends it too, as KeyboardInterrupt."""
    port = up.free_port()
    say = _silent if quiet else _say
    with (
        _terminated(),
        tempfile.TemporaryDirectory(prefix="guangsha-demo-") as folder,
        up.running(port, surroundings(Path(folder)), nasty=nasty, say=say),
    ):
        yield f"http://{up.HOST}:{port}"


def surroundings(folder: Path) -> dict[str, str]:
    """The surroundings without any setting of an installation that may run here already."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GUANGSHA_")}
    return {**kept, "GUANGSHA_DATA": str(folder), "GUANGSHA_DEMO": "1"}


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _silent(_line: str) -> None:
    pass


@contextmanager
def _terminated() -> Iterator[None]:
    """SIGTERM means the same as Ctrl+C while this runs, so that nothing is left behind.

    SIGINT is named too: a process that a script starts in the background begins with it ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

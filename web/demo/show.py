"""Plays one telling on an instance of its own or on a running one, and leaves no process behind."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext

from web.demo import stories
from web.demo.casting import cast
from web.demo.director import Director
from web.demo.instance import own_instance
from web.demo.result import Result
from web.demo.story import Telling

# public-rental for the file public_rental.py: a new flow is shown by adding a file
NAMES = tuple(info.name.replace("_", "-") for info in pkgutil.iter_modules(stories.__path__))
_EVERY_S = 1.0


def run(
    what: str, *, cases: int, seed: int, nasty: bool = False, workers: int = 4, url: str = "", quiet: bool = False
) -> Result:
    """The result of one run. url: a running instance (then nasty is up to its own sandbox); "" starts one."""
    telling = _telling(what)
    personas = cast(telling, cases, seed)
    begun = time.monotonic()
    stopped = ""
    say = _progress(quiet)
    with (nullcontext(url) if url else own_instance(nasty=nasty, quiet=quiet)) as address:
        begun = time.monotonic()
        director = Director(address, telling, personas, workers, say)
        days, office = 0.0, director.office
        try:
            director.play()
            days = office.days_passed()
        except KeyboardInterrupt:
            stopped = "已中断 / interrupted"
        finally:
            duration = time.monotonic() - begun
            director.close()
            _end_of_progress(quiet)
    return Result(what, telling.title, seed, nasty, tuple(director.register.runs), tuple(telling.ends),
                  office.incidents, office.retried, duration, days, stopped)  # fmt: skip


def _telling(what: str) -> Telling:
    module = importlib.import_module(f"{stories.__name__}.{what.replace('-', '_')}")
    found: Telling = module.TELLING
    return found


def _progress(quiet: bool) -> Callable[[str], None]:
    """A line that rewrites itself on a terminal, at most once a second; new lines elsewhere, rarer."""
    last = [0.0]
    terminal = sys.stderr.isatty()

    def say(line: str) -> None:
        now = time.monotonic()
        if not quiet and now - last[0] >= (_EVERY_S if terminal else 10 * _EVERY_S):
            last[0] = now
            print(f"\r{line}\x1b[K" if terminal else line, end="" if terminal else "\n", file=sys.stderr, flush=True)

    return say


def _end_of_progress(quiet: bool) -> None:
    """The table begins on a line of its own."""
    if not quiet and sys.stderr.isatty():
        print(file=sys.stderr)

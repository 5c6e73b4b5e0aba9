"""Breaker: leaves a failing system alone for a while, so that an outage does not eat every worker (B10).

It opens after `opens_after` failures in a row and then answers at once; after `pause_s` one caller may try, and its
luck decides for all. It is the memory of one process, never the truth about a system.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock


class Breaker:
    """Counts failures in a row. opens_after 0: never opens. Safe for threads."""

    def __init__(self, opens_after: int = 10, pause_s: float = 5.0, now: Callable[[], float] = time.monotonic) -> None:
        self._opens_after, self._pause_s, self._now = opens_after, pause_s, now
        self._failures, self._tries_at = 0, 0.0
        self._lock = Lock()

    @property
    def is_open(self) -> bool:
        """True while the system counts as failing, also while one caller tries."""
        return 0 < self._opens_after <= self._failures

    def wait_s(self) -> float:
        """Seconds to leave the system alone; 0.0 lets this caller through (and, when open, only this one)."""
        with self._lock:
            if not self.is_open:
                return 0.0
            left_s = self._tries_at - self._now()
            if left_s <= 0:
                self._tries_at = self._now() + self._pause_s
                return 0.0
            return left_s

    def succeeded(self) -> None:
        """The system answered, well or badly: it is there."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """No answer, or a server error."""
        with self._lock:
            self._failures += 1
            if self.is_open:
                self._tries_at = self._now() + self._pause_s

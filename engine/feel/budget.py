"""The price limit of an evaluation: steps, list sizes, text sizes, call depth and seconds.

One budget may be shared by all expressions of a decision or a process step. It refuses by raising
FeelBudgetExceeded; it never truncates a result.
"""

from __future__ import annotations

import time

from .errors import FeelBudgetExceeded

CLOCK_EVERY = 256


class Budget:
    """Counts down while expressions run. A step is an iteration, a function call or an element that is looked at."""

    __slots__ = (
        "deadline",
        "depth",
        "max_depth",
        "max_list",
        "max_seconds",
        "max_steps",
        "max_text",
        "remaining",
        "tick",
    )

    def __init__(
        self,
        max_steps: int = 200_000,
        max_list: int = 100_000,
        max_depth: int = 60,
        max_seconds: float | None = 1.5,
        max_text: int = 1_000_000,
    ) -> None:
        self.max_steps = max_steps
        self.max_list = max_list
        self.max_depth = max_depth
        self.max_seconds = max_seconds
        self.max_text = max_text
        self.remaining = max_steps
        self.tick = CLOCK_EVERY
        self.depth = 0
        self.deadline = None if max_seconds is None else time.monotonic() + max_seconds

    def spend(self, steps: int = 1) -> None:
        """Pay for `steps`; raises FeelBudgetExceeded when nothing is left or the time is over."""
        self.remaining -= steps
        if self.remaining < 0:
            raise FeelBudgetExceeded("steps", f"the expression needs more than {self.max_steps} steps")
        self.tick -= steps
        if self.tick < 0:
            self.tick = CLOCK_EVERY
            self.check_clock()

    def check_clock(self) -> None:
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise FeelBudgetExceeded("seconds", f"the expression needs more than {self.max_seconds} s")

    def enter(self) -> None:
        """Go one call deeper."""
        self.depth += 1
        if self.depth > self.max_depth:
            self.depth -= 1
            raise FeelBudgetExceeded("depth", f"functions call each other more than {self.max_depth} deep")
        self.spend()

    def leave(self) -> None:
        self.depth -= 1

    def check_list(self, size: int) -> None:
        if size > self.max_list:
            raise FeelBudgetExceeded("list", f"a list or range of more than {self.max_list} items")
        self.spend(size >> 3)

    def check_text(self, size: int) -> None:
        if size > self.max_text:
            raise FeelBudgetExceeded("text", f"a text of more than {self.max_text} characters")

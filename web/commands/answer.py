"""What a command answers: data for programs, text for people, and an exit code."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """data is printed with --json, text without; exit_code 1 means «the answer is no»."""

    data: Any
    text: str = ""
    exit_code: int = 0


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Plain text table whose columns line up although Chinese characters are two cells wide."""
    cells = [tuple(head)] + [tuple("" if c is None else str(c) for c in row) for row in rows]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(head))]
    lines = ["  ".join(c + " " * (w - _width(c)) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]
    lines.insert(1, "  ".join("-" * w for w in widths))
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)

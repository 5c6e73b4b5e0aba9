"""Names as FEEL spells them: with spaces, operators and any script, matched longest first at a place in a text.

Source: DMN 1.5, 10.3.1.2 rules 27 to 31 (name start and name part characters, taken literally, so full-width
punctuation may be part of a name but never stands for an ASCII operator).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

START = (
    "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
PART = START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
WORD = re.compile(f"[{START}][{PART}]*")
PART_CHAR = re.compile(f"[{PART}]")
_PIECE = re.compile(f"\\s+|[{PART}]+|.", re.DOTALL)
_SPACE = re.compile(r"\s*")
KEYWORDS = frozenset(
    [
        "and",
        "between",
        "else",
        "every",
        "external",
        "false",
        "for",
        "function",
        "if",
        "in",
        "instance",
        "null",
        "or",
        "return",
        "satisfies",
        "some",
        "then",
        "true",
    ]
)
STOPPERS = frozenset(["and", "or", "between", "in", "instance", "then", "else", "return", "satisfies", "external"])
BUILTIN_PROPERTIES = ("time offset", "start included", "end included")


def squeeze(name: str) -> str:
    """The name with each run of white space as one space."""
    return " ".join(name.split())


class NameTable:
    """The names that are not a single word. Only grows."""

    __slots__ = ("by_first",)

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.by_first: dict[str, list[tuple[str, ...]]] = {}
        for name in names:
            self.add(name)

    def copy(self) -> NameTable:
        other = NameTable()
        other.by_first = {key: list(value) for key, value in self.by_first.items()}
        return other

    def add(self, name: str) -> bool:
        """Make a name known; False if it needs no knowing, being one plain word or a path of such."""
        if all(WORD.fullmatch(part) for part in name.split(".")):
            return False
        pieces = tuple(" " if p.isspace() else p for p in _PIECE.findall(name.strip()))
        if not pieces or not WORD.match(pieces[0]):
            return False
        known = self.by_first.setdefault(WORD.match(pieces[0])[0], [])  # type: ignore[index]
        if pieces in known:
            return False
        known.append(pieces)
        known.sort(key=lambda p: -sum(map(len, p)))
        return True

    def match(self, text: str, pos: int) -> tuple[str, int] | None:
        """(name, end) of the longest known name that starts at pos."""
        first = WORD.match(text, pos)
        if not first:
            return None
        for pieces in self.by_first.get(first[0], ()):
            end = _match_pieces(text, pos, pieces)
            if end is not None:
                return "".join(pieces), end
        return None


def _match_pieces(text: str, pos: int, pieces: tuple[str, ...]) -> int | None:
    for piece in pieces:
        if piece == " ":
            space = _SPACE.match(text, pos)
            if space is None or space.end() == pos:
                return None
            pos = space.end()
        elif text.startswith(piece, pos):
            pos += len(piece)
        else:
            return None
    ends_in_word = PART_CHAR.fullmatch(pieces[-1][-1])
    return None if ends_in_word and PART_CHAR.match(text, pos) else pos

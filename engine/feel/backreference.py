"""Patterns with back-references, which RE2 cannot do: a small backtracking matcher that pays for every step.

Only for `matches`, only on short texts; a pattern that needs more than its steps is cut by the budget.
Source: XPath and XQuery Functions 3.1, 5.6.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import re2

from .budget import Budget
from .errors import FeelNull

MAX_TEXT = 150
Captures = dict[int, str]
Continue = Callable[[int, Captures], bool]


@dataclass(frozen=True)
class Atom:
    """kind: char (a one-character pattern), group (branches), back (a group's number), start, end."""

    kind: str
    char: re2._Regexp | None = None
    branches: tuple[tuple[Item, ...], ...] = ()
    number: int = 0


@dataclass(frozen=True)
class Item:
    atom: Atom
    least: int
    most: int
    greedy: bool


class Matcher:
    """Runs a parsed pattern from every place of the text."""

    def __init__(self, branches: tuple[tuple[Item, ...], ...], flags: str, budget: Budget) -> None:
        self.branches = branches
        self.lines = "m" in flags
        self.fold = "i" in flags
        self.budget = budget

    def search(self, text: str) -> bool:
        if len(text) > MAX_TEXT:
            raise FeelNull(f"back-references are only tried on texts of up to {MAX_TEXT} characters")
        try:
            return any(
                self.any_branch(self.branches, text, start, {}, lambda _p, _c: True) for start in range(len(text) + 1)
            )
        except RecursionError:
            raise FeelNull("the regular expression is too deep") from None

    def any_branch(
        self, branches: tuple[tuple[Item, ...], ...], text: str, pos: int, captures: Captures, then: Continue
    ) -> bool:
        return any(self.sequence(branch, 0, text, pos, captures, then) for branch in branches)

    def sequence(
        self, items: tuple[Item, ...], place: int, text: str, pos: int, captures: Captures, then: Continue
    ) -> bool:
        if place == len(items):
            return then(pos, captures)

        def rest(after: int, caught: Captures) -> bool:
            return self.sequence(items, place + 1, text, after, caught, then)

        return self.repeat(items[place], 0, text, pos, captures, rest)

    def repeat(self, item: Item, done: int, text: str, pos: int, captures: Captures, then: Continue) -> bool:
        self.budget.spend()

        def again(after: int, caught: Captures) -> bool:
            if after == pos and done >= item.least:
                return False
            return self.repeat(item, done + 1, text, after, caught, then)

        if done >= item.least and not item.greedy and then(pos, captures):
            return True
        if done < item.most and self.once(item.atom, text, pos, captures, again):
            return True
        return done >= item.least and item.greedy and then(pos, captures)

    def once(self, atom: Atom, text: str, pos: int, captures: Captures, then: Continue) -> bool:
        if atom.kind == "group":
            if not atom.number:
                return self.any_branch(atom.branches, text, pos, captures, then)
            return self.any_branch(
                atom.branches, text, pos, captures, lambda end, c: then(end, {**c, atom.number: text[pos:end]})
            )
        if atom.kind == "back":
            wanted = captures.get(atom.number, "")
            found = text[pos : pos + len(wanted)]
            same = found.casefold() == wanted.casefold() if self.fold else found == wanted
            return same and then(pos + len(wanted), captures)
        if atom.kind == "start":
            return (pos == 0 or (self.lines and text[pos - 1] == "\n")) and then(pos, captures)
        if atom.kind == "end":
            return (pos == len(text) or (self.lines and text[pos] == "\n")) and then(pos, captures)
        return (
            pos < len(text)
            and atom.char is not None
            and atom.char.fullmatch(text[pos]) is not None
            and then(pos + 1, captures)
        )

"""Cuts FEEL text into tokens, one at a time, because what is a name depends on the names in scope.

Refuses nothing but characters that belong to no token; the message names full-width look-alikes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .errors import FeelSyntaxError
from .names import BUILTIN_PROPERTIES, KEYWORDS, STOPPERS, WORD, NameTable, squeeze

_SKIP = re.compile(r"(?:[\s\u200b\ufeff]|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)*")
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_OPERATOR = re.compile(r"\*\*|\.\.|->|<=|>=|!=|[-+*/=<>()\[\]{},:.]")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
MAX_WORDS = 40
LOOKALIKES = dict(zip("＜＞＝，：；＋－＊／“”‘’！【】", '<>=,:;+-*/""""![]', strict=True))


class Token(NamedTuple):
    kind: str  # number, string, at, name, keyword, op, end
    value: str
    start: int
    end: int


def unescape(body: str) -> str:
    """The characters of a string literal; an unknown escape such as \\s stays as written, for regular expressions."""
    if "\\" not in body:
        return body
    text = _ESCAPE.sub(_escape, body)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escape(found: re.Match[str]) -> str:
    code = found[1]
    if len(code) > 1:
        point = int(code[1:], 16)
        return chr(point) if point <= 0x10FFFF else found[0]
    return _SIMPLE.get(code, found[0])


def position(text: str, pos: int) -> tuple[int, int]:
    """(line, column), both from 1."""
    return text.count("\n", 0, pos) + 1, pos - (text.rfind("\n", 0, pos) + 1) + 1


def syntax_error(text: str, pos: int, message: str) -> FeelSyntaxError:
    line, column = position(text, pos)
    return FeelSyntaxError(line, column, message)


class Lexer:
    """`next(pos, mode)`; mode is operand (a value may start), operator, or property (after a dot)."""

    def __init__(self, text: str, names: NameTable, builtins: NameTable) -> None:
        self.text = text
        self.names = names
        self.builtins = builtins
        self.properties = NameTable(BUILTIN_PROPERTIES)

    def skip(self, pos: int) -> int:
        found = _SKIP.match(self.text, pos)
        return found.end() if found else pos

    def next(self, pos: int, mode: str) -> Token:
        text = self.text
        pos = self.skip(pos)
        if pos >= len(text):
            return Token("end", "", pos, pos)
        char = text[pos]
        if char == '"':
            return self._string(pos, pos, "string")
        if char == "@" and mode == "operand":
            return self._string(self.skip(pos + 1), pos, "at")
        if mode == "operand" and (char.isdigit() or char == "."):
            number = _NUMBER.match(text, pos)
            if number:
                return Token("number", number[0], pos, number.end())
        word = WORD.match(text, pos)
        if word:
            return self._word(word, mode)
        operator = _OPERATOR.match(text, pos)
        if operator:
            return Token("op", operator[0], pos, operator.end())
        raise self._stranger(pos)

    def _string(self, quote: int, start: int, kind: str) -> Token:
        found = _STRING.match(self.text, quote)
        if not found:
            raise syntax_error(self.text, start, 'a text that starts with " is not closed')
        return Token(kind, unescape(found[1]), start, found.end())

    def _word(self, word: re.Match[str], mode: str) -> Token:
        text, start = self.text, word.start()
        if mode == "operator":
            if word[0] in KEYWORDS or word[0] == "of":
                return Token("keyword", word[0], start, word.end())
            self._refuse_lookalike(word[0], start)
            return Token("name", word[0], start, word.end())
        tables = (self.names, self.properties) if mode == "property" else (self.names, self.builtins)
        known = max((m for t in tables if (m := t.match(text, start))), key=lambda m: m[1], default=None)
        if known and known[1] > word.end():
            return self._join(known[0], start, known[1])
        if word[0] in KEYWORDS and mode == "operand":
            return Token("keyword", word[0], start, word.end())
        return self._join(word[0], start, word.end())

    def _join(self, name: str, start: int, end: int) -> Token:
        """Adjacent words that no grammar rule separates are one name: `Monthly Salary`."""
        for words in range(MAX_WORDS + 1):
            if words == MAX_WORDS:
                raise syntax_error(self.text, start, f"a name of more than {MAX_WORDS} words")
            after = self.skip(end)
            more = WORD.match(self.text, after) if after > end else None
            if not more or more[0] in STOPPERS:
                break
            name, end = f"{name} {more[0]}", more.end()
        self._refuse_lookalike(name, start)
        return Token("name", squeeze(name), start, end)

    def _refuse_lookalike(self, name: str, start: int) -> None:
        for offset, char in enumerate(name):
            if char in LOOKALIKES and self.names.match(self.text, start) is None:
                raise self._stranger(start + offset, char)

    def _stranger(self, pos: int, char: str | None = None) -> FeelSyntaxError:
        char = char or self.text[pos]
        if char in LOOKALIKES:
            return syntax_error(self.text, pos, f"full-width {char} is not FEEL; write {LOOKALIKES[char]}")
        return syntax_error(self.text, pos, f"unexpected character {char!r}")

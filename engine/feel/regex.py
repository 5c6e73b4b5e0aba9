"""XPath regular expressions on RE2: linear time, so no pattern of an analyst can hang a worker.

Back-references are not linear: `matches` tries them with a matcher that pays for its steps, replace and split refuse.
Over 400 lines because a pattern is read once for RE2 and once, by the same rules, for that matcher.
Source: DMN 1.5, table 74; XPath and XQuery Functions 3.1, 5.6; XML Schema 1.1, appendix G (character class subtraction, \\i \\c, \\p{IsBlock}).
"""

from __future__ import annotations

import re as _plain
from functools import lru_cache

import re2

from .backreference import Atom, Item, Matcher
from .budget import Budget
from .errors import FeelNull

MAX_PATTERN = 5_000
_MANY = 1_000
_BACK = _plain.compile(r"(?:^|[^\\])(?:\\\\)*\\[1-9]")
_QUANTIFIER = _plain.compile(r"(\?|\*|\+|\{(\d{1,3})(,(\d{1,3})?)?\})(\??)")
_BLOCKS = {
    "BasicLatin": (0x0, 0x7F),
    "Latin-1Supplement": (0x80, 0xFF),
    "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F),
    "Greek": (0x370, 0x3FF),
    "GreekandCoptic": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF),
    "Hebrew": (0x590, 0x5FF),
    "Arabic": (0x600, 0x6FF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F),
    "CJKUnifiedIdeographsExtensionA": (0x3400, 0x4DBF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7A3),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF),
}
_NAME_START = r":A-Z_a-z\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{37D}\x{37F}-\x{1FFF}\x{200C}-\x{200D}\x{2070}-\x{218F}\x{2C00}-\x{2FEF}\x{3001}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFFD}\x{10000}-\x{EFFFF}"
_NAME_PART = _NAME_START + r"\-.0-9\x{B7}\x{300}-\x{36F}\x{203F}-\x{2040}"
_CLASS_ESCAPES = {
    "s": r"\t\n\r ",
    "d": r"\p{Nd}",
    "w": r"\p{L}\p{M}\p{N}\p{S}",
    "i": _NAME_START,
    "c": _NAME_PART,
}
_NEGATED = {
    "S": r"[^\t\n\r ]",
    "D": r"\P{Nd}",
    "W": r"[\p{P}\p{Z}\p{C}]",
    "I": f"[^{_NAME_START}]",
    "C": f"[^{_NAME_PART}]",
}


def _bad(message: str) -> FeelNull:
    return FeelNull(f"the regular expression is not valid: {message}")


class _Translator:
    """One pass over an XPath pattern, writing RE2."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = pattern
        self.pos = 0
        self.dot_all = "s" in flags
        self.ignore_case = "i" in flags

    def run(self) -> str:
        out: list[str] = []
        while self.pos < len(self.pattern):
            char = self.pattern[self.pos]
            if char == "\\":
                out.append(self.escape())
            elif char == "[":
                out.append(self.group())
            elif char == "(":
                out.append(self.open_bracket())
            elif char == ".":
                self.pos += 1
                out.append("(?s:.)" if self.dot_all else r"[^\n\r]")
            elif char == "]":
                raise _bad("']' without '['")
            else:
                self.pos += 1
                out.append(char)
        return "".join(out)

    def open_bracket(self) -> str:
        if self.pattern.startswith("(?", self.pos):
            if not self.pattern.startswith("(?:", self.pos):
                raise _bad("(? is only allowed as (?:")
            self.pos += 3
            return "(?:"
        self.pos += 1
        return "("

    def escape(self) -> str:
        char = self.take_escape()
        if char in "123456789":
            raise _bad("back-references are not supported")
        if char in _CLASS_ESCAPES:
            return f"[{_CLASS_ESCAPES[char]}]"
        if char in _NEGATED:
            return _NEGATED[char]
        if char in "pP":
            return f"[{self.category(char)}]"
        return self.literal(char)

    def take_escape(self) -> str:
        if self.pos + 1 >= len(self.pattern):
            raise _bad("it ends with a backslash")
        char = self.pattern[self.pos + 1]
        self.pos += 2
        return char

    @staticmethod
    def literal(char: str) -> str:
        if char in "ntr":
            return "\\" + char
        if char in "\\|.?*+(){}-[]^$":
            return "\\" + char
        raise _bad(f"unknown escape \\{char}")

    def category(self, kind: str) -> str:
        found = _plain.compile(r"\{([A-Za-z0-9-]+)\}").match(self.pattern, self.pos)
        if not found:
            raise _bad(f"\\{kind} needs a category in braces")
        self.pos = found.end()
        name = found[1]
        if name.startswith("Is"):
            block = _BLOCKS.get(name[2:])
            if block is None:
                raise _bad(f"unknown block {name}")
            low, high = block
            if kind == "p":
                return f"\\x{{{low:X}}}-\\x{{{high:X}}}"
            before = f"\\x{{0}}-\\x{{{low - 1:X}}}" if low else ""
            return f"{before}\\x{{{high + 1:X}}}-\\x{{10FFFF}}"
        return f"\\{kind}{{{name}}}"

    def group(self) -> str:
        """A character class; subtraction [a-z-[aeiou]] becomes the class minus by set arithmetic on code points."""
        self.pos += 1
        negated = self.pattern.startswith("^", self.pos)
        self.pos += negated
        members: list[str] = []
        minus: str | None = None
        while True:
            if self.pos >= len(self.pattern):
                raise _bad("a character class is not closed")
            char = self.pattern[self.pos]
            if char == "]":
                self.pos += 1
                break
            if self.pattern.startswith("-[", self.pos) and members:
                self.pos += 1
                minus = self.group()
                if not self.pattern.startswith("]", self.pos):
                    raise _bad("a subtraction must end the character class")
                self.pos += 1
                break
            members.append(self.member())
        if not members:
            raise _bad("a character class is empty")
        body = "".join(members)
        whole = f"[{'^' if negated else ''}{body}]"
        return whole if minus is None else _subtract(whole, minus)

    def member(self) -> str:
        char = self.pattern[self.pos]
        if char == "[":
            raise _bad("'[' in a character class must be written \\[")
        if char == "\\":
            escaped = self.take_escape()
            if escaped in _CLASS_ESCAPES:
                return _CLASS_ESCAPES[escaped]
            if escaped in "pP":
                return self.category(escaped)
            if escaped in _NEGATED:
                return {"S": r"\x{0}-\x{8}\x{B}-\x{C}\x{E}-\x{1F}\x{21}-\x{10FFFF}", "D": r"\P{Nd}"}.get(
                    escaped, r"\p{P}\p{Z}\p{C}"
                )
            low = self.literal(escaped)
        else:
            self.pos += 1
            low = "\\" + char if char in "-^&~" else char
        return self.maybe_range(low, char)

    def maybe_range(self, low: str, char: str) -> str:
        rest = self.pattern[self.pos : self.pos + 2]
        if len(rest) < 2 or rest[0] != "-" or rest[1] in "[]":
            return low
        if char == "-":
            raise _bad("a range cannot start with '-'")
        self.pos += 1
        if rest[1] == "\\":
            high = self.literal(self.take_escape())
        else:
            self.pos += 1
            high = rest[1]
        if self.pattern.startswith("-", self.pos) and not self.pattern.startswith(("-]", "-["), self.pos):
            raise _bad("'-' in the middle of a character class must be written \\-")
        return f"{low}-{high}"


def _subtract(whole: str, minus: str) -> str:
    """A class of the code points of `whole` that are not in `minus`; RE2 has no subtraction of its own."""
    keep, drop = _re2(whole), _re2(minus)
    spans: list[list[int]] = []
    for point in range(0x10000):
        if 0xD800 <= point < 0xE000 or not keep.fullmatch(chr(point)) or drop.fullmatch(chr(point)):
            continue
        if spans and spans[-1][1] == point - 1:
            spans[-1][1] = point
        else:
            spans.append([point, point])
    if not spans:
        raise _bad("a character class is empty")
    return "[" + "".join(f"\\x{{{low:X}}}-\\x{{{high:X}}}" for low, high in spans) + "]"


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> re2._Regexp:
    """The RE2 pattern for an XPath pattern and flags s, m, i, x, q; raises FeelNull with the reason."""
    if len(pattern) > MAX_PATTERN:
        raise _bad(f"it is longer than {MAX_PATTERN} characters")
    if any(flag not in "smixq" for flag in flags):
        raise FeelNull(f"unknown regular expression flags {flags!r}")
    if "q" in flags:
        translated = re2.escape(pattern)
    else:
        if "x" in flags:
            pattern = _strip_spaces(pattern)
        translated = _Translator(pattern, flags).run()
    prefix = "".join(flag for flag in "im" if flag in flags)
    return _re2(f"(?{prefix})({translated})" if prefix else f"({translated})")


def _re2(pattern: str) -> re2._Regexp:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise _bad(str(error)) from error


def _strip_spaces(pattern: str) -> str:
    """Flag x: white space outside character classes does not count."""
    out: list[str] = []
    depth = 0
    escaped = False
    for char in pattern:
        if char in " \t\n\r" and depth == 0:
            continue
        if not escaped and char in "[]":
            depth += 1 if char == "[" else -1
        escaped = char == "\\" and not escaped
        out.append(char)
    return "".join(out)


def matches(text: str, pattern: str, flags: str, budget: Budget) -> bool:
    if "q" not in flags and _BACK.search(pattern):
        return Matcher(_Tree(pattern, flags).whole(), flags, budget).search(text)
    return compile_pattern(pattern, flags).search(text) is not None


class _Tree(_Translator):
    """The same pattern as a tree, for patterns with back-references."""

    def __init__(self, pattern: str, flags: str) -> None:
        if len(pattern) > MAX_PATTERN or any(flag not in "smixq" for flag in flags):
            raise _bad("it is too long or has unknown flags")
        super().__init__(_strip_spaces(pattern) if "x" in flags else pattern, flags)
        self.opened, self.depth = 0, 0
        self.closed: set[int] = set()

    def whole(self) -> tuple[tuple[Item, ...], ...]:
        found = self.branches()
        if self.pos < len(self.pattern):
            raise _bad("')' without '('")
        return found

    def branches(self) -> tuple[tuple[Item, ...], ...]:
        self.depth += 1
        if self.depth > 30:
            raise _bad("it is nested too deeply")
        found: list[list[Item]] = [[]]
        while self.pos < len(self.pattern) and self.pattern[self.pos] != ")":
            if self.pattern[self.pos] == "|":
                self.pos += 1
                found.append([])
            else:
                found[-1].append(self.quantified(self.atom()))
        self.depth -= 1
        return tuple(map(tuple, found))

    def atom(self) -> Atom:
        char = self.pattern[self.pos]
        if char == "(":
            return self.bracketed()
        if char in "^$":
            self.pos += 1
            return Atom("start" if char == "^" else "end")
        if char == "\\":
            if self.pattern[self.pos + 1 : self.pos + 2].isdigit():
                return self.back()
            return self.one(self.escape())
        if char == "[":
            return self.one(self.group())
        if char in "?*+{]}":
            raise _bad(f"unexpected {char!r}")
        self.pos += 1
        if char == ".":
            return self.one("(?s:.)" if self.dot_all else r"[^\n\r]")
        return self.one(re2.escape(char))

    def one(self, text: str) -> Atom:
        return Atom("char", _re2(f"(?i:{text})" if self.ignore_case else text))

    def bracketed(self) -> Atom:
        number = 0
        if self.open_bracket() == "(":
            self.opened += 1
            number = self.opened
        branches = self.branches()
        if not self.pattern.startswith(")", self.pos):
            raise _bad("'(' without ')'")
        self.pos += 1
        self.closed.add(number)
        return Atom("group", None, branches, number)

    def back(self) -> Atom:
        """The longest number that is that of a closed group."""
        digits = _plain.compile(r"\d+").match(self.pattern, self.pos + 1)
        number = digits[0] if digits else ""
        while number and int(number) not in self.closed - {0}:
            number = number[:-1]
        if not number:
            raise _bad("a back-reference to a group that is not closed yet")
        self.pos += 1 + len(number)
        return Atom("back", number=int(number))

    def quantified(self, atom: Atom) -> Item:
        found = _QUANTIFIER.match(self.pattern, self.pos)
        if not found:
            return Item(atom, 1, 1, True)
        self.pos = found.end()
        least, most = {"?": (0, 1), "*": (0, _MANY), "+": (1, _MANY)}.get(found[1], (0, 0))
        if found[1].startswith("{"):
            least = int(found[2])
            most = least if found[3] is None else int(found[4] or _MANY)
        return Item(atom, least, most, found[5] != "?")


def split(text: str, pattern: str, budget: Budget) -> list[str]:
    regex = compile_pattern(pattern, "")
    parts, last = [], 0
    for found in regex.finditer(text):
        if found.end() == found.start():
            raise FeelNull("the delimiter matches the empty text")
        budget.spend()
        parts.append(text[last : found.start()])
        last = found.end()
    parts.append(text[last:])
    return parts


def replace(text: str, pattern: str, replacement: str, flags: str, budget: Budget) -> str:
    regex = compile_pattern(pattern, flags)
    template = [("", replacement)] if "q" in flags else _template(replacement, regex.groups - 1)
    out, last = [], 0
    for found in regex.finditer(text):
        budget.spend()
        if found.end() == found.start() and found.start() == last and last:
            continue
        out.append(text[last : found.start()])
        out.extend(literal if group == "" else (found.group(int(group) + 1) or "") for group, literal in template)
        last = found.end()
    out.append(text[last:])
    return "".join(out)


def _template(replacement: str, groups: int) -> list[tuple[str, str]]:
    """(group, literal) pieces of a replacement: $1 takes as many digits as there are groups for (XPath 3.1, 5.6.4)."""
    pieces: list[tuple[str, str]] = []
    pos = 0
    while pos < len(replacement):
        char = replacement[pos]
        if char == "$":
            digits = _plain.compile(r"\d+").match(replacement, pos + 1)
            if not digits:
                raise FeelNull("'$' in a replacement must be followed by a digit or written \\$")
            number = digits[0]
            while len(number) > 1 and int(number) > groups:
                number = number[:-1]
            pieces.append((number, "") if int(number) <= groups else ("", ""))
            pos += 1 + len(number)
            continue
        if char == "\\":
            pos += 1
            char = replacement[pos : pos + 1]
            if char not in ("\\", "$"):
                raise FeelNull("'\\' in a replacement must be followed by '\\' or '$'")
        pieces.append(("", char))
        pos += 1
    return pieces

"""FEEL text to syntax tree: precedence climbing over the lexer's tokens, for expressions and for table cells.

Refuses by FeelSyntaxError with line, column and a sentence; caps on nesting and on work keep hostile text cheap.
Over 400 lines because the grammar is one recursive thing. Source: DMN 1.5, 10.3.1.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from . import nodes as n
from .dates import parse_date, parse_datetime, parse_time
from .durations import parse_duration
from .errors import FeelSyntaxError
from .lexer import Lexer, Token, syntax_error
from .names import PART, START, WORD, NameTable, squeeze
from .numbers import parse_number
from .types import ANY, BUILTIN, ContextOf, FeelType, FunctionOf, ListOf, RangeOf
from .values import Value

MAX_NESTING = 60
MAX_CHAIN = 200
MAX_TEXT = 100_000
OR, AND, COMPARE, ADD, MULTIPLY, POWER, UNARY, INSTANCE, POSTFIX = range(1, 10)
_BINARY = {"+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY, "**": POWER}
_COMPARE = frozenset(("=", "!=", "<", "<=", ">", ">="))
_NAMED = re.compile(f'(?:"([^"]*)"\\s*|([{START}][{PART} \\t\\r\\n./\'+*-]*)):', re.DOTALL)
_EXTERNAL = re.compile(r"external\b")
_IN = re.compile(r"\s(in)\b")
_KEY = re.compile(f'([{START}][^:{{}}"\\[\\]()]*):', re.DOTALL)
_PARAM = re.compile(f"([{START}][^:,()]*)(?=[:,)])", re.DOTALL)
_VARIABLE = re.compile(f"[{START}][{PART} \\t\\r\\n./'+*-]*", re.DOTALL)
_ENTRY = re.compile(r"([^:<>,]+):")
_TYPE_WORDS = re.compile(f"\\s*([{START}][{PART}]*(?:\\.[{START}][{PART}]*)*)")


def parse_at(text: str) -> Value:
    """The temporal value of an @"..." literal; None if it is none."""
    if text[:1] in ("P", "-") and "P" in text[:2]:
        return parse_duration(text)
    if "T" in text:
        return parse_datetime(text)
    return parse_date(text) or parse_time(text)


class Parser:
    """One text, parsed once."""

    def __init__(self, text: str, names: NameTable, builtins: NameTable, types: Mapping[str, FeelType]) -> None:
        if len(text) > MAX_TEXT:
            raise FeelSyntaxError(1, 1, f"the text is longer than {MAX_TEXT} characters")
        self.text = text
        self.names = names.copy()
        self.lexer = Lexer(text, self.names, builtins)
        self.types = types
        self.depth = 0
        self.range_ends = 0
        self.work = 2000 + 40 * len(text)
        self.pos = 0
        self.tok = self.lexer.next(0, "operand")

    # tokens

    def error(self, message: str, pos: int | None = None) -> FeelSyntaxError:
        return syntax_error(self.text, self.tok.start if pos is None else pos, message)

    def advance(self, mode: str) -> Token:
        token = self.tok
        self.work -= 1
        if self.work < 0:
            raise self.error("the expression is too complex")
        self.pos = token.end
        self.tok = self.lexer.next(token.end, mode)
        return token

    def goto(self, pos: int, mode: str) -> None:
        self.pos = pos
        self.tok = self.lexer.next(pos, mode)

    def is_op(self, *values: str) -> bool:
        return self.tok.kind == "op" and self.tok.value in values

    def is_keyword(self, value: str) -> bool:
        return self.tok.kind == "keyword" and self.tok.value == value

    def expect(self, value: str, mode: str) -> None:
        if not (self.tok.kind in ("op", "keyword") and self.tok.value == value):
            raise self.error(f"expected {value!r}, found {self.found()}")
        self.advance(mode)

    def found(self) -> str:
        return "the end of the text" if self.tok.kind == "end" else repr(self.tok.value)

    def learn(self, name: str) -> None:
        self.names.add(name)

    # entry points

    def expression(self) -> n.Node:
        node = self.parse(OR)
        self.finish()
        return node

    def finish(self) -> None:
        if self.tok.kind != "end":
            raise self.error(f"unexpected {self.found()}")

    def unary_tests(self) -> n.Tests:
        """A cell: `-`, or tests separated by commas, or not(tests)."""
        start = self.tok.start
        if self.is_op("-") and self.lexer.next(self.tok.end, "operand").kind == "end":
            return n.Tests(start, (), False, True)
        if self.tok.kind == "name" and self.tok.value == "not":
            items = self._negated()
            if items is not None:
                return n.Tests(start, items, True, False)
        items = self.tests("end")
        self.finish()
        return n.Tests(start, items, False, False)

    def _negated(self) -> tuple[n.Node, ...] | None:
        """`not(a, b)` as a negated list; None if more text follows, so that it was the function."""
        here, depth = self.tok.start, self.depth
        self.advance("operator")
        if self.is_op("("):
            self.advance("operand")
            try:
                items = self.tests(")")
                self.expect(")", "operator")
            except FeelSyntaxError:
                if self.text[here:].rstrip().endswith(")"):
                    raise
                items = ()
            if items and self.tok.kind == "end":
                return items
        self.depth = depth
        self.goto(here, "operand")
        return None

    def tests(self, closer: str) -> tuple[n.Node, ...]:
        items = [self.test()]
        while self.is_op(","):
            self.advance("operand")
            items.append(self.test())
        return tuple(items)

    def test(self) -> n.Node:
        if self.is_op(*_COMPARE):
            start = self.tok.start
            op = self.advance("operand").value
            return n.OperatorTest(start, op, self.parse(ADD))
        return self.parse(OR)

    # expressions

    def parse(self, level: int) -> n.Node:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.error("the expression is nested too deeply")
        node = self.prefix()
        chain = 0
        while True:
            after = self.infix(node, level)
            if after is None:
                break
            node, chain = after, chain + 1
            if chain > MAX_CHAIN:
                raise self.error(f"more than {MAX_CHAIN} operators in a row; group them with brackets")
        self.depth -= 1
        return node

    def infix(self, left: n.Node, level: int) -> n.Node | None:
        """One more operator behind `left` if it binds at least as tightly as `level`."""
        kind, op, start = self.tok.kind, self.tok.value, self.tok.start
        if kind == "op":
            binding = _BINARY.get(op)
            if binding is not None:
                if binding < level:
                    return None
                self.advance("operand")
                return n.Arithmetic(start, op, left, self.parse(binding + 1))
            if op in _COMPARE and level <= COMPARE:
                self.advance("operand")
                return n.Comparison(start, op, left, self.parse(ADD))
            return self.postfix(left)
        if kind == "keyword":
            return self.word_operator(left, op, level, start)
        return None

    def word_operator(self, left: n.Node, op: str, level: int, start: int) -> n.Node | None:
        if op in ("and", "or"):
            binding = AND if op == "and" else OR
            if binding < level:
                return None
            self.advance("operand")
            right = self.parse(binding + 1)
            before = left.operands if isinstance(left, n.Logic) and left.op == op else (left,)
            return n.Logic(start, op, (*before, right))
        if op == "between" and level <= COMPARE:
            self.advance("operand")
            low = self.parse(ADD)
            self.expect("and", "operand")
            return n.Between(start, left, low, self.parse(ADD))
        if op == "in" and level <= COMPARE:
            self.advance("operand")
            return n.In(start, left, self.in_tests())
        if op == "instance" and level <= INSTANCE:
            self.advance("operator")
            if not self.is_keyword("of"):
                raise self.error("expected 'of' after 'instance'")
            return self.instance_of(left, start)
        return None

    def instance_of(self, left: n.Node, start: int) -> n.Node:
        begin = self.tok.end
        feel_type, end = self.type_at(begin)
        self.goto(end, "operator")
        return n.InstanceOf(start, left, feel_type, self.text[begin:end].strip())

    def in_tests(self) -> tuple[n.Node, ...]:
        if self.is_op(*_COMPARE):
            return (self.test(),)
        if not self.is_op("("):
            return (self.parse(ADD),)
        start = self.tok.start
        self.advance("operand")
        first = self.test()
        if self.is_op(".."):
            return (self.range_from(start, first, False),)
        items = [first]
        while self.is_op(","):
            self.advance("operand")
            items.append(self.test())
        self.expect(")", "operator")
        return tuple(items)

    def postfix(self, left: n.Node) -> n.Node | None:
        start = self.tok.start
        if self.is_op("."):
            self.advance("property")
            if self.tok.kind not in ("name", "keyword"):
                raise self.error(f"expected a name after '.', found {self.found()}")
            return n.Path(start, left, self.advance("operator").value)
        if self.is_op("("):
            return self.call(left, start)
        if self.is_op("["):
            return self.filter(left, start)
        return None

    def filter(self, left: n.Node, start: int) -> n.Node | None:
        if self.range_ends == 0:
            self.advance("operand")
            condition = self.parse(OR)
            self.expect("]", "operator")
            return n.Filter(start, left, condition)
        depth, ends = self.depth, self.range_ends
        try:
            self.range_ends = 0
            self.advance("operand")
            condition = self.parse(OR)
            self.expect("]", "operator")
            if not self.is_op(")", "]", "["):
                raise self.error("a range must be closed")
            node = n.Filter(start, left, condition)
        except FeelSyntaxError:
            self.depth = depth
            self.goto(start, "operator")
            return None
        finally:
            self.range_ends = ends
        return node

    # calls

    def call(self, function: n.Node, start: int) -> n.Node:
        ends, self.range_ends = self.range_ends, 0
        self.advance("operand")
        args: list[n.Node] = []
        names: list[str] = []
        while not self.is_op(")"):
            name = self.argument_name()
            if name is not None:
                names.append(name)
            args.append(self.parse(OR))
            if (names and len(names) != len(args)) or len(set(names)) != len(names):
                raise self.error("arguments are either all by position or all by name, each name once", start)
            if not self.is_op(","):
                break
            self.advance("operand")
            if self.is_op(")"):
                raise self.error("expected an argument after ','")
        self.expect(")", "operator")
        self.range_ends = ends
        return n.Call(start, function, tuple(args), tuple(names) if names else None)

    def argument_name(self) -> str | None:
        found = _NAMED.match(self.text, self.tok.start)
        if not found or self.tok.kind not in ("name", "keyword", "string"):
            return None
        self.goto(found.end(), "operand")
        return found[1] if found[1] is not None else squeeze(found[2])

    # operands

    def prefix(self) -> n.Node:
        token = self.tok
        if token.kind == "number":
            self.advance("operator")
            value = parse_number(token.value)
            if value is None:
                raise self.error(f"the number {token.value} is out of range", token.start)
            return n.Literal(token.start, value)
        if token.kind == "string":
            self.advance("operator")
            return n.Literal(token.start, token.value)
        if token.kind == "at":
            self.advance("operator")
            moment = parse_at(token.value)
            note = "" if moment is not None else f'@"{token.value}" is not a date, time or duration'
            return n.Literal(token.start, moment, note)
        if token.kind == "name":
            self.advance("operator")
            return n.Name(token.start, token.value)
        if token.kind == "keyword":
            handler = _KEYWORD.get(token.value)
            if handler is not None:
                return handler(self, token)
        if token.kind == "op":
            operator = _PREFIX.get(token.value)
            if operator is not None:
                return operator(self, token)
        raise self.error(f"expected a value, found {self.found()}")

    def constant(self, token: Token) -> n.Node:
        self.advance("operator")
        return n.Literal(token.start, {"true": True, "false": False, "null": None}[token.value])

    def negate(self, token: Token) -> n.Node:
        self.advance("operand")
        operand = self.parse(UNARY)
        return n.Negate(token.start, operand)

    def bracket(self, token: Token) -> n.Node:
        """( expression ), ( < 5 ) or (a..b]."""
        ends, self.range_ends = self.range_ends, 0
        self.advance("operand")
        node = self.test()
        if self.is_op(".."):
            node = self.range_from(token.start, node, False)
        else:
            self.expect(")", "operator")
        self.range_ends = ends
        return node

    def open_range(self, token: Token) -> n.Node:
        self.advance("operand")
        low = self.parse(ADD)
        if not self.is_op(".."):
            raise self.error("expected '..' in a range")
        return self.range_from(token.start, low, False)

    def square(self, token: Token) -> n.Node:
        """A list or a range."""
        ends, self.range_ends = self.range_ends, 0
        self.advance("operand")
        items: list[n.Node] = []
        while not self.is_op("]"):
            items.append(self.test())
            if self.is_op("..") and len(items) == 1:
                self.range_ends = ends
                return self.range_from(token.start, items[0], True)
            if not self.is_op(","):
                break
            self.advance("operand")
            if self.is_op("]"):
                raise self.error("expected an item after ','")
        self.expect("]", "operator")
        self.range_ends = ends
        return n.ListOfNodes(token.start, tuple(items))

    def range_from(self, start: int, low: n.Node, low_closed: bool) -> n.Node:
        self.advance("operand")
        self.range_ends += 1
        high = self.parse(ADD)
        self.range_ends -= 1
        if not self.is_op(")", "]", "["):
            raise self.error(f"a range must end with ')', ']' or '[', found {self.found()}")
        closed = self.advance("operator").value == "]"
        return n.RangeOfNodes(start, low, high, low_closed, closed)

    def context(self, token: Token) -> n.Node:
        ends, self.range_ends = self.range_ends, 0
        self.advance("operand")
        entries: list[tuple[str, n.Node]] = []
        while not self.is_op("}"):
            key = self.context_key()
            if any(key == known for known, _ in entries):
                entries.append((key, n.Literal(token.start, None, f"the key {key!r} stands twice")))
                self.parse(OR)
            else:
                entries.append((key, self.parse(OR)))
            self.learn(key)
            if not self.is_op(","):
                break
            self.advance("operand")
            if self.is_op("}"):
                raise self.error("expected an entry after ','")
        self.expect("}", "operator")
        self.range_ends = ends
        return n.ContextOfNodes(token.start, tuple(entries))

    def context_key(self) -> str:
        if self.tok.kind == "string":
            key = self.advance("operator").value
            self.expect(":", "operand")
            return key
        found = _KEY.match(self.text, self.tok.start)
        if not found:
            raise self.error(f"expected a key and ':', found {self.found()}")
        self.goto(found.end(), "operand")
        return squeeze(found[1])

    def conditional(self, token: Token) -> n.Node:
        self.advance("operand")
        condition = self.parse(OR)
        self.expect("then", "operand")
        then = self.parse(OR)
        self.expect("else", "operand")
        return n.If(token.start, condition, then, self.parse(OR))

    def loop(self, token: Token) -> n.Node:
        iterators = self.iterators(token.end)
        self.learn("partial")
        self.expect("return", "operand")
        return n.For(token.start, iterators, self.parse(OR))

    def quantified(self, token: Token) -> n.Node:
        iterators = self.iterators(token.end)
        self.expect("satisfies", "operand")
        return n.Quantified(token.start, token.value, iterators, self.parse(OR))

    def iterators(self, pos: int) -> tuple[n.Iterator, ...]:
        ends, self.range_ends = self.range_ends, 0
        found: list[n.Iterator] = []
        while True:
            name, pos = self.loop_variable(self.lexer.skip(pos))
            self.goto(pos, "operand")
            source = self.parse(OR)
            end = None
            if self.is_op(".."):
                self.advance("operand")
                end = self.parse(ADD)
            found.append(n.Iterator(name, source, end))
            self.learn(name)
            if not self.is_op(","):
                break
            pos = self.tok.end
        self.range_ends = ends
        return tuple(found)

    def loop_variable(self, pos: int) -> tuple[str, int]:
        keyword = _IN.search(self.text, pos, pos + 300)
        if not keyword or not _VARIABLE.fullmatch(self.text, pos, keyword.start()):
            raise self.error("expected a variable and 'in'", pos)
        return squeeze(self.text[pos : keyword.start()]), keyword.end()

    def function(self, token: Token) -> n.Node:
        ends, self.range_ends = self.range_ends, 0
        self.advance("operator")
        if not self.is_op("("):
            raise self.error("expected '(' after 'function'")
        pos, params, types = self.tok.end, [], []
        pos = self.lexer.skip(pos)
        while not self.text.startswith(")", pos):
            found = _PARAM.match(self.text, pos)
            if not found:
                raise self.error("expected a parameter name", pos)
            params.append(squeeze(found[1]))
            pos, feel_type = found.end(), None
            if self.text.startswith(":", pos):
                feel_type, pos = self.type_at(pos + 1)
            types.append(feel_type)
            pos = self.lexer.skip(pos)
            if self.text.startswith(",", pos):
                pos = self.lexer.skip(pos + 1)
            elif not self.text.startswith(")", pos):
                raise self.error("expected ',' or ')' after a parameter", pos)
        for name in params:
            self.learn(name)
        pos = self.lexer.skip(pos + 1)
        external = _EXTERNAL.match(self.text, pos)
        self.goto(external.end() if external else pos, "operand")
        body = self.parse(OR)
        self.range_ends = ends
        return n.FunctionDef(token.start, tuple(params), tuple(types), body, external is not None)

    # types

    def type_at(self, pos: int) -> tuple[FeelType | None, int]:
        """The type written at pos and where it ends; None for a type nobody declared."""
        self.depth += 1
        self.work -= 1
        if self.depth > MAX_NESTING or self.work < 0:
            raise self.error("the type is nested too deeply", pos)
        try:
            return self._type_at(self.lexer.skip(pos))
        finally:
            self.depth -= 1

    def _type_at(self, pos: int) -> tuple[FeelType | None, int]:
        for name in _LONG_TYPES:
            found = name.match(self.text, pos)
            if found:
                return BUILTIN[squeeze(found[0])], found.end()
        word = _TYPE_WORDS.match(self.text, pos)
        if not word:
            raise self.error("expected a type", pos)
        known = NameTable(self.types).match(self.text, pos)
        if known and known[1] > word.end():
            return self.types[known[0]], known[1]
        after = self.lexer.skip(word.end())
        if self.text.startswith("<", after) and word[1] in ("list", "range", "context", "function"):
            return self.generic(word[1], after + 1)
        return self.types.get(word[1]) or BUILTIN.get(word[1]), word.end()

    def generic(self, kind: str, pos: int) -> tuple[FeelType | None, int]:
        pos = self.lexer.skip(pos)
        members: list[tuple[str, FeelType]] = []
        while not self.text.startswith(">", pos):
            name = ""
            if kind == "context":
                key = _ENTRY.match(self.text, pos)
                if not key:
                    raise self.error("expected an entry name and ':'", pos)
                name, pos = squeeze(key[1]), key.end()
            member, pos = self.type_at(pos)
            members.append((name, member or ANY))
            pos = self.lexer.skip(pos)
            if self.text.startswith(",", pos):
                pos = self.lexer.skip(pos + 1)
            elif not self.text.startswith(">", pos):
                raise self.error("expected ',' or '>' in a type", pos)
        pos += 1
        if kind == "context":
            return ContextOf(dict(members)), pos
        if kind == "function":
            return self.function_type([t for _, t in members], pos)
        if len(members) != 1:
            raise self.error(f"{kind}<...> takes one type", pos)
        return (ListOf if kind == "list" else RangeOf)(members[0][1]), pos

    def function_type(self, params: list[FeelType], pos: int) -> tuple[FeelType, int]:
        after = self.lexer.skip(pos)
        if not self.text.startswith("->", after):
            return FunctionOf(tuple(params)), pos
        result, pos = self.type_at(after + 2)
        return FunctionOf(tuple(params), result or ANY), pos


_LONG_TYPES = tuple(
    re.compile(r"\s+".join(name.split()) + f"(?![{PART}])")
    for name in ("years and months duration", "days and time duration", "date and time")
)
_KEYWORD: Mapping[str, Callable[[Parser, Token], n.Node]] = {
    "true": Parser.constant,
    "false": Parser.constant,
    "null": Parser.constant,
    "if": Parser.conditional,
    "for": Parser.loop,
    "some": Parser.quantified,
    "every": Parser.quantified,
    "function": Parser.function,
}
_PREFIX: Mapping[str, Callable[[Parser, Token], n.Node]] = {
    "-": Parser.negate,
    "(": Parser.bracket,
    "[": Parser.square,
    "]": Parser.open_range,
    "{": Parser.context,
}
__all__ = ["WORD", "Parser", "parse_at"]

"""Turns a syntax tree into Python closures, once; running them touches nothing but FEEL values.

There is no eval, exec or getattr on anything that comes from a text: a name is looked up in the scope mapping, a
property in the table of its value's kind. Over 400 lines because every kind of node
is compiled against the same environment and none is long; what they call at run time stands in runtime.py.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from . import nodes as n
from .convert import adopt
from .errors import FeelNull
from .frame import Frame
from .functions import BUILTINS, Builtin
from .numbers import CONTEXT
from .operators import contained, negate, ordered
from .runtime import (
    Code,
    as_list,
    calculate,
    call_builtin,
    cell_test,
    dotted,
    invoke,
    nest,
    pick,
    step,
)
from .types import coerce, instance_of
from .values import PLAIN_EQUAL, PLAIN_ORDER, SCALARS, Function, Range, Value, compare, equal, kind_of, weigh
from .walk import mentions_input

_FAST = {"+": CONTEXT.add, "-": CONTEXT.subtract, "*": CONTEXT.multiply}
CONTAINERS = frozenset((list, dict))


class Locals:
    """Names bound inside the expression, innermost first; an item scope has a slot but unknown names."""

    __slots__ = ("item", "outer", "slots")

    def __init__(self, outer: Locals | None, slots: Mapping[str, int], item: bool = False) -> None:
        self.outer = outer
        self.slots = slots
        self.item = item


class Lambda(Function):
    """A function definition with the variables that were in scope."""

    name = "function"

    def __init__(self, node: n.FunctionDef, slots: Sequence[int], body: Code, frame: Frame) -> None:
        self.params = node.params
        self.param_types = node.types
        self.slots = slots
        self.body = body
        self.frame = frame

    def call(self, args: Sequence[Value], budget: object, warnings: list[str]) -> Value:
        if len(args) != len(self.params):
            raise FeelNull(f"the function takes {len(self.params)} arguments, not {len(args)}")
        frame = self.frame.child()
        for slot, wanted, value in zip(self.slots, self.param_types, args, strict=True):
            if wanted is not None:
                if type(value) in CONTAINERS:
                    frame.budget.spend(weigh(value) >> 3)
                value, fits = coerce(value, wanted)
                if not fits:
                    raise FeelNull(f"an argument is not a {wanted}")
            frame.vars[slot] = value
        frame.budget.enter()
        try:
            return self.body(frame)
        finally:
            frame.budget.leave()


class External(Function):
    """A function of another platform: known by its parameters, never run."""

    name = "external function"

    def __init__(self, params: Sequence[str]) -> None:
        self.params = params
        self.param_types = [None] * len(params)

    def call(self, args: Sequence[Value], budget: object, warnings: list[str]) -> Value:
        raise FeelNull("external functions are not run")


class Compiler:
    """Compiles one tree. `trusted` scopes hold FEEL values only; others are converted when read."""

    def __init__(self, declared: frozenset[str], trusted: bool = False) -> None:
        self.declared = declared
        self.trusted = trusted
        self.size = 0

    def slot(self) -> int:
        self.size += 1
        return self.size - 1

    def compile(self, node: n.Node, env: Locals | None) -> Code:
        return _COMPILE[type(node)](self, node, env)

    # values and names

    def literal(self, node: n.Literal, env: Locals | None) -> Code:
        value, note = node.value, node.note
        if note:

            def noted(f: Frame) -> Value:
                f.warn(note)
                return value

            return noted
        return lambda f: value

    def name(self, node: n.Name, env: Locals | None, raw: bool = False) -> Code:
        name = node.name
        items: list[int] = []
        while env is not None:
            if name in env.slots:
                return _item_or(name, items, _read_slot(env.slots[name]))
            if env.item:
                items.append(env.slots[""])
            env = env.outer
        return _item_or(name, items, self.from_scope(name, raw))

    def from_scope(self, name: str, raw: bool) -> Code:
        fallback = BUILTINS.get(name)
        plain = raw or self.trusted

        def read(f: Frame) -> Value:
            try:
                value = f.scope[name]
            except KeyError:
                if fallback is None:
                    f.warn(f"there is no {name!r} in scope")
                return fallback
            return value if plain or type(value) in SCALARS else adopt(value)

        return read

    def path(self, node: n.Path, env: Locals | None) -> Code:
        names: list[str] = []
        source: n.Node = node
        while isinstance(source, n.Path):
            names.append(source.name)
            source = source.source
        names.reverse()
        is_name = isinstance(source, n.Name)
        if isinstance(source, n.Name) and not _is_local(source.name, env):
            return self.scope_path(source.name, tuple(names))
        root = self.name(source, env, True) if isinstance(source, n.Name) else self.compile(source, env)
        convert = is_name and not self.trusted

        def walk(f: Frame) -> Value:
            value = root(f)
            for name in names:
                value = value[name] if type(value) is dict and name in value else step(f, value, name)
            return adopt(value) if convert and type(value) not in SCALARS else value

        return walk

    def scope_path(self, root: str, names: tuple[str, ...]) -> Code:
        """A path from the scope; the scope may also hold it, or its beginning, under its dotted name."""
        trusted = self.trusted

        def walk(f: Frame) -> Value:
            try:
                value, rest = f.scope[root], names
            except KeyError:
                value, rest = dotted(f, root, names)
            for name in rest:
                value = value[name] if type(value) is dict and name in value else step(f, value, name)
            return value if trusted or type(value) in SCALARS else adopt(value)

        return walk

    def filter(self, node: n.Filter, env: Locals | None) -> Code:
        source = self.compile(node.source, env)
        if isinstance(node.condition, n.Literal) and type(node.condition.value) is Decimal:
            index = node.condition.value
            return lambda f: pick(f, as_list(source(f)), index)
        slot = self.slot()
        condition = self.compile(node.condition, Locals(Locals(env, {"item": slot}), {"": slot}, True))

        def select(f: Frame) -> Value:
            items = as_list(source(f))
            if not items:
                quiet = Frame(f.scope, 0, f.budget, [])
                quiet.vars = f.vars.copy()
                quiet.vars[slot] = None
                return None if type(condition(quiet)) is Decimal else []
            f.budget.spend(len(items))
            chosen: list[Value] = []
            before = f.vars[slot]
            for item in items:
                f.vars[slot] = item
                answer = condition(f)
                if answer is True:
                    chosen.append(item)
                elif type(answer) is Decimal:
                    f.vars[slot] = before
                    return pick(f, items, answer)
            f.vars[slot] = before
            return chosen

        return select

    # operators

    def arithmetic(self, node: n.Arithmetic, env: Locals | None) -> Code:
        op, left, right = node.op, self.compile(node.left, env), self.compile(node.right, env)
        fast = _FAST.get(op)
        if fast is None:

            def general(f: Frame) -> Value:
                return calculate(f, op, left(f), right(f))

            return general

        def quick(f: Frame) -> Value:
            a, b = left(f), right(f)
            if type(a) is Decimal and type(b) is Decimal:
                try:
                    return fast(a, b)
                except decimal.DecimalException:
                    pass
            return calculate(f, op, a, b)

        return quick

    def negation(self, node: n.Negate, env: Locals | None) -> Code:
        if isinstance(node.operand, n.Literal) and type(node.operand.value) is Decimal:
            constant = CONTEXT.minus(node.operand.value)
            return lambda f: constant
        operand = self.compile(node.operand, env)

        def run(f: Frame) -> Value:
            try:
                return negate(operand(f))
            except FeelNull as null:
                f.warn(str(null))
                return None

        return run

    def comparison(self, node: n.Comparison, env: Locals | None) -> Code:
        op, left, right = node.op, self.compile(node.left, env), self.compile(node.right, env)
        if op in ("=", "!="):
            return self.equality(op == "=", left, right)
        strict, up = op in ("<", ">"), op[0] == "<"

        def run(f: Frame) -> Value:
            a, b = left(f), right(f)
            if type(a) is type(b) and type(a) in PLAIN_ORDER:
                if strict:
                    return a < b if up else a > b  # type: ignore[operator]
                return a <= b if up else a >= b  # type: ignore[operator]
            answer = ordered(op, a, b)
            if answer is None:
                f.warn(f"{kind_of(a)} {op} {kind_of(b)} has no meaning")
            return answer

        return run

    @staticmethod
    def equality(positive: bool, left: Code, right: Code) -> Code:
        def run(f: Frame) -> Value:
            a, b = left(f), right(f)
            if type(a) is type(b) and type(a) in PLAIN_EQUAL:
                return (a == b) is positive
            if type(a) in CONTAINERS:
                f.budget.spend(weigh(a) >> 3)
            answer = equal(a, b)
            if answer is None:
                f.warn(f"a {kind_of(a)} and a {kind_of(b)} are never equal")
                return None
            return answer is positive

        return run

    def logic(self, node: n.Logic, env: Locals | None) -> Code:
        operands = [self.compile(o, env) for o in node.operands]
        decisive = node.op == "or"

        def run(f: Frame) -> Value:
            unknown = False
            for operand in operands:
                value = operand(f)
                if value is decisive:
                    return decisive
                if value is not True and value is not False:
                    unknown = True
            return None if unknown else not decisive

        return run

    def between(self, node: n.Between, env: Locals | None) -> Code:
        value, low, high = (self.compile(x, env) for x in (node.value, node.low, node.high))

        def run(f: Frame) -> Value:
            x = value(f)
            above, below = compare(x, low(f)), compare(x, high(f))
            if above is None or below is None:
                f.warn("the three values of between do not compare")
                return None
            return above >= 0 and below <= 0

        return run

    def membership(self, node: n.In, env: Locals | None) -> Code:
        value = self.compile(node.value, env)
        tests = [self.compile(test, env) for test in node.tests]

        def run(f: Frame) -> Value:
            x = value(f)
            unknown = False
            for test in tests:
                target = test(f)
                if type(target) in CONTAINERS:
                    f.budget.spend(weigh(target) >> 3)
                answer = contained(x, target)
                if answer is True:
                    return True
                unknown = unknown or answer is None
            return None if unknown else False

        return run

    def instance(self, node: n.InstanceOf, env: Locals | None) -> Code:
        value, wanted, text = self.compile(node.value, env), node.type, node.type_text

        def run(f: Frame) -> Value:
            x = value(f)
            if type(x) in CONTAINERS:
                f.budget.spend(weigh(x) >> 3)
            if wanted is None:
                f.warn(f"there is no type {text!r}")
                return None
            return instance_of(x, wanted)

        return run

    # control

    def conditional(self, node: n.If, env: Locals | None) -> Code:
        condition, then, otherwise = (self.compile(x, env) for x in (node.condition, node.then, node.otherwise))

        def run(f: Frame) -> Value:
            answer = condition(f)
            if answer is True:
                return then(f)
            if answer is False or answer is None:
                return otherwise(f)
            f.warn(f"the condition of an if is a {kind_of(answer)}")
            return None

        return run

    def iterators(
        self, nodes: Sequence[n.Iterator], env: Locals | None
    ) -> tuple[list[tuple[int, Code, Code | None]], Locals | None]:
        loops: list[tuple[int, Code, Code | None]] = []
        for iterator in nodes:
            source = self.compile(iterator.source, env)
            end = None if iterator.end is None else self.compile(iterator.end, env)
            slot = self.slot()
            env = Locals(env, {iterator.name: slot})
            loops.append((slot, source, end))
        return loops, env

    def loop(self, node: n.For, env: Locals | None) -> Code:
        partial = self.slot()
        loops, inner = self.iterators(node.iterators, env)
        body = self.compile(node.body, Locals(inner, {"partial": partial}))

        def run(f: Frame) -> Value:
            results: list[Value] = []

            def each() -> None:
                f.vars[partial] = results
                f.budget.check_list(len(results) + 1)
                value = body(f)
                results.append(value)

            before = f.vars.copy()
            try:
                nest(f, loops, 0, each)
            except FeelNull as null:
                f.warn(str(null))
                return None
            finally:
                f.vars[:] = before
            return results

        return run

    def quantified(self, node: n.Quantified, env: Locals | None) -> Code:
        loops, inner = self.iterators(node.iterators, env)
        body = self.compile(node.body, inner)
        decisive = node.kind == "some"

        def run(f: Frame) -> Value:
            seen = [False, False]  # decisive, unknown

            def each() -> bool:
                value = body(f)
                seen[0] = seen[0] or value is decisive
                seen[1] = seen[1] or not isinstance(value, bool)
                return seen[0]

            before = f.vars.copy()
            try:
                nest(f, loops, 0, each)
            except FeelNull as null:
                f.warn(str(null))
                return None
            finally:
                f.vars[:] = before
            if seen[0]:
                return decisive
            return None if seen[1] else not decisive

        return run

    # functions

    def call(self, node: n.Call, env: Locals | None) -> Code:
        args = [self.compile(a, env) for a in node.args]
        builtin = self.builtin_of(node.function, env)
        if builtin is not None:
            return call_builtin(builtin, node.names, args)
        function = self.compile(node.function, env)
        names = node.names
        shadowed = BUILTINS.get(node.function.name) if isinstance(node.function, n.Name) else None

        def run(f: Frame) -> Value:
            target = function(f)
            if shadowed is not None and not isinstance(target, Function):
                target = shadowed
            return invoke(f, target, [a(f) for a in args], names)

        return run

    def builtin_of(self, node: n.Node, env: Locals | None) -> Builtin | None:
        """The built-in that a call means, unless the name is bound to something nearer."""
        if not isinstance(node, n.Name) or node.name not in BUILTINS or node.name in self.declared:
            return None
        while env is not None:
            if node.name in env.slots:
                return None
            env = env.outer
        return BUILTINS[node.name]

    def function(self, node: n.FunctionDef, env: Locals | None) -> Code:
        if node.external:
            return lambda f: External(node.params)
        slots = [self.slot() for _ in node.params]
        body = self.compile(node.body, Locals(env, dict(zip(node.params, slots, strict=True))))

        def run(f: Frame) -> Value:
            return Lambda(node, slots, body, f.child())

        return run

    # structures

    def list_of(self, node: n.ListOfNodes, env: Locals | None) -> Code:
        items = [self.compile(item, env) for item in node.items]
        if all(isinstance(item, n.Literal) for item in node.items):
            constant = [item.value for item in node.items]  # type: ignore[attr-defined]
            return lambda f: constant
        return lambda f: [item(f) for item in items]

    def context_of(self, node: n.ContextOfNodes, env: Locals | None) -> Code:
        entries: list[tuple[str, int, Code]] = []
        for key, value in node.entries:
            slot = self.slot()
            entries.append(
                (key, slot, self.compile(value, Locals(env, {key: slot}) if isinstance(value, n.FunctionDef) else env))
            )
            env = Locals(env, {key: slot})
        doubled = len({key for key, _ in node.entries}) != len(node.entries)

        def run(f: Frame) -> Value:
            if doubled:
                f.warn("a key stands twice in a context")
                return None
            result: dict[str, Value] = {}
            for key, slot, code in entries:
                value = code(f)
                f.vars[slot] = result[key] = value
                if type(value) is Lambda:
                    value.frame.vars[slot] = value
            return result

        return run

    def range_of(self, node: n.RangeOfNodes, env: Locals | None) -> Code:
        low, high = self.compile(node.low, env), self.compile(node.high, env)
        low_closed, high_closed = node.low_closed, node.high_closed

        def run(f: Frame) -> Value:
            start, end = low(f), high(f)
            order = compare(start, end)
            if order is None and start is not None and end is not None:
                f.warn(f"a range from {kind_of(start)} to {kind_of(end)} has no meaning")
                return None
            return Range(start, end, low_closed, high_closed)

        return run

    def operator_test(self, node: n.OperatorTest, env: Locals | None) -> Code:
        op, end = node.op, self.compile(node.end, env)
        return lambda f: Range.of_operator(op, end(f))

    def tests(self, node: n.Tests, env: Locals | None) -> Code:
        """A cell on slot 0, the input value `?`."""
        if node.anything:
            return lambda f: True
        items = [(self.compile(item, env), mentions_input(item)) for item in node.items]
        negated = node.negated

        def run(f: Frame) -> Value:
            value, unknown = f.vars[0], False
            for code, own in items:
                answer = cell_test(value, code(f), own)
                if answer is True:
                    return not negated
                unknown = unknown or answer is None
            return None if unknown else negated

        return run


def _read_slot(slot: int) -> Code:
    return lambda f: f.vars[slot]


def _item_or(name: str, items: Sequence[int], otherwise: Code) -> Code:
    """Read `name` from the item contexts of the enclosing filters first."""
    if not items:
        return otherwise

    def run(f: Frame) -> Value:
        for slot in items:
            item = f.vars[slot]
            if type(item) is dict and name in item:
                return item[name]
        return otherwise(f)

    return run


def _is_local(name: str, env: Locals | None) -> bool:
    """Whether a binder or a filter item may give the name its value."""
    while env is not None:
        if env.item or name in env.slots:
            return True
        env = env.outer
    return False


_COMPILE: Mapping[type, Callable[..., Code]] = {
    n.Literal: Compiler.literal,
    n.Name: Compiler.name,
    n.Path: Compiler.path,
    n.Filter: Compiler.filter,
    n.Arithmetic: Compiler.arithmetic,
    n.Negate: Compiler.negation,
    n.Comparison: Compiler.comparison,
    n.Logic: Compiler.logic,
    n.Between: Compiler.between,
    n.In: Compiler.membership,
    n.InstanceOf: Compiler.instance,
    n.If: Compiler.conditional,
    n.For: Compiler.loop,
    n.Quantified: Compiler.quantified,
    n.Call: Compiler.call,
    n.FunctionDef: Compiler.function,
    n.ListOfNodes: Compiler.list_of,
    n.ContextOfNodes: Compiler.context_of,
    n.RangeOfNodes: Compiler.range_of,
    n.OperatorTest: Compiler.operator_test,
    n.Tests: Compiler.tests,
}
__all__ = ["Compiler", "External", "Lambda", "Locals"]

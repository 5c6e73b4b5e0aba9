"""Boxed expressions to closures: `logic(scope, run) -> value` (DMN 1.5, 10.2.2). Collects every problem, then goes on.

Over 400 lines because the kinds of boxed expression contain each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from lxml import etree

from engine.feel import Budget, FeelSyntaxError, Function, UnaryTests, Value, kind_of
from engine.feel.errors import FeelNull
from engine.feel.expression import Expression
from engine.feel.frame import Frame
from engine.feel.nodes import ListOfNodes
from engine.feel.runtime import as_list, invoke, iterate
from engine.feel.types import Allowed, FeelType, FunctionOf, base_of, coerce

from .elements import children, expression_of, expressions, first, tag, text_of
from .errors import Problem
from .evaluation import Run, RunBudget
from .hitpolicy import AGGREGATIONS, MULTIPLE, SINGLE
from .itemtypes import ItemTypes
from .table import DecisionTable, InputClause, OutputClause, Rule

Scope = dict[str, Value]
Logic = Callable[[Scope, Run], Value]
MAX_ROWS = 5_000
FEEL_LANGUAGES = (
    "feel",
    "FEEL",
    "https://www.omg.org/spec/DMN/",
    "http://www.omg.org/spec/FEEL/",
    "http://www.omg.org/spec/DMN/",
)


class BoxedFunction(Function):
    """A function with a boxed body: a definition in a decision, or a business knowledge model."""

    def __init__(
        self, name: str, params: Sequence[str], types: Sequence[FeelType | None], body: Logic, scope: Scope
    ) -> None:
        self.name = name
        self.params = params
        self.param_types = types
        self.body = body
        self.scope = scope

    def call(self, args: Sequence[Value], budget: Budget, warnings: list[str]) -> Value:
        if len(args) != len(self.params):
            raise FeelNull(f"{self.name} takes {len(self.params)} arguments, not {len(args)}")
        scope = dict(self.scope)
        for param, wanted, value in zip(self.params, self.param_types, args, strict=True):
            scope[param], fits = (value, True) if wanted is None else coerce(value, wanted)
            if not fits:
                raise FeelNull(f"{self.name}: {param} is not a {wanted}")
        if not isinstance(budget, RunBudget):
            raise FeelNull(f"{self.name} can only be called within a decision")
        budget.enter()
        try:
            return self.body(scope, budget.run)
        finally:
            budget.leave()


class ForeignFunction(Function):
    """A Java or PMML function: known by its parameters, never run."""

    def __init__(self, name: str, params: Sequence[str]) -> None:
        self.name = name
        self.params = params
        self.param_types = [None] * len(params)

    def call(self, args: Sequence[Value], budget: Budget, warnings: list[str]) -> Value:
        raise FeelNull(f"{self.name}: functions of another platform are not run")


class BoxedCompiler:
    """Compiles the boxed expressions of one decision or knowledge model."""

    def __init__(
        self, types: ItemTypes, components: Iterable[str], report: Callable[[Problem], None], owner: tuple[str, str]
    ) -> None:
        self.types = types
        self.components = frozenset(components)
        self.report = report
        self.owner = owner
        self.tables: list[DecisionTable] = []
        self.roots: set[str] = set()

    def compile(self, element: etree._Element | None, names: frozenset[str]) -> Logic:
        """The closure of a boxed expression; a missing one is null."""
        if element is None:
            return lambda scope, run: None
        logic = _KINDS[tag(element)](self, element, names)
        wanted = None if tag(element) == "decisionTable" else self.types.get(element.get("typeRef"))
        return logic if wanted is None else self.typed(logic, wanted)

    @staticmethod
    def typed(logic: Logic, wanted: FeelType) -> Logic:
        def run_typed(scope: Scope, run: Run) -> Value:
            value, fits = coerce(logic(scope, run), wanted)
            if not fits:
                run.warnings.append(f"a result is not a {wanted}")
            return value

        return run_typed

    # leaves

    def problem(self, element: etree._Element, message: str, row: int | None = None, column: int | None = None) -> None:
        self.report(Problem(element.get("id") or self.owner[0], row, column, message))

    def expression(
        self,
        element: etree._Element,
        text: str,
        names: frozenset[str],
        row: int | None = None,
        column: int | None = None,
    ) -> Expression:
        """FEEL text; a syntax error is reported and the expression becomes null."""
        self.refuse_language(element, row, column)
        known = tuple(sorted(names | self.components))
        try:
            found = Expression(text or "null", known, self.types.known, True)
        except FeelSyntaxError as error:
            self.problem(element, f"{text!r}: {error}", row, column)
            return Expression("null", (), {}, True)
        self.roots |= found.references
        return found

    def tests(
        self,
        element: etree._Element,
        text: str,
        names: frozenset[str],
        row: int | None = None,
        column: int | None = None,
    ) -> UnaryTests:
        self.refuse_language(element, row, column)
        known = tuple(sorted(names | self.components))
        try:
            found = UnaryTests(text, known, self.types.known, True)
        except FeelSyntaxError as error:
            self.problem(element, f"{text!r}: {error}", row, column)
            return UnaryTests("-", (), {}, True)
        self.roots |= set(found.references)
        return found

    def refuse_language(self, element: etree._Element, row: int | None, column: int | None) -> None:
        language = element.get("expressionLanguage") or ""
        if language and not language.startswith(FEEL_LANGUAGES):
            self.problem(element, f"the expression language {language} is not FEEL", row, column)

    def literal(self, element: etree._Element, names: frozenset[str]) -> Logic:
        found = self.expression(element, text_of(first(element, "text")), names)
        return lambda scope, run: found.run(scope, run.budget, run.warnings)

    # structures

    def context(self, element: etree._Element, names: frozenset[str]) -> Logic:
        entries: list[tuple[str | None, Logic]] = []
        for entry in children(element, "contextEntry"):
            variable = first(entry, "variable")
            logic = self.compile(expression_of(entry), names)
            if variable is None:
                entries.append((None, logic))
                continue
            name = variable.get("name", "")
            wanted = self.types.get(variable.get("typeRef"))
            if wanted is not None and not isinstance(base_of(wanted), FunctionOf):
                logic = self.typed(logic, wanted)
            entries.append((name, logic))
            names = names | {name}

        def run_context(scope: Scope, run: Run) -> Value:
            inner, result = dict(scope), {}
            for name, logic in entries:
                value = logic(inner, run)
                if name is None:
                    return value
                inner[name] = result[name] = value
            return result

        return run_context

    def list_of(self, element: etree._Element, names: frozenset[str]) -> Logic:
        items = [self.compile(e, names) for e in expressions(element)]
        return lambda scope, run: [item(scope, run) for item in items]

    def relation(self, element: etree._Element, names: frozenset[str]) -> Logic:
        columns = children(element, "column")
        titles = [c.get("name", "") for c in columns]
        rows = [[self.compile(e, names) for e in expressions(row)] for row in children(element, "row")]
        for number, row in enumerate(rows, 1):
            if len(row) != len(titles):
                self.problem(element, f"the row has {len(row)} cells for {len(titles)} columns", number)
        return lambda scope, run: [{t: cell(scope, run) for t, cell in zip(titles, row, strict=False)} for row in rows]

    def function(self, element: etree._Element, names: frozenset[str]) -> Logic:
        params = children(element, "formalParameter")
        titles = [p.get("name", "") for p in params]
        types = [self.types.get(p.get("typeRef")) for p in params]
        name = self.owner[1]
        if (element.get("kind") or "FEEL") != "FEEL":
            return lambda scope, run: ForeignFunction(name, titles)
        body = self.compile(expression_of(element), names | frozenset(titles))
        return lambda scope, run: BoxedFunction(name, titles, types, body, scope)

    def invocation(self, element: etree._Element, names: frozenset[str]) -> Logic:
        target = self.compile(expression_of(element), names)
        bindings = children(element, "binding")
        titles = [(p.get("name", "") if (p := first(b, "parameter")) is not None else "") for b in bindings]
        values = [self.compile(expression_of(b), names) for b in bindings]

        def run_invocation(scope: Scope, run: Run) -> Value:
            function = target(scope, run)
            args = [value(scope, run) for value in values]
            frame = Frame(scope, 0, run.budget, run.warnings)
            return invoke(frame, function, args, titles or None)

        return run_invocation

    # control

    def conditional(self, element: etree._Element, names: frozenset[str]) -> Logic:
        parts = [self.compile(expression_of(first(element, part)), names) for part in ("if", "then", "else")]
        condition, then, otherwise = parts

        def run_conditional(scope: Scope, run: Run) -> Value:
            answer = condition(scope, run)
            if answer is True:
                return then(scope, run)
            if answer is False or answer is None:
                return otherwise(scope, run)
            run.warnings.append(f"the condition is a {kind_of(answer)}")
            return None

        return run_conditional

    def iteration(self, element: etree._Element, names: frozenset[str], body: str) -> tuple[str, Logic, Logic]:
        name = element.get("iteratorVariable") or "item"
        source = self.compile(expression_of(first(element, "in")), names)
        return name, source, self.compile(expression_of(first(element, body)), names | {name, "partial"})

    @staticmethod
    def items(source: Logic, scope: Scope, run: Run) -> Sequence[Value] | None:
        frame = Frame(scope, 0, run.budget, run.warnings)
        try:
            found = iterate(frame, source(scope, run), None, False)
        except FeelNull as null:
            run.warnings.append(str(null))
            return None
        run.budget.spend(len(found))
        return found

    def loop(self, element: etree._Element, names: frozenset[str]) -> Logic:
        name, source, body = self.iteration(element, names, "return")

        def run_loop(scope: Scope, run: Run) -> Value:
            items = self.items(source, scope, run)
            if items is None:
                return None
            results: list[Value] = []
            for item in items:
                results.append(body({**scope, name: item, "partial": results}, run))
            return results

        return run_loop

    def quantified(self, element: etree._Element, names: frozenset[str]) -> Logic:
        name, source, body = self.iteration(element, names, "satisfies")
        decisive = tag(element) == "some"

        def run_quantified(scope: Scope, run: Run) -> Value:
            items = self.items(source, scope, run)
            if items is None:
                return None
            unknown = False
            for item in items:
                answer = body({**scope, name: item}, run)
                if answer is decisive:
                    return decisive
                unknown = unknown or not isinstance(answer, bool)
            return None if unknown else not decisive

        return run_quantified

    def filter(self, element: etree._Element, names: frozenset[str]) -> Logic:
        source = self.compile(expression_of(first(element, "in")), names)
        match = self.compile(expression_of(first(element, "match")), names | {"item"})

        def run_filter(scope: Scope, run: Run) -> Value:
            chosen: list[Value] = []
            for item in as_list(source(scope, run)):
                run.budget.spend()
                inner = {**scope, **item, "item": item} if type(item) is dict else {**scope, "item": item}
                answer = match(inner, run)
                if answer is not None and not isinstance(answer, bool):
                    run.warnings.append(f"the condition of a filter is a {kind_of(answer)}")
                    return None
                if answer is True:
                    chosen.append(item)
            return chosen

        return run_filter

    # tables

    def table(self, element: etree._Element, names: frozenset[str]) -> Logic:
        table = self.read_table(element, names)
        self.tables.append(table)
        return table.evaluate

    def read_table(self, element: etree._Element, names: frozenset[str]) -> DecisionTable:
        policy = element.get("hitPolicy") or "UNIQUE"
        aggregation = element.get("aggregation")
        if policy not in SINGLE + MULTIPLE:
            self.problem(element, f"there is no hit policy {policy}")
        if aggregation is not None and (aggregation not in AGGREGATIONS or policy != "COLLECT"):
            self.problem(element, f"the aggregation {aggregation} does not go with {policy}")
        inputs = tuple(self.read_input(e, names, i) for i, e in enumerate(children(element, "input"), 1))
        outputs = self.read_outputs(element, names, len(inputs))
        rules = tuple(
            self.read_rule(rule, row, len(inputs), len(outputs), names)
            for row, rule in enumerate(children(element, "rule"), 1)
        )
        if len(rules) > MAX_ROWS:
            self.problem(element, f"a table of more than {MAX_ROWS} rows")
            rules = rules[:MAX_ROWS]
        identifier = element.get("id") or self.owner[0]
        return DecisionTable(identifier, *self.owner, policy, aggregation, inputs, outputs, rules)

    def read_input(self, element: etree._Element, names: frozenset[str], column: int) -> InputClause:
        source = first(element, "inputExpression")
        text = text_of(first(source, "text"))
        if source is None or not text:
            self.problem(element, "the input column has no expression", None, column)
        expression = self.expression(element if source is None else source, text, names, None, column)
        wanted = self.types.get(None if source is None else source.get("typeRef"))
        allowed = text_of(first(first(element, "inputValues"), "text"))
        tests = self.tests(element, allowed, names, None, column) if allowed else None
        label = element.get("label") or text
        return InputClause(element.get("id") or f"input{column}", label, expression, wanted, tests)

    def read_outputs(self, table: etree._Element, names: frozenset[str], inputs: int) -> tuple[OutputClause, ...]:
        elements = children(table, "output")
        if not elements:
            self.problem(table, "the table has no output column")
        found: list[OutputClause] = []
        for column, element in enumerate(elements, inputs + 1):
            wanted = self.types.get(element.get("typeRef"))
            if wanted is None and len(elements) == 1:
                wanted = self.types.get(table.get("typeRef"))
            allowed = text_of(first(first(element, "outputValues"), "text"))
            tests = self.tests(element, allowed, names, None, column) if allowed else None
            spelled = allowed or (wanted.text if isinstance(wanted, Allowed) else "")
            default = text_of(first(first(element, "defaultOutputEntry"), "text"))
            name = element.get("name") or element.get("label") or self.owner[1]
            found.append(
                OutputClause(
                    element.get("id") or f"output{column}",
                    name,
                    self.types.get(element.get("typeRef")),
                    tests,
                    self.ranked(element, spelled, names),
                    self.expression(element, default, names, None, column) if default else None,
                )
            )
        return tuple(found)

    def ranked(self, element: etree._Element, text: str, names: frozenset[str]) -> tuple[UnaryTests, ...]:
        """The output values one by one, most important first."""
        if not text:
            return ()
        try:
            node = Expression(f"[{text}]", tuple(sorted(names)), self.types.known, True).node
        except FeelSyntaxError:
            return ()
        if not isinstance(node, ListOfNodes):
            return ()
        starts = [item.pos - 1 for item in node.items] + [len(text)]
        parts = [text[a:b].strip().rstrip(",") for a, b in pairwise(starts)]
        return tuple(self.tests(element, part, names) for part in parts)

    def read_rule(self, element: etree._Element, row: int, inputs: int, outputs: int, names: frozenset[str]) -> Rule:
        tests = children(element, "inputEntry")
        entries = children(element, "outputEntry")
        if len(tests) != inputs or len(entries) != outputs:
            self.problem(
                element, f"the row has {len(tests)} + {len(entries)} cells for {inputs} + {outputs} columns", row
            )
        cells = [self.tests(e, text_of(first(e, "text")), names | {"?"}, row, i) for i, e in enumerate(tests, 1)]
        results = [
            self.expression(e, text_of(first(e, "text")), names, row, inputs + i) for i, e in enumerate(entries, 1)
        ]
        cells += [UnaryTests("-", (), {}, True)] * (inputs - len(cells))
        results += [Expression("null", (), {}, True)] * (outputs - len(results))
        notes = tuple(text_of(first(e, "text")) for e in children(element, "annotationEntry"))
        return Rule(element.get("id") or f"row{row}", tuple(cells[:inputs]), tuple(results[:outputs]), notes)


_KINDS: Mapping[str, Callable[[BoxedCompiler, etree._Element, frozenset[str]], Logic]] = {
    "literalExpression": BoxedCompiler.literal,
    "decisionTable": BoxedCompiler.table,
    "context": BoxedCompiler.context,
    "list": BoxedCompiler.list_of,
    "relation": BoxedCompiler.relation,
    "functionDefinition": BoxedCompiler.function,
    "invocation": BoxedCompiler.invocation,
    "conditional": BoxedCompiler.conditional,
    "for": BoxedCompiler.loop,
    "some": BoxedCompiler.quantified,
    "every": BoxedCompiler.quantified,
    "filter": BoxedCompiler.filter,
}
__all__ = ["BoxedCompiler", "BoxedFunction", "ForeignFunction", "Logic", "Scope"]

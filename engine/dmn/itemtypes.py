"""Item definitions as FEEL types: structures, collections, functions, allowed values, constraints (DMN 1.5, 7.3.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from engine.feel import FeelSyntaxError, Value
from engine.feel.expression import UnaryTests
from engine.feel.types import ANY, BUILTIN, NUMBER, Allowed, ContextOf, FeelType, FunctionOf, ListOf

from .elements import children, first, text_of
from .errors import Problem

_VENDOR = {"integer": NUMBER, "long": NUMBER, "double": NUMBER, "decimal": NUMBER, "int": NUMBER, "float": NUMBER}


def local_type(name: str) -> str:
    """A typeRef without its namespace prefix (DMN 1.1 wrote `feel:string`)."""
    return name.rsplit(":", 1)[-1] if ":" in name else name


class ItemTypes:
    """All types that a model may name, resolved when asked for, so that their order in the file does not matter."""

    def __init__(
        self, root: etree._Element, imported: Mapping[str, Mapping[str, FeelType]], report: Callable[[Problem], None]
    ) -> None:
        self.report = report
        self.elements = {e.get("name", ""): e for e in children(root, "itemDefinition")}
        self.known: dict[str, FeelType] = {}
        self.open: set[str] = set()
        for alias, types in imported.items():
            self.known.update({f"{alias}.{name}": t for name, t in types.items()})
        for name in self.elements:
            self.resolve(name)

    @property
    def own(self) -> dict[str, FeelType]:
        return {name: self.known[name] for name in self.elements}

    def component_names(self) -> set[str]:
        """Names of all structure components, own and imported."""
        found: set[str] = set()
        stack = list(self.known.values())
        while stack:
            base = stack.pop()
            if isinstance(base, Allowed):
                stack.append(base.base)
            elif isinstance(base, ListOf):
                stack.append(base.item)
            elif isinstance(base, ContextOf):
                found |= set(base.entries)
                stack.extend(base.entries.values())
        return found

    def get(self, type_ref: str | None) -> FeelType | None:
        """The type of a typeRef attribute; None if there is none or it is Any."""
        if not type_ref:
            return None
        found = self.resolve(type_ref.strip())
        return None if found is ANY else found

    def resolve(self, name: str) -> FeelType:
        if name in self.known:
            return self.known[name]
        if name in self.elements:
            return self._build_named(name)
        short = local_type(name)
        if short in self.elements and short != name:
            return self.resolve(short)
        return self.known.get(short) or BUILTIN.get(short) or _VENDOR.get(short) or ANY

    def _build_named(self, name: str) -> FeelType:
        if name in self.open:
            return ANY
        self.open.add(name)
        built = self.build(self.elements[name])
        self.open.discard(name)
        self.known[name] = built
        return built

    def build(self, element: etree._Element) -> FeelType:
        """The type of an itemDefinition or itemComponent."""
        components = children(element, "itemComponent")
        function = first(element, "functionItem")
        if components:
            base: FeelType = ContextOf({c.get("name", ""): self.build(c) for c in components})
        elif function is not None:
            base = self.function(function)
        else:
            base = self.resolve(text_of(first(element, "typeRef")) or element.get("typeRef") or "Any")
        base = self.constrained(base, element, "allowedValues")
        if element.get("isCollection") in ("true", "1"):
            base = ListOf(base)
        return self.constrained(base, element, "typeConstraint")

    def function(self, element: etree._Element) -> FeelType:
        params = [self.resolve(p.get("typeRef") or "Any") for p in children(element, "parameters")]
        return FunctionOf(tuple(params), self.resolve(element.get("outputTypeRef") or "Any"))

    def constrained(self, base: FeelType, element: etree._Element, tag: str) -> FeelType:
        text = text_of(first(first(element, tag), "text"))
        if not text:
            return base
        try:
            tests = UnaryTests(text, (), self.known, True)
        except FeelSyntaxError as error:
            self.report(Problem(element.get("id") or element.get("name") or tag, None, None, f"{tag}: {error}"))
            return base

        def allowed(value: Value) -> bool | None:
            return tests(value, {})

        return Allowed(base, allowed, text)

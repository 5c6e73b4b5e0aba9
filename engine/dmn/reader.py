"""DMN XML to a model (DMN 1.1 to 1.5, as dmn-js, Camunda Modeler and the TCK write it).

Refuses by DmnModelError with all problems at once: cells that do not parse, references to nothing, cycles in the
requirement graph, unknown hit policies, doubled ids; and by ValidationFailed what is not safe XML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from engine.feel.types import FeelType, FunctionOf, base_of
from engine.xmlsafe import parse_xml

from .boxed import BoxedCompiler, BoxedFunction, ForeignFunction
from .elements import OFFICIAL, children, expression_of, first, tag
from .errors import DmnModelError, Problem
from .itemtypes import ItemTypes
from .model import Model
from .parts import Decision, InputData, Knowledge, Service

REQUIREMENTS = ("requiredInput", "requiredDecision", "requiredKnowledge")
NO_MODELS: Mapping[str, Model] = {}


def parse_model(data: bytes, imports: Mapping[str, Model] = NO_MODELS, *, lenient: bool = False) -> Model:
    """Read a model; `imports` are the models it imports, by namespace. Raises DmnModelError, ValidationFailed.

    Lenient, as the standard and its TCK want it: an expression that does not parse is null and a note of the model.
    """
    root = parse_xml(data)
    if tag(root) != "definitions" or etree.QName(root).namespace not in OFFICIAL:
        raise DmnModelError([Problem(tag(root), None, None, "this is not a DMN file")])
    reader = _Reader(root, imports)
    model = reader.read()
    if reader.problems and (not lenient or reader.fatal):
        raise DmnModelError(reader.problems)
    model.notes.extend(reader.problems)
    return model


class _Reader:
    """Two passes: declare every element by id, then link requirements and compile logic."""

    def __init__(self, root: etree._Element, imports: Mapping[str, Model]) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.fatal = False
        self.cyclic = False
        self.model = Model(root.get("id") or "", root.get("name") or "", root.get("namespace") or "")
        for element in children(root, "import"):
            self.read_import(element, imports)
        imported = {alias: model.types for alias, model in self.model.imports.items()}
        self.types = ItemTypes(root, imported, self.problems.append)
        self.model.types = self.types.known
        self.components = self.types.component_names()

    def problem(self, element: etree._Element, message: str) -> None:
        self.problems.append(Problem(element.get("id") or element.get("name") or tag(element), None, None, message))

    def read_import(self, element: etree._Element, imports: Mapping[str, Model]) -> None:
        namespace = element.get("namespace") or ""
        kind = element.get("importType") or ""
        model = imports.get(namespace)
        if model is None:
            if kind in OFFICIAL or not kind:
                self.fatal = True
                self.problem(element, f"the imported model {namespace} is not there")
            return
        self.model.imports[element.get("name") or ""] = model

    # pass 1

    def read(self) -> Model:
        self.refuse_doubled_ids()
        decisions: list[tuple[etree._Element, Decision]] = []
        knowledge: list[tuple[etree._Element, Knowledge]] = []
        services: list[tuple[etree._Element, Service]] = []
        model = self.model
        for element in self.root:
            kind = tag(element)
            if kind == "inputData":
                data = InputData(*self.identity(element), self.variable_type(element))
                model.input_data.add(data.id, data.name, data)
            elif kind == "decision":
                decision = self.declare_decision(element)
                decisions.append((element, decision))
                model.decisions.add(decision.id, decision.name, decision)
            elif kind == "businessKnowledgeModel":
                bkm = Knowledge(*self.identity(element))
                knowledge.append((element, bkm))
                model.bkms.add(bkm.id, bkm.name, bkm)
            elif kind == "decisionService":
                service = Service(*self.identity(element), model, self.result_type(element))
                services.append((element, service))
                model.services.add(service.id, service.name, service)
        self.link(decisions, knowledge, services)
        return model

    def refuse_doubled_ids(self) -> None:
        seen: set[str] = set()
        for element in self.root.iter():
            if not isinstance(element.tag, str) or etree.QName(element).namespace not in OFFICIAL:
                continue
            identifier = element.get("id")
            if identifier and identifier in seen:
                self.problem(element, "the id stands twice in the file")
            if identifier:
                seen.add(identifier)

    def identity(self, element: etree._Element) -> tuple[str, str]:
        variable = first(element, "variable")
        name = element.get("name") or ("" if variable is None else variable.get("name")) or element.get("id") or ""
        if variable is not None and variable.get("name") and tag(element) != "decision":
            name = variable.get("name") or name
        return element.get("id") or name, " ".join(name.split())

    def declare_decision(self, element: etree._Element) -> Decision:
        identifier, name = self.identity(element)
        variable = first(element, "variable")
        variable_name = name if variable is None else " ".join((variable.get("name") or name).split())
        decision = Decision(identifier, name, variable_name, self.variable_type(element))
        decision.model = self.model
        decision.drawn_variable = variable is not None
        return decision

    def variable_type(self, element: etree._Element) -> FeelType | None:
        variable = first(element, "variable")
        return None if variable is None else self.types.get(variable.get("typeRef"))

    def result_type(self, element: etree._Element) -> FeelType | None:
        """The type that invoking gives: of a function type its result."""
        found = self.variable_type(element)
        base = None if found is None else base_of(found)
        return base.result if isinstance(base, FunctionOf) else found

    # pass 2

    def link(
        self,
        decisions: Iterable[tuple[etree._Element, Decision]],
        knowledge: Iterable[tuple[etree._Element, Knowledge]],
        services: Iterable[tuple[etree._Element, Service]],
    ) -> None:
        knowledge, decisions = list(knowledge), list(decisions)
        for element, service in services:
            self.link_service(element, service)
        for element, bkm in knowledge:
            bkm.knowledge = self.required_knowledge(element)
        for element, decision in decisions:
            self.link_decision(element, decision)
        self.refuse_cycles([d for _, d in decisions], [k for _, k in knowledge])
        if self.cyclic:
            return
        done: set[str] = set()
        for element, bkm in knowledge:
            self.compile_knowledge(element, bkm, {k.id: e for e, k in knowledge}, done)
        elements = {id(d): e for e, d in decisions}
        compiled: set[int] = set()
        for _, decision in decisions:
            self.compile_in_order(decision, elements, compiled)

    def target(self, reference: etree._Element) -> tuple[str | None, object] | None:
        """(import alias, element) of an href; reports a reference to nothing."""
        href = reference.get("href") or ""
        namespace, _, identifier = href.rpartition("#")
        for alias, model in self.places(namespace):
            for group in (model.input_data, model.decisions, model.bkms, model.services):
                if identifier in group:
                    return alias, group[identifier]
        self.problem(reference, f"{href} refers to nothing")
        return None

    def places(self, namespace: str) -> list[tuple[str | None, Model]]:
        if not namespace or namespace == self.model.namespace:
            own: list[tuple[str | None, Model]] = [(None, self.model)]
            if not namespace:
                return own
            return own + [(a, m) for a, m in self.model.imports.items() if m.namespace == namespace]
        return [(a, m) for a, m in self.model.imports.items() if m.namespace == namespace]

    def targets(self, element: etree._Element, requirement: str, kind: str) -> list[tuple[str | None, object]]:
        found = []
        for outer in children(element, requirement):
            for reference in children(outer, kind):
                target = self.target(reference)
                if target is not None:
                    found.append(target)
        return found

    def required_knowledge(self, element: etree._Element) -> list[tuple[str | None, Knowledge | Service]]:
        found = self.targets(element, "knowledgeRequirement", "requiredKnowledge")
        return [(alias, e) for alias, e in found if isinstance(e, (Knowledge, Service))]

    def link_decision(self, element: etree._Element, decision: Decision) -> None:
        for alias, target in self.targets(element, "informationRequirement", "requiredInput"):
            if isinstance(target, InputData):
                decision.inputs.append((alias, target))
        for alias, target in self.targets(element, "informationRequirement", "requiredDecision"):
            if isinstance(target, Decision):
                decision.decisions.append((alias, target))
        decision.knowledge = self.required_knowledge(element)

    def link_service(self, element: etree._Element, service: Service) -> None:
        groups = {
            "outputDecision": service.outputs,
            "encapsulatedDecision": service.encapsulated,
            "inputDecision": service.input_decisions,
        }
        for kind, group in groups.items():
            group += [e for e in self.members(element, kind) if isinstance(e, Decision)]
        service.input_data += [e for e in self.members(element, "inputData") if isinstance(e, InputData)]

    def members(self, element: etree._Element, kind: str) -> list[object]:
        found = (self.target(reference) for reference in children(element, kind))
        return [target[1] for target in found if target is not None]

    def refuse_cycles(self, decisions: list[Decision], knowledge: list[Knowledge]) -> None:
        edges: dict[int, list[object]] = {}
        for decision in decisions:
            edges[id(decision)] = [d for _, d in decision.decisions] + [k for _, k in decision.knowledge]
        for bkm in knowledge:
            edges[id(bkm)] = [k for _, k in bkm.knowledge]
        for service in self.model.services.values():
            edges[id(service)] = list(service.outputs)
        state: dict[int, int] = {}
        for start in (*decisions, *knowledge):
            self.walk(start, edges, state)

    def walk(self, start: object, edges: Mapping[int, list[object]], state: dict[int, int]) -> None:
        """Depth first without recursion; an edge to an open element closes a cycle."""
        stack: list[tuple[object, int]] = [(start, 0)]
        while stack:
            node, place = stack.pop()
            if place == 0:
                if state.get(id(node)):
                    continue
                state[id(node)] = 1
            after = edges.get(id(node), [])
            if place == len(after):
                state[id(node)] = 2
                continue
            stack.append((node, place + 1))
            following = after[place]
            if state.get(id(following)) == 1:
                self.fatal = self.cyclic = True
                name = getattr(node, "name", "")
                self.problems.append(
                    Problem(
                        getattr(node, "id", ""), None, None, f"{name} requires itself: a cycle in the requirement graph"
                    )
                )
            elif not state.get(id(following)):
                stack.append((following, 0))

    # logic

    def compiler(self, identifier: str, name: str) -> BoxedCompiler:
        return BoxedCompiler(self.types, self.components, self.problems.append, (identifier, name))

    @staticmethod
    def visible(*groups: Iterable[tuple[str | None, object]]) -> frozenset[str]:
        """The names that requirements bring into scope; of imported ones also the alias."""
        names: set[str] = set()
        for alias, element in (pair for group in groups for pair in group):
            name = element.variable if isinstance(element, Decision) else element.name  # type: ignore[attr-defined]
            names |= {name, alias} if alias else {name}
        return frozenset(names)

    def compile_knowledge(
        self, element: etree._Element, bkm: Knowledge, elements: Mapping[str, etree._Element], done: set[str]
    ) -> None:
        """Knowledge that is required comes first."""
        if bkm.id in done:
            return
        done.add(bkm.id)
        for alias, required in bkm.knowledge:
            if not alias and isinstance(required, Knowledge) and required.id in elements:
                self.compile_knowledge(elements[required.id], required, elements, done)
        body = first(element, "encapsulatedLogic")
        params = [] if body is None else children(body, "formalParameter")
        titles = [p.get("name", "") for p in params]
        types = [self.types.get(p.get("typeRef")) for p in params]
        if body is not None and (body.get("kind") or "FEEL") != "FEEL":
            bkm.function = ForeignFunction(bkm.name, titles)
            return
        compiler = self.compiler(bkm.id, bkm.name)
        names = self.visible(bkm.knowledge) | frozenset(titles)
        logic = compiler.compile(expression_of(body), names)
        wanted = self.result_type(element)
        if wanted is not None:
            logic = compiler.typed(logic, wanted)
        scope: dict[str, object] = {}
        for alias, required in bkm.knowledge:
            Decision.bind(scope, alias, required.name, required.function)
        bkm.function = BoxedFunction(bkm.name, titles, types, logic, scope)
        bkm.function.result_type = wanted
        bkm.tables = compiler.tables

    def compile_in_order(self, decision: Decision, elements: Mapping[int, etree._Element], done: set[int]) -> None:
        """Decisions that are required come first, as their output names are known then."""
        if id(decision) in done:
            return
        done.add(id(decision))
        for alias, required in decision.decisions:
            if not alias and id(required) in elements:
                self.compile_in_order(required, elements, done)
        self.compile_decision(elements[id(decision)], decision)

    def compile_decision(self, element: etree._Element, decision: Decision) -> None:
        body = expression_of(element)
        if body is None:
            self.model.notes.append(Problem(decision.id, None, None, f"the decision {decision.name} has no logic"))
            return
        compiler = self.compiler(decision.id, decision.name)
        names = self.visible(decision.inputs, decision.decisions, decision.knowledge)
        names |= {name for alias, d in decision.decisions if not alias for name in d.other_names()}
        undrawn = frozenset() if decision.inputs or decision.decisions else self.input_names()
        decision.logic = compiler.compile(body, names | undrawn)
        decision.tables = compiler.tables
        decision.roots = compiler.roots
        declared = {d.name for d in self.model.input_data.values()} | {
            d.variable for d in self.model.decisions.values()
        }
        roots = {path.split(".")[0] for path in compiler.roots} | compiler.roots
        decision.undrawn = tuple(sorted(roots - names - declared))

    def input_names(self) -> frozenset[str]:
        return frozenset(data.name for data in self.model.input_data.values())

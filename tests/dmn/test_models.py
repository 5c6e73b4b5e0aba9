"""Decision models: requirement graphs, knowledge, services, imports, boxed expressions, item definitions, bad files."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.dmn import DecisionInputMissing, DmnModelError, parse_model
from engine.errors import ValidationFailed
from engine.feel import Budget, FeelBudgetExceeded

HEADS = (
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
)


def model(body: str, namespace: str = "urn:m", head: str = HEADS[2]) -> bytes:
    return f'<definitions xmlns="{head}" id="d" name="m" namespace="{namespace}">{body}</definitions>'.encode()


def literal(name: str, text: str, needs: str = "", kind: str = "") -> str:
    text = text.replace("<", "&lt;")
    return (
        f'<decision id="{name}" name="{name}"><variable name="{name}"{kind and f" typeRef={chr(34)}{kind}{chr(34)}"}/>'
        f"{needs}<literalExpression><text>{text}</text></literalExpression></decision>"
    )


def needs(*what: str) -> str:
    found = []
    for reference in what:
        kind, _, target = reference.partition(":")
        outer = "knowledgeRequirement" if kind == "Knowledge" else "informationRequirement"
        href = target if "#" in target else f"#{target}"
        found.append(f'<{outer}><required{kind} href="{href}"/></{outer}>')
    return "".join(found)


@pytest.mark.parametrize("head", HEADS)
def test_all_official_namespaces_read_alike(head: str) -> None:
    xml = model('<inputData id="a" name="a"/>' + literal("b", "a + 1", needs("Input:a")), head=head)
    assert parse_model(xml).evaluate("b", {"a": 1}).value == 2


def test_decisions_are_evaluated_in_dependency_order_and_once() -> None:
    body = (
        '<inputData id="i" name="月 收入"><variable name="月 收入" typeRef="number"/></inputData>'
        + literal("年 收入", "月 收入 * 12", needs("Input:i"))
        + literal("税", "年 收入 / 10", needs("Decision:年 收入"))
        + literal("净", "年 收入 - 税", needs("Decision:年 收入", "Decision:税"))
    )
    evaluation = parse_model(model(body)).evaluate("净", {"月 收入": 100})
    assert evaluation.value == 1080
    assert list(evaluation.decisions) == ["年 收入", "税", "净"]


def test_a_required_input_that_was_not_given_is_an_error_in_strict_runs() -> None:
    parsed = parse_model(model('<inputData id="a" name="a"/>' + literal("b", "a", needs("Input:a"))))
    with pytest.raises(DecisionInputMissing):
        parsed.evaluate("b", {})
    assert parsed.evaluate("b", {}, strict=False).value is None
    assert parsed.evaluate("b", {"a": None}).value is None


def test_knowledge_models_are_functions_with_typed_parameters() -> None:
    bkm = (
        '<businessKnowledgeModel id="k" name="加倍"><variable name="加倍" typeRef="number"/><encapsulatedLogic>'
        '<formalParameter name="x" typeRef="number"/><literalExpression><text>x * 2</text></literalExpression>'
        "</encapsulatedLogic></businessKnowledgeModel>"
    )
    body = bkm + literal("a", "加倍(x: 4)", needs("Knowledge:k")) + literal("b", '加倍("4")', needs("Knowledge:k"))
    parsed = parse_model(model(body))
    assert parsed.evaluate("a", {}).value == 8
    evaluation = parsed.evaluate("b", {})
    assert evaluation.value is None
    assert any("not a number" in warning for warning in evaluation.warnings)


def test_services_hide_their_decisions() -> None:
    body = (
        '<inputData id="i" name="i"/>'
        + literal("inner", "i + 1", needs("Input:i"))
        + literal("outer", "inner * 10", needs("Decision:inner"))
        + '<decisionService id="s" name="s"><outputDecision href="#outer"/><encapsulatedDecision href="#inner"/>'
        '<inputData href="#i"/></decisionService>' + literal("use", "s(4)", needs("Knowledge:s"))
    )
    parsed = parse_model(model(body))
    assert parsed.evaluate("use", {}).value == 50
    assert parsed.evaluate("s", {"i": 1}).value == 20


def test_models_import_each_other() -> None:
    inner = parse_model(
        model('<inputData id="p" name="person"/>' + literal("hello", '"hi " + person', needs("Input:p")), "urn:in")
    )
    body = '<import namespace="urn:in" name="inn" importType=""/>' + literal(
        "all", 'inn.hello + "!"', needs("Decision:urn:in#hello")
    )
    outer = parse_model(model(body), {"urn:in": inner})
    assert outer.evaluate("all", {"inn": {"person": "Bo"}}).value == "hi Bo!"
    assert outer.evaluate("all", {"person": "Al"}).value == "hi Al!"
    with pytest.raises(DmnModelError):
        parse_model(model(body))


def test_cycles_doubled_ids_and_dangling_references_are_refused_with_all_their_problems() -> None:
    with pytest.raises(DmnModelError, match="cycle"):
        parse_model(model(literal("a", "b", needs("Decision:b")) + literal("b", "a", needs("Decision:a"))))
    with pytest.raises(DmnModelError) as caught:
        parse_model(model(literal("a", "1 +") + literal("a", "2") + literal("c", "x", needs("Decision:ghost"))))
    messages = " ".join(problem.message for problem in caught.value.problems)
    assert all(word in messages for word in ("stands twice", "refers to nothing", "expected a value"))


def test_boxed_expressions_nest() -> None:
    boxed = """<decision id="d1" name="d1"><context>
      <contextEntry><variable name="list"/><relation><column name="k"/><column name="v"/>
        <row><literalExpression><text>"a"</text></literalExpression><literalExpression><text>1</text></literalExpression></row>
        <row><literalExpression><text>"b"</text></literalExpression><literalExpression><text>2</text></literalExpression></row>
      </relation></contextEntry>
      <contextEntry><variable name="double"/><functionDefinition><formalParameter name="n" typeRef="number"/>
        <literalExpression><text>n * 2</text></literalExpression></functionDefinition></contextEntry>
      <contextEntry><variable name="found"/><filter><in><literalExpression><text>list</text></literalExpression></in>
        <match><literalExpression><text>v > 1</text></literalExpression></match></filter></contextEntry>
      <contextEntry><variable name="all"/><for iteratorVariable="r"><in><literalExpression><text>list</text></literalExpression></in>
        <return><literalExpression><text>double(r.v)</text></literalExpression></return></for></contextEntry>
      <contextEntry><variable name="any"/><some iteratorVariable="r"><in><literalExpression><text>list</text></literalExpression></in>
        <satisfies><literalExpression><text>r.k = "b"</text></literalExpression></satisfies></some></contextEntry>
      <contextEntry><variable name="choice"/><conditional><if><literalExpression><text>any</text></literalExpression></if>
        <then><list><literalExpression><text>"yes"</text></literalExpression></list></then>
        <else><literalExpression><text>null</text></literalExpression></else></conditional></contextEntry>
      <contextEntry><literalExpression><text>{found: found[1].k, all: all, choice: choice}</text></literalExpression></contextEntry>
    </context></decision>"""
    assert parse_model(model(boxed)).evaluate("d1", {}).value == {"found": "b", "all": [2, 4], "choice": ["yes"]}


def test_item_definitions_type_and_coerce() -> None:
    types = """<itemDefinition name="tKind"><typeRef>string</typeRef><allowedValues><text>"a","b"</text></allowedValues></itemDefinition>
      <itemDefinition name="tKinds" isCollection="true"><typeRef>tKind</typeRef></itemDefinition>
      <itemDefinition name="tPerson"><itemComponent name="full name"><typeRef>string</typeRef></itemComponent>
        <itemComponent name="kind"><typeRef>tKind</typeRef></itemComponent></itemDefinition>"""
    body = (
        types
        + '<inputData id="p" name="p"><variable name="p" typeRef="tPerson"/></inputData>'
        + literal("name", "p.full name", needs("Input:p"))
        + literal("one", '["a"]', kind="tKind")
        + literal("many", '"b"', kind="tKinds")
        + literal("wrong", '"c"', kind="tKind")
        + literal("moment", 'date("2025-01-02")', kind="date and time")
    )
    parsed = parse_model(model(body))
    assert parsed.evaluate("name", {"p": {"full name": "李", "kind": "a"}}).value == "李"
    assert parsed.evaluate("one", {}).value == "a"
    assert parsed.evaluate("many", {}).value == ["b"]
    assert parsed.evaluate("wrong", {}).value is None
    assert str(parsed.evaluate("moment", {}).value) == "2025-01-02T00:00:00Z"


def test_functions_of_other_platforms_are_never_run() -> None:
    text = 'function(x) external {java: {class: "java.lang.Math", method signature: "cos(double)"}}'
    evaluation = parse_model(model(literal("f", text) + literal("use", "f(1)", needs("Decision:f")))).evaluate(
        "use", {}
    )
    assert evaluation.value is None
    assert any("external" in warning for warning in evaluation.warnings)


def test_the_budget_covers_the_whole_evaluation() -> None:
    parsed = parse_model(
        model(literal("a", "for i in 1..1000 return i") + literal("b", "count(a)", needs("Decision:a")))
    )
    with pytest.raises(FeelBudgetExceeded):
        parsed.evaluate("b", {}, budget=Budget(max_steps=500))
    assert parsed.evaluate("b", {}).value == Decimal(1000)


@pytest.mark.parametrize(
    "data",
    [
        b"<not xml",
        b'<!DOCTYPE x [<!ENTITY a "b">]><definitions/>',
        b'<?xml version="1.0"?><!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>',
        b"<definitions/>",
        b"<html/>",
    ],
)
def test_what_is_not_dmn_or_not_safe_is_refused(data: bytes) -> None:
    with pytest.raises((ValidationFailed, DmnModelError)):
        parse_model(data)


def test_vendor_elements_and_diagrams_are_ignored() -> None:
    extra = (
        '<extensionElements><x xmlns="urn:vendor" id="a"/></extensionElements>'
        '<DMNDI xmlns="https://www.omg.org/spec/DMN/20191111/DMNDI/"><DMNDiagram id="dg"/></DMNDI>'
    )
    assert parse_model(model(extra + literal("a", "1"))).evaluate("a", {}).value == 1


def test_tables_as_editors_draw_them_know_results_by_id_and_output_name() -> None:
    def column(text: str) -> str:
        return f'<input id="i{text}"><inputExpression id="e{text}" typeRef="string"><text>{text}</text></inputExpression></input>'

    def rule(number: int, cell: str, result: str) -> str:
        return (
            f'<rule id="r{number}"><inputEntry id="c{number}"><text>{cell}</text></inputEntry>'
            f'<outputEntry id="o{number}"><text>{result}</text></outputEntry></rule>'
        )

    body = (
        '<inputData id="weather_in" name="Weather today"/>'
        f'<decision id="season" name="Season of the year">{needs("Input:weather_in")}<decisionTable id="t1">{column("weather")}'
        f'<output id="x1" name="found" typeRef="string"/>{rule(1, chr(34) + "snow" + chr(34), chr(34) + "Winter" + chr(34))}'
        f'</decisionTable></decision><decision id="dish" name="Dish">{needs("Decision:season")}<decisionTable id="t2">'
        f'{column("season")}{column("found")}<output id="x2" name="d" typeRef="string"/><rule id="r9">'
        '<inputEntry id="c91"><text>"Winter"</text></inputEntry><inputEntry id="c92"><text>"Winter"</text></inputEntry>'
        '<outputEntry id="o9"><text>"Stew"</text></outputEntry></rule></decisionTable></decision>'
    )
    parsed = parse_model(model(body))
    assert parsed.evaluate("dish", {"weather": "snow"}).value == "Stew"
    with pytest.raises(DecisionInputMissing):
        parsed.evaluate("dish", {})


def test_other_expression_languages_are_refused() -> None:
    body = '<decision id="a" name="a"><literalExpression expressionLanguage="juel"><text>1</text></literalExpression></decision>'
    with pytest.raises(DmnModelError, match="juel"):
        parse_model(model(body))

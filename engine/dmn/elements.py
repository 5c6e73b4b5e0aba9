"""Reading DMN XML by local name, so that all official namespaces (DMN 1.1 to 1.5) read alike."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

OFFICIAL = frozenset(
    (
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
        "https://www.omg.org/spec/DMN/20240513/MODEL/",
    )
)


def tag(element: etree._Element) -> str:
    """The local name; empty for comments."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _official(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and etree.QName(element).namespace in OFFICIAL


def children(element: etree._Element | None, name: str) -> list[etree._Element]:
    return [] if element is None else [c for c in element if tag(c) == name and _official(c)]


def first(element: etree._Element | None, name: str) -> etree._Element | None:
    return next(iter(children(element, name)), None)


def text_of(element: etree._Element | None) -> str:
    """All text in the element, stripped."""
    return "" if element is None else "".join(element.itertext()).strip()


def expression_of(element: etree._Element | None) -> etree._Element | None:
    """The first child that is a boxed expression."""
    return next(expressions(element), None)


def expressions(element: etree._Element | None) -> Iterator[etree._Element]:
    return (c for c in (() if element is None else element) if tag(c) in BOXED and _official(c))


BOXED = frozenset(
    [
        "literalExpression",
        "decisionTable",
        "context",
        "relation",
        "list",
        "invocation",
        "functionDefinition",
        "conditional",
        "for",
        "some",
        "every",
        "filter",
    ]
)

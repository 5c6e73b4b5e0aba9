"""Looking into syntax trees: the parts of a node, and whether a cell speaks of its input value."""

from __future__ import annotations

from . import nodes as n


def mentions_input(node: n.Node) -> bool:
    """Whether `?` occurs in the tree."""
    if isinstance(node, n.Name):
        return node.name == "?"
    return any(mentions_input(child) for child in children(node))


def children(node: n.Node) -> list[n.Node]:
    """The direct sub-trees of a node."""
    found: list[n.Node] = []
    stack: list[object] = [getattr(node, field) for field in node.__dataclass_fields__]
    while stack:
        value = stack.pop()
        if isinstance(value, n.Node):
            found.append(value)
        elif isinstance(value, n.Iterator):
            stack.extend((value.source, value.end))
        elif isinstance(value, tuple):
            stack.extend(value)
    return found

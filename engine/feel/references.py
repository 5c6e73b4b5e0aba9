"""Which variables of its scope a tree reads: `application.household.size`, not the names it binds itself."""

from __future__ import annotations

from . import nodes as n
from .functions import BUILTINS
from .walk import children


def free_paths(node: n.Node, bound: frozenset[str] = frozenset()) -> set[str]:
    """Dotted paths of the free variables; a path ends where something is computed (`list[1].name` gives `list`)."""
    if isinstance(node, n.Name):
        return set() if node.name in bound or node.name in BUILTINS else {node.name}
    if isinstance(node, n.Path):
        dotted = _dotted(node)
        if dotted is not None:
            return set() if dotted[0] in bound else {".".join(dotted)}
        return free_paths(node.source, bound)
    if isinstance(node, n.Filter):
        return free_paths(node.source, bound) | free_paths(node.condition, bound | {"item"})
    if isinstance(node, n.FunctionDef):
        return free_paths(node.body, bound | set(node.params))
    if isinstance(node, (n.For, n.Quantified)):
        return _loops(node, bound)
    if isinstance(node, n.ContextOfNodes):
        return _context(node, bound)
    found: set[str] = set()
    for child in children(node):
        found |= free_paths(child, bound)
    return found


def _dotted(node: n.Node) -> list[str] | None:
    if isinstance(node, n.Name):
        return [node.name]
    if isinstance(node, n.Path):
        before = _dotted(node.source)
        return None if before is None else [*before, node.name]
    return None


def _loops(node: n.For | n.Quantified, bound: frozenset[str]) -> set[str]:
    found: set[str] = set()
    for iterator in node.iterators:
        found |= free_paths(iterator.source, bound)
        if iterator.end is not None:
            found |= free_paths(iterator.end, bound)
        bound = bound | {iterator.name}
    return found | free_paths(node.body, bound | {"partial"})


def _context(node: n.ContextOfNodes, bound: frozenset[str]) -> set[str]:
    found: set[str] = set()
    for key, value in node.entries:
        found |= free_paths(value, bound)
        bound = bound | {key}
    return found

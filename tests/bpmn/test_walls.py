"""Only engine/bpmn/spiff and the stock runners of the tests import SpiffWorkflow."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALLOWED = ("engine/bpmn/spiff/", "tests/bpmn/stock.py", "tests/dmn/spiff_stock.py")


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_only_one_package_imports_spiffworkflow() -> None:
    guilty = []
    for folder in ("engine", "handlers", "connectors", "web", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            if (
                "node_modules" not in name
                and not name.startswith(ALLOWED)
                and any(n.split(".")[0] == "SpiffWorkflow" for n in imported(path))
            ):
                guilty.append(name)
    assert guilty == []

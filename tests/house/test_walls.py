"""The walls of the house that import-linter cannot see: who may name SpiffWorkflow, Flask, another domain, SQL, Python."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "node_modules" not in path.parts]


def imported(path: Path) -> Iterator[str]:
    """Every module that the file imports, with what it takes from it: `engine.errors.NotFound`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def breaches(paths: list[Path], forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in imported(path)
        if any(name == top or name.startswith(f"{top}.") for top in forbidden)
    ]


def test_only_the_spiff_package_names_spiffworkflow() -> None:
    paths = [p for p in python_files("engine", "handlers", "connectors", "web") if "spiff" not in p.relative_to(ROOT).parts]
    assert breaches(paths, ("SpiffWorkflow",)) == []


def test_engine_connectors_and_handlers_know_no_flask() -> None:
    assert breaches(python_files("engine", "handlers"), ("flask", "flask_sqlalchemy", "httpx", "requests")) == []
    connectors = [p for p in python_files("connectors") if "sandbox" not in p.parts]
    assert breaches(connectors, ("flask",)) == []


def test_feel_is_pure() -> None:
    outside = tuple(f"engine.{p.stem}" for p in (ROOT / "engine").glob("*.py") if p.stem != "__init__")
    assert breaches(python_files("engine/feel"), (*outside, "engine.dmn", "engine.bpmn", "sqlalchemy", "handlers", "web")) == []


def test_connectors_take_only_the_errors_of_the_engine() -> None:
    found = [line for line in breaches(python_files("connectors"), ("engine",)) if " imports engine.errors." not in line]
    assert found == []


@pytest.mark.parametrize("domain", sorted(p.name for p in (ROOT / "handlers").iterdir() if (p / "__init__.py").exists()))
def test_a_domain_imports_no_other_domain(domain: str) -> None:
    others = tuple(f"handlers.{p.name}" for p in (ROOT / "handlers").iterdir() if p.is_dir() and p.name != domain)
    assert breaches(python_files(f"handlers/{domain}"), others) == []


def test_no_python_stands_beside_a_diagram() -> None:
    assert list((ROOT / "processes").rglob("*.py")) == []


def test_nothing_evaluates_text_as_python() -> None:
    """eval, exec, compile and pickle on the way from a model to its execution: none."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files("engine", "handlers", "connectors", "web")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}
    ]
    assert found == []
    assert breaches(python_files("engine", "handlers", "connectors", "web"), ("pickle", "marshal", "shelve")) == []


def test_no_file_is_a_heap() -> None:
    assert [p for p in python_files("engine", "handlers", "connectors", "web", "tests") if p.stem in FORBIDDEN_NAMES] == []

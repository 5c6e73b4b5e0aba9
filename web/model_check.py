"""Checks model files as they lie in a folder, before anything is deployed: diagrams, tables, forms. Changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from engine.bpmn import Problem
from engine.bpmn.lint import lint
from engine.dmn import DmnModelError, parse_model
from engine.errors import NotFound, ValidationFailed


@dataclass(frozen=True)
class ModelTree:
    """The models under one root: diagrams by key, forms by form key, decision ids."""

    root: Path
    diagrams: Mapping[str, Path]
    tables: tuple[Path, ...]
    schemas: tuple[Path, ...]

    @classmethod
    def read(cls, root: Path) -> ModelTree:
        diagrams = {path.stem: path for path in sorted((root / "processes").rglob("*.bpmn"))}
        tables = tuple(sorted((root / "processes").rglob("*.dmn")))
        return cls(root, diagrams, tables, tuple(sorted((root / "forms").rglob("*.schema.json"))))

    def form_keys(self) -> frozenset[str]:
        return frozenset(str(p.relative_to(self.root / "forms")).removesuffix(".schema.json") for p in self.schemas)

    def called(self, key: str) -> bytes | None:
        path = self.diagrams.get(key)
        return path.read_bytes() if path else None

    def name(self, path: Path) -> str:
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


def check(root: Path, topics: Iterable[str], only: Iterable[str] = ()) -> list[Problem]:
    """All problems of the tree, or of the flows named by their keys with what lies in the same folder."""
    tree = ModelTree.read(root)
    unknown = set(only) - set(tree.diagrams)
    if unknown:
        raise NotFound(f"没有流程 {'、'.join(sorted(unknown))}；现有：{'、'.join(tree.diagrams)}")
    folders = {tree.diagrams[key].parent for key in only} or {root / "processes"}
    chosen = [p for p in (*tree.diagrams.values(), *tree.tables) if any(p.is_relative_to(f) for f in folders)]
    return lint_files(tree, chosen, topics) + [p for path in tree.schemas for p in _check_schema(tree, path)]


def lint_files(tree: ModelTree, paths: Iterable[Path], topics: Iterable[str]) -> list[Problem]:
    """Problems of these diagrams and tables, against the forms, tables and diagrams of the tree."""
    decisions, forms, known = _decision_ids(tree), tree.form_keys(), frozenset(topics)
    found: list[Problem] = []
    for path in paths:
        if not path.is_file():
            raise NotFound(f"没有文件 {path}")
        if path.suffix == ".dmn":
            found += _check_table(tree, path)
        else:
            found += lint(path.read_bytes(), file=tree.name(path), forms=forms, topics=known, decisions=decisions, called=tree.called)
    return found


def _decision_ids(tree: ModelTree) -> frozenset[str]:
    ids: set[str] = set()
    for path in tree.tables:
        try:
            ids.update(parse_model(path.read_bytes()).decisions)
        except (DmnModelError, ValidationFailed):
            continue  # reported by _check_table
    return frozenset(ids)


def _check_table(tree: ModelTree, path: Path) -> list[Problem]:
    name = tree.name(path)
    try:
        parse_model(path.read_bytes())
    except DmnModelError as error:
        return [Problem(name, 0, p.element_id, "dmn", "error", p.message, p.message) for p in error.problems]
    except ValidationFailed as error:
        return [Problem(name, 0, "", "dmn", "error", error.message, error.message)]
    return []


def _check_schema(tree: ModelTree, path: Path) -> list[Problem]:
    name = tree.name(path)
    try:
        Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))
        ui = path.with_name(path.name.replace(".schema.json", ".ui.json"))
        if ui.exists():
            json.loads(ui.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, SchemaError) as error:
        message = str(getattr(error, "message", error))
        return [Problem(name, getattr(error, "lineno", 0), "", "form", "error", f"表单不是有效的 JSON Schema：{message}", message)]
    return []



"""Commands on models: lint a file, check the whole tree, deploy files or the tree."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.bpmn import Problem
from engine.errors import NotFound
from web.commands.answer import Answer
from web.config import ROOT, Config


def register(group: Any, shared: argparse.ArgumentParser) -> None:
    command = group.add_parser("lint", parents=[shared], help="检查流程图文件 / check diagrams")
    command.add_argument("files", nargs="+")
    command.set_defaults(run=_lint)
    command = group.add_parser("check", parents=[shared], help="检查全部流程、规则、表单与场景 / check all models and scenarios")
    command.add_argument("keys", nargs="*", help="只检查这些流程 / only these flows")
    command.set_defaults(run=_check)
    command = group.add_parser("deploy", parents=[shared], help="部署文件或整个目录 / deploy files or the tree")
    command.add_argument("files", nargs="*")
    command.add_argument("--note", default="")
    command.set_defaults(run=_deploy)


def _lint(options: argparse.Namespace) -> Answer:
    from web import bootstrap, model_check

    tree = model_check.ModelTree.read(ROOT)
    return _problems(model_check.lint_files(tree, [Path(f).resolve() for f in options.files], bootstrap.topics()))


def _check(options: argparse.Namespace) -> Answer:
    from web import bootstrap, model_check

    return _problems(model_check.check(ROOT, bootstrap.topics(), options.keys))


def _problems(found: Iterable[Problem]) -> Answer:
    rows = list(found)
    errors = [p for p in rows if p.severity == "error"]
    lines = [f"{p.file}:{p.line} [{p.element_id}] {'错误' if p.severity == 'error' else '提醒'} {p.rule}: {p.message}" for p in rows]
    lines.append(f"{len(errors)} 个错误，{len(rows) - len(errors)} 个提醒")
    return Answer([asdict(p) for p in rows], "\n".join(lines), 1 if errors else 0)


def _deploy(options: argparse.Namespace) -> Answer:
    from web import bootstrap

    services = bootstrap.build(Config.from_env())
    if not options.files:
        receipt = bootstrap.deploy(services)
    else:
        paths = [Path(f).resolve() for f in options.files]
        for path in paths:
            if not path.is_file():
                raise NotFound(f"没有文件 {path}")
        files = {_name(path): path.read_bytes() for path in paths}
        receipt = services.engine.deploy(files, bootstrap.COMMAND_LINE, note=options.note)
    return Answer(asdict(receipt), f"已部署：{receipt}")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name

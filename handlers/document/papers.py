"""Finds the words of a paper by its template name in the `documents` module of any domain. Writes none itself."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import handlers
from engine.errors import ModelFault

Paper = Mapping[str, Any]
Write = Callable[[Mapping[str, Any]], Paper]


@cache
def _papers() -> Mapping[str, Write]:
    found: dict[str, Write] = {}
    for info in pkgutil.walk_packages(handlers.__path__, handlers.__name__ + "."):
        if info.name.rpartition(".")[2] != "documents":
            continue
        for name, write in importlib.import_module(info.name).PAPERS.items():
            if name in found:
                raise ModelFault(f"文书模板 {name} 定义了两次。", template=name)
            found[name] = write
    return found


def paper(template: str, facts: Mapping[str, Any]) -> Paper:
    """The paper of a template with these facts. Raises ModelFault for an unknown template."""
    write = _papers().get(template)
    if write is None:
        raise ModelFault(f"没有文书模板 {template}。", template=template)
    return write(facts)

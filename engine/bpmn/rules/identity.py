"""Ids and names: each id once, none that would break the names of the case file; the engine's own names need no care (D5)."""

from __future__ import annotations

import re

from engine.bpmn.diagram import ACTIVITY_TAGS, BPMN, DI, NODE_TAGS, local
from engine.bpmn.rules.context import Context, title, title_en

RESERVED = frozenset({"case", "application", "params", "item", "loopCounter", "results"})
_KEY = re.compile(r"^[A-Za-z_][A-Za-z0-9_-]{0,79}$")
_PARTS = re.compile(r"[.#/\s]")


def check(context: Context) -> None:
    _process(context)
    _unique(context)
    for node in context.diagram.nodes():
        element = node.element
        if element.kind in ACTIVITY_TAGS and _PARTS.search(element.id):
            context.error(
                node,
                "reserved-character",
                f"元素编号 {element.id} 含有 . # / 或空格，它们在办件档案里用来分隔名称。请改编号。",
                f"The id {element.id} contains . # / or a blank, which separate names in the case file. Change the id.",
            )
        name = element.result_name
        if element.kind in ACTIVITY_TAGS and name in RESERVED:
            context.error(
                node,
                "reserved-name",
                f"{title(node)} 的结果名 {name} 是系统保留名。请设置另一个结果变量。",
                f"The result name {name} of {title_en(node)} is reserved. Set another result variable.",
            )


def _process(context: Context) -> None:
    diagram = context.diagram
    if not _KEY.match(diagram.key):
        context.error(
            diagram.scopes[diagram.key].xml,
            "process-key",
            f"流程编号“{diagram.key}”不合规：应以字母开头，只含字母、数字、下划线和连字符，最长 80 个字符。",
            "The process id must start with a letter and hold only letters, digits, _ and -, at most 80 characters.",
        )
    if len(diagram.executable) > 1:
        context.error(
            diagram.scopes[diagram.key].xml,
            "one-process",
            f"一个文件只能有一个可执行流程，这里有 {len(diagram.executable)} 个。请把其余的另存为文件，用调用活动连接。",
            "A file may hold one executable process. Move the others to files of their own and use call activities.",
        )


def _unique(context: Context) -> None:
    seen: dict[str, int] = {}
    for xml in context.diagram.root.iter():
        tag = local(xml.tag)
        if not tag or (isinstance(xml.tag, str) and xml.tag.startswith(DI)):
            continue
        if isinstance(xml.tag, str) and xml.tag.startswith(BPMN) and tag in NODE_TAGS and not xml.get("id"):
            context.error(
                xml,
                "missing-id",
                f"第 {xml.sourceline} 行的 {tag} 没有编号（id）。请补上。",
                f"The {tag} has no id. Add one.",
            )
        found = xml.get("id")
        if not found:
            continue
        if found in seen:
            context.error(
                xml,
                "duplicate-id",
                f"编号 {found} 重复（第 {seen[found]} 行已有）。请改其中一个。",
                f"The id {found} is used twice (first on line {seen[found]}). Change one of them.",
            )
        else:
            seen[found] = xml.sourceline or 0

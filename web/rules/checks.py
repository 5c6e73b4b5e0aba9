"""What is wrong or doubtful in a table, each with a person it would happen to; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.dmn import analysis
from engine.errors import GuangshaError
from web.rules.tables import Rule
from web.rules.values import flat


@dataclass(frozen=True)
class Finding:
    """kind: gap, overlap, unreachable, subsumed, type … ; witness: dotted input name or column label to value."""

    kind: str
    severity: str
    message: str
    rows: tuple[int, ...]
    witness: dict[str, Any]


TITLES = {
    "gap": "空缺",
    "overlap": "重叠",
    "conflict": "矛盾",
    "unreachable": "轮不到的行",
    "subsumed": "被包含的行",
    "type": "类型",
    "value": "取值",
    "unused": "没有用到",
    "undecided": "未能判断",
}


WORDS = {
    "gap": "没有任何一行符合这样的情形",
    "overlap": "{rows} 会同时符合，而命中方式不允许",
    "conflict": "{rows} 会同时符合而结果不同",
    "unreachable": "{rows} 永远轮不到：没有任何情形能符合它",
    "subsumed": "{rows} 被前面的行完全盖住，永远不会起作用",
    "type": "{rows} 的单元格与这一列的类型不符",
    "value": "{rows} 用到了这一列允许取值以外的值",
    "unused": "有允许的取值没有任何一行用到",
}


def findings(rule: Rule) -> list[Finding]:
    """Everything that analysis finds in the tables of the rule; errors first."""
    found: list[Finding] = []
    for table in rule.model.tables():
        labels = {clause.path: clause.label for clause in table.inputs if clause.path}
        try:
            found += [_finding(one, labels) for one in analysis.analyse(table)]
        except GuangshaError as error:
            found.append(Finding("undecided", "warning", error.message, (), {}))
    return sorted(found, key=lambda finding: ("error", "warning", "note").index(finding.severity))


def _finding(one: Any, labels: dict[str, str]) -> Finding:
    rows = "、".join(f"第 {row} 行" for row in one.rows)
    words = WORDS.get(one.kind, one.message).format(rows=rows)
    if one.kind in {"type", "value"}:
        words = f"{words}（第 {one.column} 列）"
    if not one.certain:
        words += "（表中有算式，可能另有原因）"
    witness = {labels.get(name, name): value for name, value in flat(one.witness or {}).items()}
    return Finding(one.kind, one.severity, words, tuple(one.rows), witness)

"""Decision tables in words for people who approve them: hit policies, and what changed between two versions.

difference(old, new)  ->  ["第 3 行 人均面积：< 15 → < 17"]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .table import DecisionTable, Rule

POLICIES: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "UNIQUE": "唯一：任何情形最多命中一行；命中多行即为错误",
        "ANY": "任一：可以命中多行，但各行结果必须相同",
        "PRIORITY": "优先：命中多行时，取输出值清单中排在最前的结果",
        "FIRST": "首行：取从上到下第一条命中的行",
        "RULE ORDER": "按行序：返回所有命中行的结果，按表中顺序",
        "OUTPUT ORDER": "按值序：返回所有命中行的结果，按输出值清单的顺序",
        "COLLECT": "汇集：返回所有命中行的结果",
        "COLLECT SUM": "求和：所有命中行的结果相加",
        "COLLECT MIN": "取小：所有命中行的结果中最小的",
        "COLLECT MAX": "取大：所有命中行的结果中最大的",
        "COLLECT COUNT": "计数：命中的行数",
    },
    "en": {
        "UNIQUE": "Unique: at most one row holds in any case; more is an error",
        "ANY": "Any: several rows may hold if their results are the same",
        "PRIORITY": "Priority: of the rows that hold, the result that stands first among the output values",
        "FIRST": "First: the first row from the top that holds",
        "RULE ORDER": "Rule order: the results of all rows that hold, in the order of the table",
        "OUTPUT ORDER": "Output order: the results of all rows that hold, in the order of the output values",
        "COLLECT": "Collect: the results of all rows that hold",
        "COLLECT SUM": "Sum: the results of all rows that hold, added up",
        "COLLECT MIN": "Minimum: the least result of the rows that hold",
        "COLLECT MAX": "Maximum: the greatest result of the rows that hold",
        "COLLECT COUNT": "Count: how many rows hold",
    },
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "policy": "命中策略：{before} → {after}",
        "cell": "第 {row} 行 {column}：{before} → {after}",
        "added": "新增第 {row} 行：{text}",
        "removed": "删除原第 {row} 行：{text}",
        "moved": "原第 {before} 行移到第 {after} 行",
        "column added": "新增列 {column}",
        "column removed": "删除列 {column}",
        "expression": "{column} 的取值：{before} → {after}",
        "default": "{column} 的缺省结果：{before} → {after}",
        "values": "{column} 的允许值：{before} → {after}",
        "any": "不限",
        "none": "无",
        "then": "则",
    },
    "en": {
        "policy": "Hit policy: {before} → {after}",
        "cell": "Row {row}, {column}: {before} → {after}",
        "added": "New row {row}: {text}",
        "removed": "Former row {row} is gone: {text}",
        "moved": "Former row {before} is now row {after}",
        "column added": "New column {column}",
        "column removed": "Column {column} is gone",
        "expression": "{column} is taken from: {before} → {after}",
        "default": "{column} by default: {before} → {after}",
        "values": "Allowed values of {column}: {before} → {after}",
        "any": "any",
        "none": "none",
        "then": "then",
    },
}


def hit_policy_in_words(policy: str, aggregation: str | None = None, language: str = "zh") -> str:
    """A sentence for people, such as `首行：取从上到下第一条命中的行`."""
    return POLICIES[language][f"{policy} {aggregation}" if aggregation else policy]


def rule_in_words(table: DecisionTable, rule: Rule, language: str = "zh") -> str:
    """`人均面积 < 15，收入 -：则 结果 "通过"`, leaving out what is not tested."""
    tests = [
        f"{c.label} {t.text}" for c, t in zip(table.inputs, rule.tests, strict=True) if t.text.strip() not in ("", "-")
    ]
    results = [f"{c.name} {e.text}" for c, e in zip(table.outputs, rule.outputs, strict=True)]
    comma = "，" if language == "zh" else ", "
    words = _WORDS[language]
    return f"{comma.join(tests) or words['any']} {words['then']} {comma.join(results)}"


def difference(old: DecisionTable, new: DecisionTable, language: str = "zh") -> list[str]:
    """What changed, one sentence each; rows are matched by id, then by place."""
    words = _WORDS[language]
    found: list[str] = []
    if old.policy != new.policy:
        found.append(words["policy"].format(before=old.policy, after=new.policy))
    found += _columns(old, new, words)
    pairs = _pairs(old, new)
    matched_old = {a for a, _ in pairs}
    matched_new = {b for _, b in pairs}
    for a, rule in enumerate(old.rules):
        if a not in matched_old:
            found.append(words["removed"].format(row=a + 1, text=rule_in_words(old, rule, language)))
    for a, b in pairs:
        found += _cells(old, new, a, b, words)
    for b, rule in enumerate(new.rules):
        if b not in matched_new:
            found.append(words["added"].format(row=b + 1, text=rule_in_words(new, rule, language)))
    found += [words["moved"].format(before=a + 1, after=b + 1) for a, b in _moved(pairs)]
    return found


def _pairs(old: DecisionTable, new: DecisionTable) -> list[tuple[int, int]]:
    by_id = {rule.id: place for place, rule in enumerate(new.rules)}
    pairs = [(a, by_id[rule.id]) for a, rule in enumerate(old.rules) if rule.id in by_id]
    if pairs:
        return pairs
    return [(i, i) for i in range(min(len(old.rules), len(new.rules)))]


def _moved(pairs: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Rows whose rank among the rows that stayed changed."""
    order = sorted(range(len(pairs)), key=lambda i: pairs[i][1])
    for rank, i in enumerate(order):
        if rank != i:
            yield pairs[i]


def _columns(old: DecisionTable, new: DecisionTable, words: Mapping[str, str]) -> Iterator[str]:
    before, after = _clauses(old), _clauses(new)
    for name in before.keys() - after.keys():
        yield words["column removed"].format(column=name)
    for name in after.keys() - before.keys():
        yield words["column added"].format(column=name)
    for name in (n for n in before if n in after):
        for part in ("expression", "values", "default"):
            a, b = before[name].get(part) or words["none"], after[name].get(part) or words["none"]
            if a != b:
                yield words[part].format(column=name, before=a, after=b)


def _clauses(table: DecisionTable) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for clause in table.inputs:
        found[clause.label] = {
            "expression": clause.expression.text,
            "values": clause.allowed.text if clause.allowed else "",
        }
    for output in table.outputs:
        default = output.default.text if output.default else ""
        found[output.name] = {"values": output.allowed.text if output.allowed else "", "default": default}
    return found


def _cells(old: DecisionTable, new: DecisionTable, a: int, b: int, words: Mapping[str, str]) -> Iterator[str]:
    before, after = _texts(old, a), _texts(new, b)
    for column in (c for c in before if c in after):
        if before[column] != after[column]:
            yield words["cell"].format(
                row=b + 1, column=column, before=before[column] or words["any"], after=after[column] or words["any"]
            )


def _texts(table: DecisionTable, row: int) -> dict[str, str]:
    rule = table.rules[row]
    texts = {
        c.label: t.text.strip().removeprefix("-") if t.text.strip() == "-" else t.text.strip()
        for c, t in zip(table.inputs, rule.tests, strict=True)
    }
    texts.update({c.name: e.text.strip() for c, e in zip(table.outputs, rule.outputs, strict=True)})
    return texts

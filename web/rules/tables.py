"""One version of a rule, read and ready: its shape for screens and its judgement of inputs. Stores nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import canonical, dmn
from engine.clock import ZONE
from engine.errors import GuangshaError, NotFound
from engine.feel import CLOCK, FeelError, to_json
from web.rules.whatif import Judge, Verdict

HIT_POLICIES: Mapping[str, tuple[str, str]] = {
    "UNIQUE": ("唯一", "最多一行符合；两行同时符合是错误，系统不会悄悄取第一行。"),
    "ANY": ("任一", "可以多行符合，但结果必须相同，否则是错误。"),
    "FIRST": ("首个", "从上往下，取第一行符合的，行的次序有意义。"),
    "PRIORITY": ("优先", "多行符合时，取结果在优先次序中最靠前的。"),
    "OUTPUT ORDER": ("输出次序", "取全部符合的行，按结果的优先次序排列。"),
    "RULE ORDER": ("规则次序", "取全部符合的行，按行的次序排列。"),
    "COLLECT": ("收集", "取全部符合的行，各行的结果合成一个列表；没有行符合就是空列表。"),
    "COLLECT SUM": ("收集并求和", "把全部符合的行的结果相加。"),
    "COLLECT MIN": ("收集取最小", "取全部符合的行中最小的结果。"),
    "COLLECT MAX": ("收集取最大", "取全部符合的行中最大的结果。"),
    "COLLECT COUNT": ("收集并计数", "数一数有几行符合。"),
}


@dataclass(frozen=True)
class Column:
    """An input column: its label, the expression it reads, its type and the names it needs."""

    label: str
    expression: str
    type: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """One judgement with all that happened on the way, for the try-it panel."""

    verdict: Verdict
    value: Any
    steps: tuple[dict[str, Any], ...]
    decisions: Mapping[str, Any]
    warnings: tuple[str, ...]


class Rule:
    """A readable model. Raises DmnModelError with every problem when it is not."""

    def __init__(self, xml: bytes, key: str) -> None:
        self.xml, self.key = xml, key
        self.model = dmn.parse_model(xml)

    @property
    def decision_ids(self) -> list[str]:
        return [decision.id for decision in self.model.decisions.values()]

    @property
    def main(self) -> Any:
        """The decision that processes ask for: the one named like the file, else the last."""
        found = list(self.model.decisions.values())
        if not found:
            raise NotFound(f"规则 {self.key} 里没有决策")
        return next((decision for decision in found if decision.id == self.key), found[-1])

    @property
    def table(self) -> Any | None:
        return self.main.table

    def policy(self) -> tuple[str, str, str]:
        """(name in the file, Chinese name, what it means in words); empty for a rule that is no table."""
        table = self.table
        if table is None:
            return "", "表达式", "这条规则是一个算式，不是表。"
        name = f"{table.hit_policy} {table.aggregation}" if table.aggregation else table.hit_policy
        words = HIT_POLICIES.get(name, (name, ""))
        return name, words[0], words[1]

    def columns(self) -> list[Column]:
        """Input columns of the main table."""
        if self.table is None:
            return []
        return [
            Column(
                clause.label or str(clause.expression),
                getattr(clause.expression, "text", clause.path or ""),
                str(clause.type or ""),
                tuple(sorted(clause.expression.references)),
            )
            for clause in self.table.inputs
        ]

    def names(self) -> list[str]:
        """Every dotted name that has to be given to judge, in a stable order."""
        found: set[str] = set()
        for decision in self.model.decisions.values():
            found |= set(decision.roots) | {source.name for _alias, source in decision.inputs}
        own = {decision.variable for decision in self.model.decisions.values()}
        whole = {name for name in found if not any(other.startswith(f"{name}.") for other in found)}
        return sorted(name for name in whole if name.partition(".")[0] not in own)

    def judge(self, decision_id: str = "", at: datetime | None = None) -> Judge:
        """Inputs by dotted name to verdict; never raises for what the rule itself refuses."""
        chosen = decision_id or self.main.id
        return lambda inputs: self._judged(inputs, chosen, at)[0]

    def trial(self, inputs: Mapping[str, Any], decision_id: str = "", at: datetime | None = None) -> Trial:
        """Judge once and tell every step. `at` is the instant that today() and now() mean."""
        verdict, found = self._judged(inputs, decision_id or self.main.id, at)
        if found is None:
            return Trial(verdict, None, (), {}, ())
        steps = tuple(_step(table) for table in found.tables)
        decided = {name: to_json(part) for name, part in found.decisions.items()}
        return Trial(verdict, verdict.outputs, steps, decided, found.warnings)

    def _judged(self, inputs: Mapping[str, Any], decision_id: str, at: datetime | None) -> tuple[Verdict, Any | None]:
        token = CLOCK.set(lambda: at.astimezone(ZONE)) if at is not None else None
        try:
            found = self.model.evaluate(decision_id, nested(inputs))
        except (GuangshaError, FeelError) as error:
            return _refused(error), None
        finally:
            if token is not None:
                CLOCK.reset(token)
        rows = tuple(found.tables[-1].matched_rows) if found.tables else ()
        return Verdict(to_json(found.value), rows), found


def _step(table: Any) -> dict[str, Any]:
    return {
        "decision": table.decision_id,
        "name": table.decision_name,
        "policy": table.hit_policy,
        "inputs": [to_json(value) for value in table.input_values],
        "rows": list(table.matched_rows),
        "rule_ids": list(table.matched_rule_ids),
        "output": to_json(table.output),
    }


def _refused(error: GuangshaError | FeelError) -> Verdict:
    """What the rule refuses, in words an administrator can act on."""
    if not isinstance(error, GuangshaError):
        return Verdict(None, error=f"表达式错误：{error}", code="feel")
    return Verdict(None, error=_sentence(error), code=error.code)


def _sentence(error: GuangshaError) -> str:
    details = error.details
    if error.code == "decision_missing":
        return f"没有任何一行符合：{_listed(details.get('inputs', {}))}"
    if error.code == "decision_ambiguous":
        numbers = "、".join(str(number) for number in details.get("rows", ()))
        return f"第 {numbers} 行同时符合，而命中方式不允许：{_listed(details.get('inputs', {}))}"
    if error.code == "decision_input_missing":
        return f"缺少输入 {details.get('name', '')}"
    if error.code == "decision_input_invalid":
        return f"输入 {details.get('name', '')} 不在允许的取值或类型内"
    return error.message


def _listed(given: Mapping[str, Any]) -> str:
    return "，".join(f"{label}={canonical.dumps(value)}" for label, value in given.items())


def nested(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted names as nested contexts: {"a.b": 1} is {"a": {"b": 1}}; plain names stay as they are."""
    found: dict[str, Any] = {}
    for name, value in sorted(inputs.items()):
        *path, last = name.split(".")
        place = found
        for part in path:
            inner = place.get(part)
            place[part] = place = dict(inner) if isinstance(inner, Mapping) else {}
        place[last] = value
    return found

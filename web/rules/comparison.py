"""The difference of two versions of a rule in words an administrator uses; changes nothing."""

from __future__ import annotations

from engine.dmn.wording import difference
from engine.errors import GuangshaError
from web.i18n import language
from web.rules.tables import Rule


def compare(before: bytes, after: bytes) -> list[str]:
    """Sentences; a version that cannot be read is one sentence. A model of several tables names each."""
    try:
        old, new = Rule(before, ""), Rule(after, "")
    except GuangshaError as error:
        return [f"其中一个版本无法读取：{error.message}"]
    olds = {decision.id: decision for decision in old.model.decisions.values()}
    news = {decision.id: decision for decision in new.model.decisions.values()}
    found = [f"删除判断“{olds[key].name}”" for key in olds if key not in news]
    found += [f"新增判断“{news[key].name}”" for key in news if key not in olds]
    several = len(news) > 1
    for key in (key for key in olds if key in news):
        prefix = f"{news[key].name}：" if several else ""
        found += [prefix + sentence for sentence in _between(olds[key], news[key])]
    if not found and before != after:
        found = ["只有排版、说明或编号改变，判断结果不变"]
    return found


def _between(old: object, new: object) -> list[str]:
    before, after = old.table, new.table  # type: ignore[attr-defined]
    found = [] if old.name == new.name else [f"名称：{old.name} → {new.name}"]  # type: ignore[attr-defined]
    if before is not None and after is not None:
        return found + difference(before, after, language())
    if (before is None) != (after is None):
        return [*found, "由表改为算式" if after is None else "由算式改为表"]
    return found

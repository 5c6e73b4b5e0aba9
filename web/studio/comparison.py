"""The difference of two diagrams as a list of sentences with the element each is about; changes nothing."""

from __future__ import annotations

from typing import Any

from engine.bpmn.diff import diff


def compare(before: bytes, after: bytes) -> list[dict[str, Any]]:
    """Changes as dicts {element_id, what, message, message_en}; what is added, removed, changed or moved."""
    return [_told(change.as_dict()) for change in diff(before, after)]


def _told(change: dict[str, Any]) -> dict[str, Any]:
    kind = change.pop("kind")
    message = change["message"]
    for name, words in PROPERTIES.items():
        message = message.replace(f"属性 {name} ", f"“{words}”")
    return change | {"what": "moved" if kind == "layout" else kind, "message": message}


# Properties of our dialect as analysts call them; the same words as in the element templates.
PROPERTIES = {
    "deadline.working_days": "时限（工作日）",
    "deadline.natural_days": "时限（自然日）",
    "deadline.pauses": "暂停时限的原因",
    "case_number_rule": "办件编号规则",
    "legal_basis": "法律依据",
    "start.groups": "谁可以发起",
    "start.channels": "从哪里发起",
    "title.en": "英文名称",
    "title": "事项名称",
    "outcomes": "可选的办理结果",
    "on_timeout": "超时处理",
    "org_unit": "办理单位",
    "exclude_actors_of": "不得由这些环节的办理人办理",
    "requires_claim": "须先签收",
    "field_access": "字段权限",
    "retry.backoff": "重试间隔",
    "decision.date": "按哪一天的规则",
    "working_days": "工作日数",
    "public": "面向公众",
}

"""Who may do a user task: by group and unit, by name, as the applicant; and who may not, having acted before. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from engine.actors import Actor
from engine.errors import NotPermitted


def require_right(task: Mapping[str, Any], groups: Collection[str], case: Mapping[str, Any], actor: Actor) -> None:
    """Raises NotPermitted, saying why."""
    if actor.is_system:
        return
    if is_excluded(task, actor.user_id):
        raise NotPermitted(
            "您已办理过本办件的前一环节，按回避规则不能再办理这一环节。", task_id=task["id"], rule="exclude_actors_of"
        )
    if task["assignee_id"] == actor.user_id or _is_applicant(task, case, actor):
        return
    if not actor.groups.intersection(groups):
        raise NotPermitted(
            f"“{task['name']}”由其他岗位办理，您没有这个岗位。", task_id=task["id"], groups=sorted(groups)
        )
    if task["org_unit"] is not None and task["org_unit"] not in actor.org_units:
        raise NotPermitted(
            f"“{task['name']}”属于其他单位，不在您的管辖范围。", task_id=task["id"], org_unit=task["org_unit"]
        )


def is_excluded(task: Mapping[str, Any], user_id: str) -> bool:
    return f",{user_id}," in (task["excluded"] or "")


def _is_applicant(task: Mapping[str, Any], case: Mapping[str, Any], actor: Actor) -> bool:
    """The person whose case it is, or who handed it in for that person."""
    return bool(task["applicant"]) and actor.user_id in (case["applicant_id"], case["started_by"])

"""Standing lists of what an auditor always asks for: each row opens the step it speaks of. Accuses nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlalchemy import select

from engine import canonical
from engine.clock import ZONE
from engine.records import audit_event, cases
from engine.states import EventKind
from web.services import rows

Row = Mapping[str, Any]
LIMIT = 300
_SCANNED = 20_000
_OPENS, _CLOSES = time(8, 30), time(18, 0)


@dataclass(frozen=True)
class StandingList:
    title: str
    words: str
    find: Callable[[], Sequence[Row]]


def skipped() -> Sequence[Row]:
    """Outside checks that a person skipped."""
    return [row | {"why": _data(row).get("reason", "")} for row in _events(EventKind.JOB_SKIPPED)]


def after_hours() -> Sequence[Row]:
    """Decisions of people outside office hours or on weekends."""
    found = []
    for row in _events(EventKind.TASK_COMPLETED):
        local = row["at"].astimezone(ZONE)
        if row["actor_id"] != "system" and (local.weekday() > 4 or not _OPENS <= local.time() <= _CLOSES):
            found.append(row | {"why": local.strftime("%A %H:%M")})
    return found


def same_person() -> Sequence[Row]:
    """Cases in which one official decided two different steps."""
    seen: dict[tuple[str, str], Row] = {}
    found = []
    for row in reversed(_events(EventKind.TASK_COMPLETED)):
        if row["actor_id"] in {"system", row["started_by"]}:
            continue
        earlier = seen.setdefault((row["case_no"], row["actor_id"]), row)
        if earlier["element_id"] != row["element_id"] or earlier["path"] != row["path"]:
            found.append(row | {"why": f"此前已办理“{earlier['element_name']}”"})
    return found


def own_case() -> Sequence[Row]:
    """Steps of officials in a case that they started themselves as the applicant."""
    found = _events(EventKind.TASK_COMPLETED)
    return [row | {"why": "本人是申请人"} for row in found if row["actor_id"] == row["applicant_id"] and row["actor_org_unit"]]


def returned() -> Sequence[Row]:
    """Cases sent back to an earlier step."""
    return [row | {"why": str(_data(row).get("reason", ""))} for row in _events(EventKind.TASK_RETURNED)]


def overdue() -> Sequence[Row]:
    """Tasks that ran over their time."""
    return [row | {"why": str(_data(row).get("due_on", ""))} for row in _events(EventKind.TASK_OVERDUE)]


LISTS: dict[str, StandingList] = {
    "skipped": StandingList("人工跳过核查", "外部核查没有结果、由管理员写明理由跳过的步骤。", skipped),
    "after_hours": StandingList("非工作时间办理", "工作日 8:30 至 18:00 以外，或周末作出的决定。", after_hours),
    "same_person": StandingList("同一人办理多个环节", "同一办件里，同一个人办理了两个不同的环节。", same_person),
    "own_case": StandingList("办理自己的申请", "工作人员办理了自己作为申请人的办件。", own_case),
    "returned": StandingList("退回", "被退回到前面环节的办件。", returned),
    "overdue": StandingList("超过时限", "超过办理时限的任务。", overdue),
}


def _events(kind: EventKind) -> list[dict[str, Any]]:
    query = (
        select(audit_event, cases.c.case_no, cases.c.started_by, cases.c.applicant_id)
        .join(cases, cases.c.id == audit_event.c.case_id)
        .where(audit_event.c.kind == kind.value)
        .order_by(audit_event.c.at.desc())
        .limit(_SCANNED)
    )
    return [dict(row) for row in rows(query)]


def _data(row: Row) -> Mapping[str, Any]:
    found: Mapping[str, Any] = canonical.loads(row["data"])
    return found

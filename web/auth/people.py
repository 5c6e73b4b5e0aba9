"""Turns an account row into the engine's Actor, with the units it may see; refuses disabled accounts."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine import Actor
from web.auth.records import account, org_unit
from web.services import current_services, rows

_UNITS_TTL_S = 15.0
GROUP_NAMES = {
    "applicant": "申请人",
    "operator_clerk": "经办人",
    "verification_authority": "核查管理",
    "first_reviewer": "初审",
    "first_review_approver": "初审核定",
    "second_reviewer": "复审",
    "second_review_approver": "复审核定",
    "publicity_approver": "公示核定",
    "admission_examiner": "准入审核",
    "city_examiner": "市级审核",
    "supervisor": "督办主管",
    "analyst": "流程分析师",
    "model_publisher": "流程发布人",
    "rule_admin": "规则管理员",
    "rule_approver": "规则审批人",
    "system_admin": "系统管理员",
    "auditor": "审计员",
}
MORE_NAMES = {"contractor": "施工单位", "device_installer": "设备安装单位", "site_supervisor": "工地监管员"}
# Groups are lanes of diagrams, so new ones come with new flows: who works on cases is everybody but these.
DESKS = frozenset({"analyst", "model_publisher", "rule_admin", "rule_approver", "system_admin", "auditor"})
WORKERS = frozenset({"*workers"})
STAFF = frozenset({"*staff"})


@dataclass(frozen=True)
class Person:
    """The account behind a request with its Actor; `id_no` and `mobile` are the person's own."""

    account_id: str
    username: str
    name: str
    id_no: str | None
    mobile: str | None
    actor: Actor

    def any_of(self, *groups: str) -> bool:
        return bool(self.actor.groups.intersection(groups))

    def fits(self, groups: Collection[str]) -> bool:
        """Whether the person is in one of these groups; WORKERS and STAFF stand for all of their kind."""
        kinds = {"*workers": self.is_worker, "*staff": self.is_staff}
        return any(kinds.get(group, group in self.actor.groups) for group in groups)

    @property
    def is_staff(self) -> bool:
        return bool(self.actor.groups - {"applicant"})

    @property
    def is_worker(self) -> bool:
        return bool(self.actor.groups - DESKS - {"applicant"})


class _Units:
    """The organisation tree, read again after 15 seconds: (code, parent) pairs and names."""

    def __init__(self) -> None:
        self.read_at = float("-inf")
        self.database: object = None
        self.by_code: dict[str, Mapping[str, Any]] = {}

    def fresh(self) -> dict[str, Mapping[str, Any]]:
        database = current_services().database
        if database is not self.database or time.monotonic() - self.read_at > _UNITS_TTL_S:
            self.by_code = {row["code"]: dict(row) for row in rows(select(org_unit))}
            self.read_at, self.database = time.monotonic(), database
        return self.by_code

    def forget(self) -> None:
        self.read_at = float("-inf")


units = _Units()


def unit_name(code: str | None) -> str:
    """The unit's name, or its code when it is not in the tree."""
    return units.fresh().get(code or "", {}).get("name", code or "")


def units_below(code: str | None) -> frozenset[str]:
    """The unit itself and everything under it."""
    if not code:
        return frozenset()
    children: dict[str, list[str]] = {}
    for unit in units.fresh().values():
        children.setdefault(unit["parent"] or "", []).append(unit["code"])
    found, todo = set(), [code]
    while todo:
        current = todo.pop()
        if current not in found:
            found.add(current)
            todo.extend(children.get(current, ()))
    return frozenset(found)


def person_of(row: Mapping[str, Any]) -> Person:
    """The Person of an account row."""
    actor = Actor(
        user_id=row["id"],
        name=row["name"],
        post=row["post"],
        org_unit=row["org_unit"],
        district=row["district"],
        groups=frozenset(row["groups"]),
        org_units=units_below(row["org_unit"]),
    )
    return Person(row["id"], row["username"], row["name"], row["id_no"], row["mobile"], actor)


def person_named(username: str) -> Person | None:
    """The active person with this user name, or None."""
    found = rows(select(account).where(account.c.username == username, account.c.status == "active"))
    return person_of(found[0]) if found else None

"""Collects the cases that wait for pre-review in the city's case repository, in batches. Decides nothing about them.

Source: SH-015.R3 to R5. A case that cannot be read is reported and stays where it is; the next round tries it again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import Actor, UserFault

LOG = logging.getLogger("guangsha.collection")
SERVICE_ITEM = "GZF-ZGSQ-001"
COLLECTOR = Actor(user_id="system", name="办件库收件", post="系统")
DISTRICTS: Mapping[str, str] = {
    "黄浦区": "310101", "徐汇区": "310104", "长宁区": "310105", "静安区": "310106", "普陀区": "310107", "虹口区": "310109",
    "杨浦区": "310110", "闵行区": "310112", "宝山区": "310113", "嘉定区": "310114", "浦东新区": "310115", "金山区": "310116",
    "松江区": "310117", "青浦区": "310118", "奉贤区": "310120", "崇明区": "310151",
}  # fmt: skip
_CATEGORIES = {"身份证明": "id_card", "户籍证明": "household_register", "劳动合同": "employment_proof"}
_RELATIONS = ("配偶", "子女", "父母", "祖父母")


@dataclass(slots=True)
class Collected:
    """case_nos: ours, by the repository's number; problems: the repository's number and why it was not taken."""

    case_nos: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def collect(services: Any, limit: int = 50) -> Collected:
    """Start a case for every pending one, with its materials. Safe to repeat: the repository's number is the key.

    services: .connectors, .engine, .files (or None). Raises Unavailable, Rejected, ContractBroken of the repository.
    """
    found, cursor = Collected(), ""
    while True:
        page = services.connectors.case_repository.pending(
            service_item_code=SERVICE_ITEM, cursor=cursor, limit=limit
        ).value
        for pending in page.cases:
            _take(services, pending, found)
        cursor = page.next_cursor
        if not cursor:
            return found


def _take(services: Any, pending: Any, found: Collected) -> None:
    try:
        materials = _materials(services, pending)
        receipt = services.engine.start_case(
            "public_rental",
            actor=COLLECTOR,
            form=form_of(pending, materials),
            channel=pending.channel.value,
            idempotency_key=f"collect:{pending.case_no}",
            files=[file_id for ids in materials.values() for file_id in ids],
            on_behalf_of=pending.applicant_name,
        )
        found.case_nos[pending.case_no] = receipt.case_no
    except UserFault as fault:
        LOG.warning("pending case %s was not taken: %s", pending.case_no, fault.message)
        found.problems[pending.case_no] = fault.message


def form_of(pending: Any, materials: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """Our application form from the structured data of a pending case. What was not declared there stays undeclared."""
    basics = pending.data.get("basics") or {}
    local = basics.get("hukou_district") in DISTRICTS
    family = [m for m in pending.data.get("family") or [] if m["id_no"] != pending.applicant_id_no]
    recheck = pending.case_type.value == "复核"
    form: dict[str, Any] = {
        "repository_case_no": pending.case_no,
        "kind": "recheck" if recheck else "new",
        "raising_type": "city" if basics.get("raising_type") == "市筹" else "district",
        "district": DISTRICTS.get(basics.get("district") or "", "310101"),
        "applicant": {
            "name": pending.applicant_name,
            "id_type": "id_card",
            "id_no": pending.applicant_id_no,
            "mobile": pending.mobile,
            "hukou": "local" if local else "outside",
            "marital_status": basics.get("marital_status") or "未婚",
            "collected": True,
        },
        "household": {"members": [_member(m) for m in family]},
        "housing": {"living_address": basics.get("address"), "living_type": "未申报"},
        "employment": _employment(basics),
        "materials": dict(materials or {}),
        "consents": {"truth": True, "information_check": True, "e_licence": True},
    }
    if recheck:
        form |= {"recheck_type": "qualification_expired", "history_case_no": (pending.data.get("history") or "未填写")}
    return form


def _member(member: Mapping[str, Any]) -> dict[str, Any]:
    relation = member["relation"] if member["relation"] in _RELATIONS else "其他"
    return {"name": member["name"], "relation": relation, "id_type": "id_card", "id_no": member["id_no"]}


def _employment(basics: Mapping[str, Any]) -> dict[str, Any]:
    employer = basics.get("employer")
    return {"status": "employed", "employer_name": employer} if employer else {"status": "unemployed"}


def _materials(services: Any, pending: Any) -> dict[str, list[str]]:
    """Download every file of a pending case into our store, by the codes of our form."""
    kept: dict[str, list[str]] = {}
    if services.files is None:
        return kept
    for entry in pending.materials:
        file = services.connectors.case_repository.material(case_no=pending.case_no, entry=entry).value
        code = _CATEGORIES.get(entry.category, "other")
        row = services.files.put(file.content, file.file_name, f"materials.{code}", COLLECTOR)
        kept.setdefault(code, []).append(str(row["id"]))
    return kept

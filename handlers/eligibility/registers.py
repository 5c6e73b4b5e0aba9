"""Questions to and entries in the registers of eligibility, inside the caller's transaction. Never blocks a re-application."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from engine import new_id
from engine.records import cases
from handlers.eligibility.records import (
    KINDS,
    in_review_slot,
    no_qualification_mark,
    qualification,
    recheck_link,
    signed_contract,
)


def free_slots_of_ended_cases(connection: Connection, id_nos: Sequence[str], now: datetime) -> None:
    """A case that was withdrawn or cancelled holds no slot any more, though no closing step ran."""
    ended = select(cases.c.id).where(cases.c.status != "running")
    connection.execute(
        update(in_review_slot)
        .where(
            in_review_slot.c.id_no.in_(id_nos),
            in_review_slot.c.released_at.is_(None),
            in_review_slot.c.case_id.in_(ended),
        )
        .values(released_at=now, result="已终止")
    )


def hold_slots(
    connection: Connection, kind: str, id_nos: Iterable[str], case_id: str, case_no: str, now: datetime
) -> list[dict[str, Any]]:
    """Hold the in-review slot of every person; returns the slots that another case holds instead (SH-014.R2)."""
    wanted = list(dict.fromkeys(id_nos))
    free_slots_of_ended_cases(connection, wanted, now)
    query = select(in_review_slot).where(
        in_review_slot.c.kind == kind, in_review_slot.c.id_no.in_(wanted), in_review_slot.c.released_at.is_(None)
    )
    held = {row["id_no"]: dict(row) for row in connection.execute(query).mappings()}
    new = [
        {"id": new_id(now), "kind": kind, "id_no": id_no, "case_id": case_id, "case_no": case_no, "held_at": now}
        for id_no in wanted
        if id_no not in held
    ]
    if new:
        connection.execute(in_review_slot.insert(), new)
    return [row for row in held.values() if row["case_id"] != case_id]


def release_slots(connection: Connection, case_id: str, result: str, now: datetime) -> int:
    """Give up every slot of a case (SH-033.R6, SH-043.R4, SH-044.R3); returns how many."""
    released = connection.execute(
        update(in_review_slot)
        .where(in_review_slot.c.case_id == case_id, in_review_slot.c.released_at.is_(None))
        .values(released_at=now, result=result)
    )
    return int(released.rowcount)


def mark_without_qualification(
    connection: Connection, kind: str, case_id: str, id_no: str, result: str, reason: str, now: datetime
) -> None:
    """The mark 无资格: shown, but it blocks nothing (SH-023.R6)."""
    connection.execute(
        no_qualification_mark.insert().values(
            case_id=case_id, kind=kind, id_no=id_no, result=result, reason=reason, marked_at=now
        )
    )


def duplicates(
    connection: Connection, id_nos: Sequence[str], case_id: str, today: date
) -> dict[str, list[dict[str, Any]]]:
    """Everything known about the persons in the four housing kinds: 公租房, 保租房, 廉租房, 共有产权房 (SH-014.R1 to R4).

    Each entry: state (在办, 有效资格, 历史资格, 退出资格, 已签合同, 已退合同, 无资格), id_no, number, detail.
    """
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in KINDS.values()}
    for kind, entry in _entries(connection, id_nos, case_id, today):
        found[KINDS.get(kind, kind)].append(entry)
    return found


def _entries(
    connection: Connection, id_nos: Sequence[str], case_id: str, today: date
) -> Iterable[tuple[str, dict[str, Any]]]:
    slots = select(in_review_slot).where(
        in_review_slot.c.id_no.in_(id_nos), in_review_slot.c.released_at.is_(None), in_review_slot.c.case_id != case_id
    )
    for row in connection.execute(slots).mappings():
        yield row["kind"], _entry("在办", row, row["case_no"], "在审办件")
    for row in connection.execute(select(qualification).where(qualification.c.id_no.in_(id_nos))).mappings():
        yield row["kind"], _entry(_standing(row, today), row, row["number"], f"有效期至{row['valid_to']}")
    for row in connection.execute(select(signed_contract).where(signed_contract.c.id_no.in_(id_nos))).mappings():
        state = "已退合同" if row["exited_on"] else "已签合同"
        yield row["kind"], _entry(state, row, row["contract_no"], f"{row['project']}，{row['status']}")
    marks = select(no_qualification_mark).where(no_qualification_mark.c.id_no.in_(id_nos))
    for row in connection.execute(marks).mappings():
        yield row["kind"], _entry("无资格", row, row["case_id"], f"{row['result']}，不影响再次申请")


def _standing(row: Mapping[str, Any], today: date) -> str:
    if row["status"] != "effective":
        return "退出资格"
    return "有效资格" if row["valid_to"] >= today else "历史资格"


def _entry(state: str, row: Mapping[str, Any], number: str, detail: str) -> dict[str, Any]:
    return {"state": state, "id_no": row["id_no"], "number": number, "detail": detail}


def history_of(connection: Connection, case_no: str, id_no: str) -> dict[str, Any] | None:
    """The earlier qualification of this applicant under a case number or certificate number (SH-012.R2); None if none."""
    query = select(qualification).where(
        qualification.c.id_no == id_no, (qualification.c.case_no == case_no) | (qualification.c.number == case_no)
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    return {
        "case_no": row["case_no"],
        "case_id": row["case_id"],
        "number": row["number"],
        "valid_from": row["valid_from"].isoformat(),
        "valid_to": row["valid_to"].isoformat(),
        "status": row["status"],
        "holder_name": row["holder_name"],
    }


def link_recheck(connection: Connection, case_id: str, case_no: str, history_case_no: str, business: str) -> None:
    """Tie a re-check to the case it renews (SH-012.R3)."""
    connection.execute(
        recheck_link.insert().values(
            case_id=case_id, case_no=case_no, history_case_no=history_case_no, business=business
        )
    )


def linked_cases(connection: Connection, case_no: str) -> list[str]:
    """Numbers of the re-checks of a case, and of the case that this one re-checks."""
    later = select(recheck_link.c.case_no).where(recheck_link.c.history_case_no == case_no)
    earlier = select(recheck_link.c.history_case_no).where(recheck_link.c.case_no == case_no)
    return [str(number) for number in connection.execute(later.union(earlier)).scalars()]


def admit(connection: Connection, row: Mapping[str, Any], renews: str | None) -> None:
    """Enter a qualification; the one that it renews stops being effective."""
    if renews:
        connection.execute(update(qualification).where(qualification.c.number == renews).values(status="renewed"))
    connection.execute(qualification.insert().values(**row))


def recheck_application(application: Mapping[str, Any], history: Mapping[str, Any], business: str) -> dict[str, Any]:
    """A re-check form generated from the historical application, still open to every change (SH-012.R2)."""
    kept = {name: value for name, value in application.items() if name not in ("consents", "materials", "kind")}
    return {**kept, "kind": "recheck", "recheck_type": business, "history_case_no": history["case_no"]}

"""Public notices 公示 and the objections 异议 to them, and the check of issued documents. Shows only what was masked before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from engine.actors import SYSTEM, Actor
from engine.errors import IllegalTransition, NotFound, ValidationFailed
from engine.ground import Done, Ground
from engine.identifiers import new_id
from engine.numbering import next_number
from engine.records import issued_document, objection, publication
from engine.statements import insert_rows, update_row
from engine.states import DocumentStatus, ObjectionStatus, PublicationStatus, require_transition
from engine.views import IssuedDocumentView, NoticeView, ObjectionView, Page

NOTICE_RULE = "GS{year}{seq:6}"
OBJECTION_RULE = "YY{year}{seq:6}"
MAX_TEXT = 5_000


def publish_notice(
    connection: Connection,
    now: datetime,
    *,
    case_id: str,
    kind: str,
    title: str,
    text: str,
    details: Mapping[str, Any],
    place: str,
    district: str | None,
    starts_on: date,
    ends_on: date,
    rule: str = NOTICE_RULE,
) -> str:
    """Publish a notice in the caller's transaction (a local handler's); returns its id. Texts must be masked already."""
    if ends_on < starts_on:
        raise ValidationFailed(
            "公示结束日期早于开始日期。", starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat()
        )
    notice_id = new_id(now)
    row: dict[str, Any] = {
        "id": notice_id,
        "case_id": case_id,
        "number": next_number(connection, rule, now),
        "kind": kind,
        "title": title,
    }
    row |= {"text": text, "details": dict(details), "place": place, "district": district, "starts_on": starts_on}
    row |= {"ends_on": ends_on, "status": PublicationStatus.PUBLISHED, "created_at": now}
    insert_rows(connection, publication, [row])
    return notice_id


def end_notice(connection: Connection, notice_id: str, status: PublicationStatus = PublicationStatus.ENDED) -> None:
    """Take a notice down in the caller's transaction."""
    present = connection.execute(select(publication.c.status).where(publication.c.id == notice_id)).scalar_one_or_none()
    if present is None:
        raise NotFound("没有这份公示。", notice_id=notice_id)
    if present != status:
        require_transition(PublicationStatus(present), status)
        update_row(connection, publication, {"status": status.value}, "id", notice_id)


class Publications(Ground):
    def notices(
        self, on: date | None = None, district: str | None = None, text: str = "", page: int = 1, size: int = 20
    ) -> Page[NoticeView]:
        """Notices to be seen on a day (default today): published, begun and not over."""
        day, table = on or self.today(), publication.c
        where = [table.status == PublicationStatus.PUBLISHED, table.starts_on <= day, table.ends_on >= day]
        where += [table.district == district] if district else []
        if text.strip():
            pattern = "%" + text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            where.append(
                table.title.like(pattern, escape="\\")
                | table.number.like(pattern, escape="\\")
                | table.text.like(pattern, escape="\\")
            )
        query = select(publication).where(*where).order_by(table.starts_on.desc(), table.number.desc())
        with self.reading() as connection:
            total = connection.execute(select(func.count()).select_from(publication).where(*where)).scalar_one()
            rows = list(connection.execute(query.limit(size).offset((max(page, 1) - 1) * size)).mappings())
            counts = self._counts(connection, [row["id"] for row in rows])
        return Page(
            tuple(NoticeView(**row, objections=counts.get(row["id"], 0)) for row in rows), total, max(page, 1), size
        )

    def notice(self, notice_id: str) -> NoticeView:
        """One notice, by id or number, whether still shown or not. Raises NotFound."""
        query = select(publication).where((publication.c.id == notice_id) | (publication.c.number == notice_id))
        with self.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                raise NotFound("没有这份公示。", notice_id=notice_id)
            return NoticeView(**row, objections=self._counts(connection, [row["id"]]).get(row["id"], 0))

    def notices_of(self, case_id: str) -> tuple[NoticeView, ...]:
        query = select(publication).where(publication.c.case_id == case_id).order_by(publication.c.created_at)
        with self.reading() as connection:
            rows = list(connection.execute(query).mappings())
            counts = self._counts(connection, [row["id"] for row in rows])
        return tuple(NoticeView(**row, objections=counts.get(row["id"], 0)) for row in rows)

    def submit_objection(
        self, notice_id: str, *, person_name: str, mobile: str, text: str, idempotency_key: str, actor: Actor = SYSTEM
    ) -> ObjectionView:
        """Anyone objects while the notice runs; the receipt number is the answer. Raises ValidationFailed, IllegalTransition."""
        given = {"person_name": person_name.strip(), "mobile": mobile.strip(), "text": text.strip()}
        missing = [{"path": f"/{name}", "message": "必填"} for name, value in given.items() if not value]
        if missing or len(text) > MAX_TEXT:
            raise ValidationFailed(
                "请填写姓名、联系电话和异议内容（5000 字以内）。",
                errors=missing or [{"path": "/text", "message": "过长"}],
            )

        def work(connection: Connection) -> Done:
            notice = (
                connection.execute(select(publication).where(publication.c.id == notice_id)).mappings().one_or_none()
            )
            if notice is None:
                raise NotFound("没有这份公示。", notice_id=notice_id)
            if (
                notice["status"] != PublicationStatus.PUBLISHED
                or not notice["starts_on"] <= self.today() <= notice["ends_on"]
            ):
                raise IllegalTransition(
                    "公示期已过，不能再提出异议。", notice_id=notice_id, ends_on=notice["ends_on"].isoformat()
                )
            now = self.now()
            row: dict[str, Any] = {
                "id": new_id(now),
                "publication_id": notice_id,
                "case_id": notice["case_id"],
                **given,
            }
            row |= {"receipt_no": next_number(connection, OBJECTION_RULE, now), "submitted_at": now}
            insert_rows(connection, objection, [{**row, "status": ObjectionStatus.RECEIVED}])
            return Done(notice["case_id"], {"id": row["id"]})

        answer = self.command("submit_objection", idempotency_key, actor, {"notice": notice_id, **given}, work)
        return self.objection(answer["id"])

    def objection(self, objection_id: str) -> ObjectionView:
        """By id or receipt number. Raises NotFound."""
        found = self._objections((objection.c.id == objection_id) | (objection.c.receipt_no == objection_id))
        if not found:
            raise NotFound("没有这份异议。", objection=objection_id)
        return found[0]

    def objections(self, *, case_id: str | None = None, notice_id: str | None = None) -> tuple[ObjectionView, ...]:
        """Objections of a case or a notice, oldest first."""
        if notice_id is not None:
            return self._objections(objection.c.publication_id == notice_id)
        return self._objections(
            objection.c.case_id == case_id if case_id else objection.c.status == ObjectionStatus.RECEIVED
        )

    def answer_objection(self, objection_id: str, actor: Actor, upheld: bool, answer: str) -> ObjectionView:
        """Decide an objection, once, with an answer."""
        if not answer.strip():
            raise ValidationFailed("请填写答复。", errors=[{"path": "/answer", "message": "必填"}])
        wanted = ObjectionStatus.UPHELD if upheld else ObjectionStatus.DISMISSED

        def work(connection: Connection) -> None:
            query = select(objection.c.status).where(objection.c.id == objection_id).with_for_update()
            present = connection.execute(query).scalar_one_or_none()
            if present is None:
                raise NotFound("没有这份异议。", objection=objection_id)
            require_transition(ObjectionStatus(present), wanted)
            values: dict[str, Any] = {"status": wanted.value, "answer": answer.strip(), "answered_by": actor.user_id}
            values |= {"answered_by_name": actor.name, "answered_at": self.now()}
            update_row(connection, objection, values, "id", objection_id)

        self.transact(work)
        return self.objection(objection_id)

    def issued_documents(self, case_id: str) -> tuple[IssuedDocumentView, ...]:
        query = (
            select(issued_document).where(issued_document.c.case_id == case_id).order_by(issued_document.c.issued_at)
        )
        with self.reading() as connection:
            return tuple(_document(row) for row in connection.execute(query).mappings())

    def verify_document(self, code: str) -> IssuedDocumentView:
        """The document behind a verification code or number. Raises NotFound."""
        table = issued_document.c
        query = select(issued_document).where((table.verify_code == code) | (table.number == code))
        with self.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound("没有这份证明，请核对编号。", code=code)
        return _document(row)

    def revoke_document(self, document_id: str, actor: Actor, reason: str) -> None:
        """A document is no longer valid."""

        def work(connection: Connection) -> None:
            query = select(issued_document.c.status).where(issued_document.c.id == document_id)
            present = connection.execute(query).scalar_one()
            require_transition(DocumentStatus(present), DocumentStatus.REVOKED)
            values: dict[str, Any] = {
                "status": DocumentStatus.REVOKED.value,
                "revoked_at": self.now(),
                "revoked_reason": f"{actor.name}：{reason}",
            }
            update_row(connection, issued_document, values, "id", document_id)

        self.transact(work)

    def _objections(self, where: Any) -> tuple[ObjectionView, ...]:
        query = select(objection).where(where).order_by(objection.c.submitted_at, objection.c.id)
        with self.reading() as connection:
            rows = connection.execute(query).mappings()
            return tuple(ObjectionView(**{n: row[n] for n in ObjectionView.__dataclass_fields__}) for row in rows)

    def _counts(self, connection: Connection, ids: list[str]) -> dict[str, int]:
        if not ids:
            return {}
        query = select(objection.c.publication_id, func.count().label("number")).where(
            objection.c.publication_id.in_(ids)
        )
        found = connection.execute(query.group_by(objection.c.publication_id))
        return {row.publication_id: int(row.number) for row in found}


def _document(row: Mapping[Any, Any]) -> IssuedDocumentView:
    return IssuedDocumentView(**{**row, "pdf": bytes(row["pdf"])})

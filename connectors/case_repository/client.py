"""CaseRepositoryClient: tells the city's case repository what became of a case, and collects new ones.

It pushes what it is given and keeps no state: order and completeness are the caller's jobs, one key a push.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.answer import Answer
from connectors.case_repository import replies
from connectors.case_repository.types import (
    CaseState,
    Material,
    MaterialEntry,
    PendingPage,
    PrecheckResult,
    PrefillReceipt,
    PushReceipt,
    RepositoryCase,
    SupplementState,
)
from connectors.subject import Subject
from connectors.system_client import SystemClient


class CaseRepositoryClient(SystemClient):
    """办件库接口. Every method raises Unavailable, Rejected, ContractBroken; every keyed one is safe to repeat."""

    def push_result(self, *, case_no: str, applicant_id_no: str, state: CaseState | str, result: str, reason: str,
                    idempotency_key: str, step: str = "", detail: Mapping[str, Any] | None = None
                    ) -> Answer[PushReceipt]:
        """State, result and reason that the applicant reads in 我的办件; DELETED shares a deleted case.

        Source: SH-033.R5, SH-045.R3, SH-045.R9.
        """
        payload = {"caseNo": case_no, "idNo": applicant_id_no, "state": CaseState(state).value, "result": result,
                   "reason": reason, "step": step, "detail": dict(detail or {})}
        reply = self._transport.post("push_result", payload, idempotency_key)
        return reply.answer(replies.push_receipt(reply.data, case_no))

    def update_supplement(self, *, case_no: str, applicant_id_no: str, state: SupplementState | str,
                          missing: Sequence[str], note: str, idempotency_key: str) -> Answer[PushReceipt]:
        """Supplement state with the names of the missing files. Source: SH-024.R4, SH-005.R3."""
        payload = {"caseNo": case_no, "idNo": applicant_id_no, "state": SupplementState(state).value,
                   "missing": list(missing), "note": note}
        reply = self._transport.post("update_supplement", payload, idempotency_key)
        return reply.answer(replies.push_receipt(reply.data, case_no))

    def prefill(self, *, service_item_code: str, applicant_id_no: str, applicant_name: str, basics: Mapping[str, Any],
                idempotency_key: str, family: Sequence[Mapping[str, Any]] = (),
                housing: Sequence[Mapping[str, Any]] = (), applicants: Sequence[Mapping[str, Any]] = (),
                form_file_base64: str = "") -> Answer[PrefillReceipt]:
        """Upload what the portal pre-fills before the citizen submits. Source: SH-013.R1, SH-013.R2."""
        subject = Subject.of(applicant_id_no, applicant_name, self.interface.system)
        payload = {**subject.payload(), "serviceItemCode": service_item_code, "basics": dict(basics),
                   "family": [dict(item) for item in family], "housing": [dict(item) for item in housing],
                   "applicants": [dict(item) for item in applicants], "formFile": form_file_base64}
        reply = self._transport.post("prefill", payload, idempotency_key)
        return reply.answer(replies.prefill_receipt(reply.data, service_item_code, subject.id_no))

    def precheck(self, *, service_item_code: str, applicant_id_no: str, applicant_name: str,
                 content: Mapping[str, Any], idempotency_key: str) -> Answer[PrecheckResult]:
        """Validate the pre-filled content and tell cases in progress and in force. Source: SH-015.R2, SH-005.R1."""
        subject = Subject.of(applicant_id_no, applicant_name, self.interface.system)
        payload = {**subject.payload(), "serviceItemCode": service_item_code, "content": dict(content)}
        reply = self._transport.post("precheck", payload, idempotency_key)
        return reply.answer(replies.precheck(reply.data, subject.id_no))

    def pending(self, *, service_item_code: str, cursor: str = "", limit: int = 50) -> Answer[PendingPage]:
        """One batch of cases pending pre-review, oldest first; a case leaves when its first state is pushed.

        limit: 1 to 200. Source: SH-015.R3, SH-015.R4.
        """
        params: dict[str, str | int] = {"service_item_code": service_item_code, "cursor": cursor, "limit": limit}
        reply = self._transport.get("pending", params)
        return reply.answer(replies.pending_page(reply.data, service_item_code))

    def material(self, *, case_no: str, entry: MaterialEntry) -> Answer[Material]:
        """The bytes of one file of a pending case, compared with the announced hash. Source: SH-015.R3."""
        reply = self._transport.get("material", {"case_no": case_no, "material_no": entry.material_no})
        return reply.answer(replies.material(reply.data, case_no, entry))

    def case(self, *, case_no: str) -> Answer[RepositoryCase]:
        """What the repository shows of a case. Rejected with status 404 if it was never pushed."""
        reply = self._transport.get(f"cases/{case_no}")
        return reply.answer(replies.repository_case(reply.data, case_no))

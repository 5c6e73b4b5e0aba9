"""One typical call of every system, so that what holds for all is tested on all."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from connectors import Answer, Connectors
from connectors.sandbox import Person

Call = Callable[[Connectors, Person, str], Answer[Any]]
CHECKS = ("real_estate", "public_housing", "resettlement", "social_insurance", "marriage", "violations")


def _check(system: str) -> Call:
    return lambda c, p, key: c.clients()[system].check(  # type: ignore[attr-defined]
        id_no=p.id_no, name=p.name, idempotency_key=key)


CALLS: dict[str, Call] = {
    **{system: _check(system) for system in CHECKS},
    "case_repository": lambda c, p, key: c.case_repository.push_result(
        case_no=f"C-{key}", applicant_id_no=p.id_no, state="approved", result="审核通过", reason="",
        idempotency_key=key),
    "thematic_database": lambda c, p, key: c.thematic_database.push(
        subject="public_rental_admission", record_id=f"R-{key}", facts={"id_no": p.id_no}, idempotency_key=key),
    "licence_library": lambda c, p, key: c.licence_library.fetch(
        holder_id_no=p.id_no, holder_name=p.name, licence_type="居民身份证", authorisation_no="SQ-1",
        idempotency_key=key),
    "sms": lambda c, p, key: c.sms.send(
        mobile=p.mobile, template="T1", text=f"您的申请已受理 {key}", idempotency_key=key),
    "ca_signing": lambda c, p, key: c.ca_signing.sign(
        document_sha256=sha256(key.encode()).hexdigest(), document_name="准入资格证", agency="某区住房保障中心",
        idempotency_key=key),
}
SYSTEMS = tuple(CALLS)

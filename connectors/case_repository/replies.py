"""Replies: the case repository's answers read into types, each compared with what was asked. Sends nothing."""

from __future__ import annotations

from hashlib import sha256

from connectors.case_repository.types import (
    CaseState,
    CaseType,
    Channel,
    Material,
    MaterialEntry,
    PendingCase,
    PendingPage,
    PrecheckResult,
    PrefillReceipt,
    Problem,
    PushReceipt,
    RepositoryCase,
    SupplementState,
)
from connectors.reading import Reading


def push_receipt(data: Reading, case_no: str) -> PushReceipt:
    return PushReceipt(data.same("caseNo", case_no), data.text("receiptNo"), data.whole("version"))


def prefill_receipt(data: Reading, service_item_code: str, id_no: str) -> PrefillReceipt:
    return PrefillReceipt(data.same("serviceItemCode", service_item_code), data.same("idNo", id_no),
                          data.text("prefillNo"))


def precheck(data: Reading, id_no: str) -> PrecheckResult:
    problems = tuple(Problem(row.text("path"), row.text("message")) for row in data.items("problems"))
    if data.flag("passed") is bool(problems):
        data.fail("passed", "true exactly without problems")
    return PrecheckResult(data.same("idNo", id_no), not problems, problems, data.texts("inProgress"),
                          data.texts("valid"))


def pending_page(data: Reading, service_item_code: str) -> PendingPage:
    return PendingPage(tuple(_pending_case(row, service_item_code) for row in data.items("cases")),
                       data.text("nextCursor"))


def _pending_case(row: Reading, service_item_code: str) -> PendingCase:
    return PendingCase(
        row.text("caseNo"), row.same("serviceItemCode", service_item_code), row.text("idNo"), row.text("name"),
        row.text("mobile"), row.choice("channel", Channel), row.choice("caseType", CaseType),
        row.instant("submittedAt"), row.mapping("data"), tuple(_entry(item) for item in row.items("materials")))


def _entry(row: Reading) -> MaterialEntry:
    return MaterialEntry(row.text("materialNo"), row.text("category"), row.text("fileName"), row.text("mediaType"),
                         row.text("sha256"))


def material(data: Reading, case_no: str, entry: MaterialEntry) -> Material:
    content = data.content("content")
    if sha256(content).hexdigest() != entry.sha256:
        data.fail("content", "the bytes of the announced hash")
    return Material(data.same("caseNo", case_no), data.same("materialNo", entry.material_no), entry.file_name,
                    entry.media_type, entry.sha256, content)


def repository_case(data: Reading, case_no: str) -> RepositoryCase:
    return RepositoryCase(
        data.same("caseNo", case_no), data.text("idNo"), data.choice("state", CaseState), data.text("result"),
        data.text("reason"), data.optional("supplement", lambda key: data.choice(key, SupplementState)),
        data.whole("version"))

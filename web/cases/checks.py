"""Reads the answers of outside systems out of a case file, with persons, proof and what differs from the application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.views import CaseView, EvidenceView, ItemView
from web.i18n import _
from web.masking import mask_text, mask_value
from web.services import current_services

SYSTEMS = {
    "real_estate": "不动产登记核查",
    "public_housing": "公有住房核查",
    "resettlement": "征收安置住房核查",
    "social_insurance": "社会保险核查",
    "marriage": "婚姻登记核查",
    "violations": "违规违约核查",
}
LABELS = {
    "state": "登记状态", "married_on": "结婚登记日期", "divorced_on": "离婚登记日期", "deceased_on": "死亡登记日期",
    "spouse_name": "配偶", "match": "比对", "homes": "住房套数", "area_m2": "建筑面积（㎡）", "properties": "产权登记",
    "tenancies": "承租公房", "records": "违规违约记录", "barring": "限制申请的记录数", "employer": "参保单位",
    "employer_code": "单位代码", "months_running": "连续缴纳（月）", "months_total": "累计缴纳（月）",
    "last_paid_month": "最近缴纳月份", "address": "坐落", "share": "份额", "usage": "用途", "registered_on": "登记日期",
    "disposed_on": "转让日期", "certificate_no": "权证号", "district": "行政区", "role": "身份", "residents": "同住人数",
    "contract_no": "合同号", "since_on": "起租日期", "kind": "类别", "reason": "事由", "decided_on": "认定日期",
    "barred_until": "限制至", "lifted_on": "解除日期", "record_no": "记录号", "project": "项目", "agreement_no": "协议号",
    "persons": "安置人数", "assigned_on": "安置日期",
}  # fmt: skip
WORDS = {"matched": "一致", "partial": "部分一致", "not_found": "未查到", "name_differs": "姓名不符", True: "是", False: "否"}
_HIDDEN = frozenset({"id_no", "name", "spouse_id_no", "match"})
_ORDER = {"fail": 0, "error": 1, "manual": 2, "running": 3, "pass": 4}


@dataclass(frozen=True)
class CheckedPerson:
    """One person in an answer; facts: label to words, masked."""

    name: str
    relation: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Check:
    """One answer of an outside system with where it came from; `raw` is masked text for the page."""

    name: str
    title: str
    verdict: str
    summary: str
    system: str
    department: str
    request_id: str
    queried_at: str
    as_of: str
    persons: tuple[CheckedPerson, ...]
    evidence_id: str | None
    sha256: str
    raw: str
    intact: bool


@dataclass(frozen=True)
class Difference:
    """A declared value beside the verified one."""

    label: str
    declared: str
    verified: str
    source: str
    differs: bool


def read_checks(case: CaseView, items: Mapping[str, ItemView]) -> list[Check]:
    """The newest answer of each question, those that need attention first."""
    proofs = {proof.id: proof for proof in current_services().engine.evidence(case.id)}
    found: dict[str, tuple[str, Mapping[str, Any], EvidenceView | None]] = {}
    for name, item in sorted(items.items(), key=lambda one: one[1].event_seq):
        for part, value in _verdicts(name, item.value):
            proof = proofs.get(str(value.get("evidence_id") or item.evidence_id or ""))
            found[str(value.get("request_id") or part)] = (part, value, proof)
    checks = [_check(part, value, proof) for part, value, proof in found.values()]
    return sorted(checks, key=lambda check: (_ORDER.get(check.verdict, 5), check.title))


def _verdicts(name: str, value: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """The answers in one item: itself, or a list of them."""
    if isinstance(value, dict) and value.get("verdict") and (value.get("system") or value.get("department")):
        return [(name, value)]
    if isinstance(value, list):
        return [found for number, one in enumerate(value) for found in _verdicts(f"{name}#{number}", one)]
    return []


def _check(name: str, value: Mapping[str, Any], proof: EvidenceView | None) -> Check:
    system = str(value.get("system") or "")
    return Check(
        name=name,
        title=str(value.get("title") or SYSTEMS.get(system, system or name)),
        verdict=str(value["verdict"]),
        summary=mask_text(str(value.get("summary", ""))),
        system=system,
        department=str(value.get("department", "")),
        request_id=str(value.get("request_id", "")),
        queried_at=str(value.get("queried_at", "")),
        as_of=str(value.get("as_of") or ""),
        persons=tuple(_person(one) for one in value.get("persons") or () if isinstance(one, dict)),
        evidence_id=proof.id if proof else None,
        sha256=proof.sha256 if proof else "",
        raw=masked_raw(proof.raw) if proof else "",
        intact=proof.intact if proof else True,
    )


def _person(one: Mapping[str, Any]) -> CheckedPerson:
    facts = one.get("facts") if isinstance(one.get("facts"), dict) else {}
    told = [(_(LABELS.get(key, key)), _say(value)) for key, value in (facts or {}).items() if key not in _HIDDEN]
    return CheckedPerson(str(one.get("name", "")), str(one.get("relation", "")), tuple(pair for pair in told if pair[1]))


def _say(value: Any) -> str:
    """A fact in words; an empty list says that there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _(WORDS[value])
    if isinstance(value, list):
        return "；".join(_say(one) for one in value) if value else _("无")
    if isinstance(value, dict):
        return "，".join(f"{_(LABELS.get(key, key))} {_say(one)}" for key, one in value.items() if _say(one))
    return str(mask_value(WORDS.get(value, value) if isinstance(value, str) else value))


def masked_raw(raw: bytes) -> str:
    """The raw answer as text with numbers masked; its hash is of the bytes as received."""
    return mask_text(raw.decode("utf-8", "replace"))[:20_000]


def differences(application: Mapping[str, Any], items: Mapping[str, ItemView]) -> list[Difference]:
    """Declared and verified values side by side, mismatches first; compares only what both sides say."""
    answers = {v["system"]: v for item in items.values() for _name, v in _verdicts("", item.value) if v.get("system")}
    found = [
        *_marital(application, answers.get("marriage", {})),
        *_one(_("工作单位"), _at(application, "employment", "employer_name"), _own(answers, "social_insurance", "employer"),
              answers.get("social_insurance", {})),
        *_one(_("在本市有产权住房"), _yes(_at(application, "housing", "owns_home")), _yes(_homes(answers.get("real_estate"))),
              answers.get("real_estate", {})),
    ]  # fmt: skip
    return sorted(found, key=lambda one: not one.differs)


def _at(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _own(answers: Mapping[str, Any], system: str, fact: str) -> Any:
    persons = answers.get(system, {}).get("persons") or [{}]
    return _at(persons[0], "facts", fact)


def _homes(answer: Mapping[str, Any] | None) -> bool | None:
    if not answer or not answer.get("persons"):
        return None
    return any(_at(one, "facts", "homes") for one in answer["persons"])


def _yes(value: Any) -> str | None:
    return None if value is None else _("是") if value else _("否")


def _marital(application: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Difference]:
    found: list[Difference] = []
    for one in answer.get("persons") or ():
        declared, verified = one.get("marital_status"), _at(one, "facts", "state")
        label = _("婚姻状况") if one.get("relation") == "本人" else _("婚姻状况（{who}）", who=one.get("relation", ""))
        found += _one(label, declared, verified, answer)
    return found


def _one(label: str, declared: Any, verified: Any, answer: Mapping[str, Any]) -> list[Difference]:
    if declared is None or verified is None:
        return []
    source = str(answer.get("department") or answer.get("system") or "")
    return [Difference(label, str(declared), str(verified), source, str(declared) != str(verified))]

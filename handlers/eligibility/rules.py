"""What follows from a household's declarations and the answers of the registers. Pure: asks nothing, stores nothing.

Thresholds are not here; they stand in the decision table public_rental_eligibility.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CHECK_NAMES: Mapping[str, str] = {
    "real_estate": "不动产登记核查",
    "public_housing": "公有住房核查",
    "resettlement": "征收安置住房核查",
    "social_insurance": "社会保险核查",
    "marriage": "婚姻登记核查",
    "violations": "违规违约核查",
}
FAIL_TYPES: Mapping[str, str] = {
    "real_estate": "housing",
    "public_housing": "housing",
    "resettlement": "housing",
    "social_insurance": "social_insurance",
    "marriage": "marriage",
    "violations": "violations",
}
_MATCHED = "matched"
_CENT = Decimal("0.01")


def persons_of(application: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The applicant first, then everybody applying together."""
    members = (application.get("household") or {}).get("members") or []
    return [application["applicant"], *members]


def verdict_of(check: str, answers: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """(verdict, summary) of one check over all persons asked: fail before manual before pass.

    An answer without a full match says nothing and is for a person to look at. Source: SH-026.R2, SH-027.R2,
    SH-028.R3, SH-029.R2.
    """
    found = [_one(check, answer) for answer in answers]
    for verdict in ("fail", "manual"):
        told = [summary for each, summary in found if each == verdict]
        if told:
            return verdict, "；".join(told)
    return "pass", "；".join(summary for _, summary in found)


def _one(check: str, answer: Mapping[str, Any]) -> tuple[str, str]:
    who, facts = answer["name"], answer.get("facts")
    if facts is None:
        return "manual", f"{who}没有居民身份证，需人工核查"
    if facts.get("match") != _MATCHED:
        return (
            "manual",
            f"{who}{ {'partial': '部分匹配', 'name_differs': '姓名不一致'}.get(facts.get('match', ''), '未查到') }",
        )
    return _JUDGES[check](who, facts, answer)


def _real_estate(who: str, facts: Mapping[str, Any], _: Mapping[str, Any]) -> tuple[str, str]:
    return "pass", f"{who}名下住房{facts['homes']}套，计{facts['area_m2']}平方米"


def _public_housing(who: str, facts: Mapping[str, Any], _: Mapping[str, Any]) -> tuple[str, str]:
    return "pass", f"{who}承租或同住公有住房{len(facts['tenancies'])}处"


def _resettlement(who: str, facts: Mapping[str, Any], _: Mapping[str, Any]) -> tuple[str, str]:
    return "pass", f"{who}征收安置住房{len(facts['homes'])}套"


def _social_insurance(who: str, facts: Mapping[str, Any], _: Mapping[str, Any]) -> tuple[str, str]:
    return "pass", f"{who}{facts['state']}，连续缴纳{facts['months_running']}个月"


def _marriage(who: str, facts: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[str, str]:
    declared = answer.get("marital_status")
    if facts.get("deceased_on"):
        return "fail", f"{who}在死亡人员名单（{facts['deceased_on']}）"
    if declared and declared != facts["state"]:
        return "fail", f"{who}申报{declared}，登记为{facts['state']}"
    if (
        facts["state"] == "已婚"
        and answer.get("spouses") is not None
        and facts["spouse_id_no"] not in answer["spouses"]
    ):
        return "manual", f"{who}登记的配偶未列入申请家庭，需人工核实"
    return "pass", f"{who}{facts['state']}"


def _violations(who: str, facts: Mapping[str, Any], _: Mapping[str, Any]) -> tuple[str, str]:
    if facts["barring"]:
        return "fail", f"{who}有{facts['barring']}条生效的违规违约限制"
    return "pass", f"{who}无生效的违规违约限制"


_JUDGES = {
    "real_estate": _real_estate,
    "public_housing": _public_housing,
    "resettlement": _resettlement,
    "social_insurance": _social_insurance,
    "marriage": _marriage,
    "violations": _violations,
}


def assess(application: Mapping[str, Any], checks: Iterable[Mapping[str, Any]], today: date) -> dict[str, Any]:
    """Per-capita housing area and the other facts that the decision table asks for. Areas in m², two decimals.

    checks: {check, name, result: item of the check}. Source: SH-032.R2, SH-033.R2.
    """
    results = {entry["check"]: entry["result"] or {} for entry in checks}
    size = len(persons_of(application))
    areas = {
        "owned_m2": _owned(results["real_estate"]),
        "public_m2": _shared(results["public_housing"], "tenancies", "contract_no", "residents", size),
        "resettled_m2": _shared(results["resettlement"], "homes", "agreement_no", "persons", size),
    }
    total = sum(areas.values(), Decimal(0))
    person = application["applicant"]
    return {
        **{name: float(area) for name, area in areas.items()},
        "total_area_m2": float(total),
        "household_size": size,
        "per_capita_area_m2": float((total / size).quantize(_CENT, ROUND_HALF_UP)),
        "months_since_transfer": _months_since_transfer(results["real_estate"], today),
        "insurance_months_running": _insurance_months(results["social_insurance"]),
        "residence_months": _months(person.get("residence_permit_since"), today),
        "applicant_age": _age(person, today),
        "failed": _failed(results),
    }


def _failed(results: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    """Checks that ended as failed, by register or by hand; one is enough to force a failure."""
    return [
        {
            "check": FAIL_TYPES[check],
            "reason": f"{CHECK_NAMES[check]}不通过：{result.get('summary') or '人工判定不通过'}",
        }
        for check, result in results.items()
        if result.get("verdict") == "fail"
    ]


def _facts(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    answers = result.get("persons") or []
    return [a["facts"] for a in answers if a.get("facts") and a["facts"].get("match") == _MATCHED]


def _owned(result: Mapping[str, Any]) -> Decimal:
    return sum((Decimal(str(facts["area_m2"])) for facts in _facts(result)), Decimal(0))


def _shared(result: Mapping[str, Any], rows: str, key: str, heads: str, size: int) -> Decimal:
    """Homes held with others count by the family's part of the heads; the same home counts once."""
    homes = {row[key]: row for facts in _facts(result) for row in facts[rows]}
    parts = (Decimal(str(row["area_m2"])) * min(size, int(row[heads])) / int(row[heads]) for row in homes.values())
    return sum(parts, Decimal(0)).quantize(_CENT, ROUND_HALF_UP)


def _months_since_transfer(result: Mapping[str, Any], today: date) -> int | None:
    days = [
        p["disposed_on"] for f in _facts(result) for p in f["properties"] if p["disposed_on"] and p["usage"] == "住宅"
    ]
    return _months(max(days), today) if days else None


def _insurance_months(result: Mapping[str, Any]) -> int | None:
    facts = _facts(result)
    return int(facts[0]["months_running"]) if facts else None


def _months(day: str | None, today: date) -> int | None:
    """Full months since a day."""
    if not day:
        return None
    since = date.fromisoformat(day)
    return (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)


def _age(person: Mapping[str, Any], today: date) -> int | None:
    number = person["id_no"]
    if person.get("id_type", "id_card") not in ("id_card", "residence") or len(number) != 18:
        return None
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def missing_materials(
    required: Iterable[Mapping[str, Any]] | None, given: Iterable[Mapping[str, Any] | None]
) -> list[Mapping[str, Any]]:
    """Mandatory materials without a file, in the order of the table. Source: SH-013.R5."""
    have = {code for materials in given for code, files in (materials or {}).items() if files}
    return [item for item in required or [] if item["code"] not in have]


def checks_visible(channel: str, released: bool, groups: Iterable[str]) -> bool:
    """Whether somebody may see the housing-check results: of a window case the clerk only after the authority's release.

    Source: SH-030.R2.
    """
    online = channel in ("一网通办", "随申办", "online")
    return online or released or "operator_clerk" not in groups

"""What an examiner reads of one person's answer: labelled facts in Chinese. Judges nothing and hides what did not match."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_MATCH = {"matched": "匹配一致", "partial": "部分匹配", "name_differs": "姓名不一致", "not_found": "未查到"}
Facts = Mapping[str, Any]


def labelled(check: str, facts: Facts | None) -> dict[str, Any]:
    """Label to value. Results are shown only when the person matched (SH-027.R2, SH-028.R3, SH-029.R2)."""
    if facts is None:
        return {"匹配": "没有居民身份证，未查询"}
    match = {"匹配": _MATCH.get(str(facts.get("match")), "未查到")}
    if facts.get("match") != "matched":
        return match
    shown = {label: value for label, value in _LABELS[check](facts).items() if value not in (None, "", [])}
    return {**match, **shown}


def _real_estate(facts: Facts) -> dict[str, Any]:
    rows = [_property(row) for row in facts["properties"]]
    return {"住房套数": facts["homes"], "产权面积（平方米）": facts["area_m2"], "登记": "；".join(rows)}


def _property(row: Facts) -> str:
    gone = f"，{row['disposed_on']}已转让" if row["disposed_on"] else ""
    return f"{row['address']}（{row['usage']}，{row['area_m2']}平方米，份额{row['share']}{gone}）"


def _public_housing(facts: Facts) -> dict[str, Any]:
    rows = [f"{r['address']}（{r['role']}，{r['area_m2']}平方米，{r['residents']}人）" for r in facts["tenancies"]]
    return {"公有住房（处）": len(rows), "租赁": "；".join(rows)}


def _resettlement(facts: Facts) -> dict[str, Any]:
    rows = [f"{r['address']}（{r['project']}，{r['area_m2']}平方米，{r['persons']}人）" for r in facts["homes"]]
    return {"征收安置住房（套）": len(rows), "安置": "；".join(rows)}


def _social_insurance(facts: Facts) -> dict[str, Any]:
    return {
        "参保状态": facts["state"],
        "连续缴纳（月）": facts["months_running"],
        "累计缴纳（月）": facts["months_total"],
        "最近缴费月份": facts["last_paid_month"],
        "参保单位": facts["employer"],
    }


def _marriage(facts: Facts) -> dict[str, Any]:
    return {
        "登记婚姻状况": facts["state"],
        "结婚登记日期": facts["married_on"],
        "离婚登记日期": facts["divorced_on"],
        "配偶": facts["spouse_name"],
        "死亡登记日期": facts["deceased_on"],
    }


def _violations(facts: Facts) -> dict[str, Any]:
    rows = [f"{r['kind']}：{r['reason']}（{r['decided_on']}，{r['authority']}）" for r in facts["records"]]
    return {"生效限制（条）": facts["barring"], "记录": "；".join(rows)}


_LABELS: Mapping[str, Callable[[Facts], dict[str, Any]]] = {
    "real_estate": _real_estate,
    "public_housing": _public_housing,
    "resettlement": _resettlement,
    "social_insurance": _social_insurance,
    "marriage": _marriage,
    "violations": _violations,
}

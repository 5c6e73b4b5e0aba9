"""The words of the papers of a public-rental qualification. Lays nothing out and issues nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

_HEADING = "上海市公共租赁住房准入资格管理"
_GROUPS = {
    "none": "无",
    "veteran": "退役军人或优抚对象",
    "disabled": "残疾人家庭",
    "many_children": "多子女家庭",
    "sanitation": "环卫、公交等一线职工",
}
_CONDITIONS = {
    "local_difficulty": "本市户籍住房困难家庭",
    "outside_employed": "在沪稳定就业的非本市户籍人员",
    "talent": "引进人才",
    "other": "其他",
}
_OUTCOMES = {
    "approve": "通过",
    "reject": "不通过",
    "return": "退回",
    "no_objection": "无异议",
    "dismissed": "异议不成立",
}


def _people(application: Mapping[str, Any]) -> list[list[str]]:
    rows = [["姓名", "与申请人关系", "证件号码", "婚姻状况"]]
    applicant = application["applicant"]
    rows.append([applicant["name"], "本人", applicant["id_no"], applicant.get("marital_status") or ""])
    for member in (application.get("household") or {}).get("members") or []:
        rows.append([member["name"], member["relation"], member["id_no"], member.get("marital_status") or ""])
    return rows


def application_form(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """申请表, complete, from the applicant's data (SH-015.R1)."""
    applicant, housing = facts["applicant"], facts.get("housing") or {}
    employment, case = facts.get("employment") or {}, facts["case"]
    pairs = [
        ("申请人", applicant["name"]),
        ("手机号码", applicant["mobile"]),
        ("办理类型", "复核" if facts.get("kind") == "recheck" else "新办"),
        ("申请渠道", case["channel"]),
        ("户籍", "本市" if applicant.get("hukou") == "local" else "非本市"),
        ("房源类型", "市筹" if facts.get("raising_type") == "city" else "区筹"),
        ("现居住地址", housing.get("living_address")),
        ("现居住方式", housing.get("living_type")),
        ("本市产权住房", "有" if housing.get("owns_home") else "无"),
        ("工作单位", employment.get("employer_name")),
        ("申请日期", case["submitted_on"]),
    ]
    homes = [[h["address"], f"{h['area_m2']}", h.get("share") or ""] for h in housing.get("homes") or []]
    body: list[tuple[str, Any]] = [("pairs", pairs), ("table", _people(facts))]
    if homes:
        body.append(("table", [["住房坐落", "建筑面积（平方米）", "份额"], *homes]))
    body.append(("small", "申请人承诺所填内容真实，同意核查全体申请人的住房、婚姻、社会保险和信用信息。"))
    return {"heading": _HEADING, "body": body, "verify": {"办件编号": case["case_no"]}}


def acceptance_notice(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """公租房受理通知书 (SH-024.R1)."""
    case = facts["case"]
    body = [
        ("text", f"{case['applicant_name']}："),
        ("text", (f"你（家庭）于{case['submitted_on']}提出的公共租赁住房准入资格申请（办件编号{case['case_no']}），"
                 "申请材料齐全、符合法定形式，现予受理。")),
        ("text", (f"办理期限自提交之日起按工作日计算，预计于{case['due_on'] or '规定期限内'}前办结。"
                 "初审和复审通过后将分别公示。你可在“我的办件”中查询办理进度。")),
    ]  # fmt: skip
    return {"heading": _HEADING, "body": body, "sealed": True, "verify": {"办件编号": case["case_no"], "决定": "受理"}}


def refusal_notice(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """公租房不予受理通知书, with the reason (SH-023.R5, SH-024.R1)."""
    case = facts["case"]
    body = [
        ("text", f"{case['applicant_name']}："),
        ("text", (f"你（家庭）于{case['submitted_on']}提出的公共租赁住房准入资格申请（办件编号{case['case_no']}），"
                 f"经审查，决定不予受理。理由：{facts.get('reason') or ''}")),
        ("text", ("如不服本决定，可自收到本通知书之日起六十日内申请行政复议，或者六个月内提起行政诉讼。"
                 "本决定不影响你（家庭）在符合条件后再次申请。")),
    ]  # fmt: skip
    return {
        "heading": _HEADING,
        "body": body,
        "sealed": True,
        "verify": {"办件编号": case["case_no"], "决定": "不予受理"},
    }


def check_report(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """核查结果单 and 住房核查报告, filled in by the checks (SH-032.R1)."""
    assessment, verdict, case = facts["assessment"], facts["verdict"], facts["case"]
    words = {"pass": "通过", "fail": "不通过", "manual": "需人工"}
    rows = [["核查项目", "结论", "摘要"]]
    for entry in facts["checks"]:
        result = entry["result"] or {}
        summary = (result.get("summary") or "").replace("；", "；\n")
        rows.append([entry["name"], words.get(result.get("verdict"), "未完成"), summary])
    pairs = [
        ("办件编号", case["case_no"]),
        ("申请人", case["applicant_name"]),
        ("家庭人口", assessment["household_size"]),
        ("人均住房面积", f"{assessment['per_capita_area_m2']} 平方米"),
        ("产权住房", f"{assessment['owned_m2']} 平方米"),
        ("公有住房", f"{assessment['public_m2']} 平方米"),
        ("征收安置", f"{assessment['resettled_m2']} 平方米"),
        ("合计", f"{assessment['total_area_m2']} 平方米"),
    ]
    reasons = [failure["reason"] for failure in verdict["failures"]] or ["各项核查未发现不符合条件的情形。"]
    body = [("pairs", pairs), *(("text", reason) for reason in reasons), ("table", rows)]
    return {"heading": _HEADING, "body": body, "verify": {"办件编号": case["case_no"]}}


def admission_sheet(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """准入资格单: what was decided, by whom and on which steps it rests (SH-045.R4, R5)."""
    admission, certificate, case = facts["admission"], facts["certificate"], facts["case"]
    pairs = [
        ("申请人", case["applicant_name"]),
        ("办件编号", case["case_no"]),
        ("准入资格编号", certificate["number"]),
        ("准入条件", _CONDITIONS.get(admission.get("conditions"), admission.get("conditions"))),
        ("优先组", _GROUPS.get(admission.get("priority_group"), admission.get("priority_group"))),
        ("有效期", f"{_chinese(certificate['valid_from'])}至{_chinese(certificate['valid_to'])}"),
        ("审核意见", admission.get("opinion")),
    ]
    rows = [["环节", "结论", "意见"]]
    for review in facts.get("reviews") or []:
        rows.append([review["name"], _OUTCOMES.get(review["outcome"], review["outcome"]), review.get("opinion") or ""])
    for name, notice in zip(("初审公示", "网上公示"), facts.get("notices") or [], strict=False):
        rows.append([name, _OUTCOMES.get(notice["outcome"], notice["outcome"]), notice.get("opinion") or ""])
    body = [("pairs", pairs), ("table", rows), ("table", _people(facts["application"]))]
    return {"heading": _HEADING, "body": body, "sealed": True, "ca_sign": True,
            "verify": {"办件编号": case["case_no"], "准入资格编号": certificate["number"]}}  # fmt: skip


def admission_certificate(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """《上海市公共租赁住房准入资格证》, valid two years, entitling to contract filing (SH-046.R2)."""
    numbering, case = facts["numbering"], facts["case"]
    applicant = facts["application"]["applicant"]
    admission = facts["admission"]
    until = f"{_chinese(numbering['valid_from'])}至{_chinese(numbering['valid_to'])}"
    pairs = [
        ("持证人", applicant["name"]),
        ("证件号码", applicant["id_no"]),
        ("准入资格编号", numbering["number"]),
        ("家庭人口", len(_people(facts["application"])) - 1),
        ("准入条件", _CONDITIONS.get(admission.get("conditions"), admission.get("conditions"))),
        ("优先组", _GROUPS.get(admission.get("priority_group"), admission.get("priority_group"))),
        ("有效期", until),
    ]
    body = [
        ("text", "经审核并公示，下列申请人（家庭）符合本市公共租赁住房准入条件，特发此证。"),
        ("pairs", pairs),
        ("table", _people(facts["application"])),
        ("text", "持本证可在有效期内办理公共租赁住房租赁合同的签订和备案。有效期届满可申请复核。"),
    ]
    name = applicant["name"]
    shown = {"持证人": f"{name[0]}{'*' * (len(name) - 1)}", "有效期": until, "办件编号": case["case_no"]}
    return {"heading": "上海市住房保障", "body": body, "sealed": True, "ca_sign": True, "verify": shown}


def _chinese(day: str) -> str:
    value = date.fromisoformat(day)
    return f"{value.year}年{value.month}月{value.day}日"


PAPERS: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
    "application_form": application_form,
    "acceptance_notice": acceptance_notice,
    "refusal_notice": refusal_notice,
    "check_report": check_report,
    "admission_sheet": admission_sheet,
    "admission_certificate": admission_certificate,
}

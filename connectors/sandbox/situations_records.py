"""Records: social insurance, violations, other cases, licences and mobiles as situations."""

from __future__ import annotations

from connectors.sandbox.maker import Draft, Maker
from connectors.sandbox.situations import situation


@situation("no_social_insurance", "从未参保")
def _no_insurance(m: Maker) -> list[Draft]:
    head = m.person((22, 40))
    m.uninsured(head)
    return [head]


def _insured(m: Maker, months: int) -> list[Draft]:
    head = m.person((23, 40), local=False)
    head |= {"insurance_months": months, "insurance_running": months}
    return [head]


@situation("too_few_insurance_months", "社保仅缴五个月")
def _too_few(m: Maker) -> list[Draft]:
    return _insured(m, 5)


@situation("insurance_one_short_of_a_year", "社保连续缴纳十一个月")
def _eleven(m: Maker) -> list[Draft]:
    return _insured(m, 11)


@situation("insurance_exactly_a_year", "社保连续缴纳恰十二个月")
def _twelve(m: Maker) -> list[Draft]:
    return _insured(m, 12)


@situation("insurance_interrupted", "社保累计足够，目前中断")
def _interrupted(m: Maker) -> list[Draft]:
    head = m.person((26, 45), local=False)
    head |= {"insurance_state": "中断缴费", "insurance_months": 40, "insurance_running": 0, "employer": None,
             "employer_code": None}
    return [head]


@situation("insurance_gap", "社保累计足够，连续仅四个月")
def _gap(m: Maker) -> list[Draft]:
    head = m.person((26, 45), local=False)
    head |= {"insurance_months": 31, "insurance_running": 4}
    return [head]


@situation("violation_record", "有生效的违规记录")
def _violation(m: Maker) -> list[Draft]:
    head = m.person()
    head["violations"] = (m.violation("违规", "转租公共租赁住房", 400, 1826),)
    return [head]


@situation("violation_expired", "违规限制期已满")
def _violation_expired(m: Maker) -> list[Draft]:
    head = m.person()
    head["violations"] = (m.violation("违规", "虚报家庭住房情况", 2400, 1826),)
    return [head]


@situation("violation_ends_yesterday", "违规限制期昨日届满")
def _violation_ends_yesterday(m: Maker) -> list[Draft]:
    head = m.person()
    head["violations"] = (m.violation("违规", "擅自改变房屋用途", 1827, 1826),)
    return [head]


@situation("violation_lifted", "违约记录已解除")
def _violation_lifted(m: Maker) -> list[Draft]:
    head = m.person()
    head["violations"] = (m.violation("违约", "拖欠租金六个月", 500, 1826, lifted_days_ago=60),)
    return [head]


@situation("member_violation", "配偶有生效的违约记录")
def _member_violation(m: Maker) -> list[Draft]:
    head, spouse = m.couple()
    spouse["violations"] = (m.violation("违约", "合同期满拒不腾退", 300, 1826),)
    return [head, spouse]


@situation("violation_several", "多条违规违约记录")
def _violation_several(m: Maker) -> list[Draft]:
    head = m.person()
    head["violations"] = (m.violation("违约", "拖欠租金三个月", 1500, None),
                          m.violation("违规", "转借公共租赁住房", 700, 1826))
    return [head]


@situation("case_in_progress", "办件库另有在办案件")
def _case_in_progress(m: Maker) -> list[Draft]:
    head = m.person()
    head["cases_in_progress"] = (m.paper("ZB"),)
    return [head]


@situation("valid_case", "已有有效资格案件，可复核")
def _valid_case(m: Maker) -> list[Draft]:
    family = m.family()
    family[0]["valid_cases"] = (m.paper("YX"),)
    return family


@situation("no_data_found", "各系统均查无此人")
def _no_data_found(m: Maker) -> list[Draft]:
    return [m.person()]


@situation("licence_missing", "证照库无电子证照")
def _licence_missing(m: Maker) -> list[Draft]:
    return [m.person()]


@situation("licence_not_authorised", "未授权调用电子证照")
def _licence_not_authorised(m: Maker) -> list[Draft]:
    return [m.person()]


@situation("sms_undeliverable", "手机号已停机，短信无法送达")
def _sms_undeliverable(m: Maker) -> list[Draft]:
    return [m.person()]


@situation("everything_wrong", "有房、违规、社保中断、申报不实")
def _everything_wrong(m: Maker) -> list[Draft]:
    head, spouse = m.couple()
    head |= {"properties": (m.flat("140.00"),), "declared_marital_status": "未婚", "insurance_state": "中断缴费",
             "insurance_running": 0, "violations": (m.violation("违规", "提供虚假材料", 200, 1826),)}
    spouse["resettlement"] = (m.resettled("90.00", 2),)
    return [head, spouse]

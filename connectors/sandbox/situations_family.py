"""Families: marital states, names, deaths, ages and origins as situations."""

from __future__ import annotations

from connectors.sandbox.identity import DOTTED_NAMES, RARE_NAMES
from connectors.sandbox.maker import Draft, Maker
from connectors.sandbox.situations import situation


@situation("clean_single", "单身，各项核查均无异常")
def _clean_single(m: Maker) -> list[Draft]:
    return [m.person((25, 40))]


@situation("clean_couple", "夫妻二人，各项核查均无异常")
def _clean_couple(m: Maker) -> list[Draft]:
    return list(m.couple())


@situation("clean_family", "一家三口，各项核查均无异常")
def _clean_family(m: Maker) -> list[Draft]:
    return m.family()


@situation("newlywed", "新婚三十天")
def _newlywed(m: Maker) -> list[Draft]:
    return list(m.couple(30, (25, 32)))


@situation("large_family", "三代六口")
def _large_family(m: Maker) -> list[Draft]:
    return [*m.family(2), m.dependant("父母", (60, 72)), m.dependant("父母", (60, 72))]


@situation("single_parent", "离异带一子女")
def _single_parent(m: Maker) -> list[Draft]:
    head = m.person((34, 45))
    m.divorce(head, 1200)
    return [head, m.child(head, (4, 6))]


@situation("elderly_single", "独居老人")
def _elderly_single(m: Maker) -> list[Draft]:
    head = m.person((66, 82))
    head |= {"insurance_state": "终止", "insurance_months": 320, "insurance_running": 0, "employer": None,
             "employer_code": None}
    return [head]


@situation("divorced_two_years_ago", "两年前离异")
def _divorced_two_years_ago(m: Maker) -> list[Draft]:
    head = m.person((32, 50))
    former = m.divorce(head, 730)
    former["properties"] = (m.flat("88.20", days_ago=2000),)
    return [head]


@situation("divorced_five_years_ago", "五年前离异")
def _divorced_five_years_ago(m: Maker) -> list[Draft]:
    head = m.person((34, 55))
    m.divorce(head, 1900)
    return [head]


@situation("remarried", "离异后再婚")
def _remarried(m: Maker) -> list[Draft]:
    head = m.person((34, 50))
    m.divorce(head, 1500)
    spouse = m.person((30, 48), sex="女" if head["sex"] == "男" else "男")
    spouse["relation"] = "配偶"
    m.marry(head, spouse, 400)
    head["divorced_on"] = None
    return [head, spouse]


@situation("widowed", "丧偶")
def _widowed(m: Maker) -> list[Draft]:
    head = m.person((45, 70))
    head |= {"marital_status": "丧偶", "married_on": m.ago(9000)}
    return [head]


@situation("married_declared_single", "登记为已婚，申报为未婚")
def _married_declared_single(m: Maker) -> list[Draft]:
    head, spouse = m.couple()
    head["declared_marital_status"] = "未婚"
    spouse["relation"] = "本人"
    m.others.append(spouse)
    return [head]


@situation("divorced_declared_married", "登记为离异，申报为已婚")
def _divorced_declared_married(m: Maker) -> list[Draft]:
    head = m.person((30, 48))
    m.divorce(head, 300)
    head["declared_marital_status"] = "已婚"
    return [head]


@situation("on_death_list", "本人在死亡人员名单")
def _on_death_list(m: Maker) -> list[Draft]:
    head = m.person((40, 75))
    head |= {"deceased_on": m.ago(200), "insurance_state": "终止", "insurance_running": 0}
    return [head]


@situation("member_on_death_list", "家庭成员在死亡人员名单")
def _member_on_death_list(m: Maker) -> list[Draft]:
    parent = m.dependant("父母", (65, 85))
    parent["deceased_on"] = m.ago(90)
    return [*m.family(), parent]


@situation("rare_character_name", "姓名含生僻字")
def _rare_character_name(m: Maker) -> list[Draft]:
    return [m.person(name=m.rng.choice(RARE_NAMES))]


@situation("rare_character_member", "家庭成员姓名含生僻字")
def _rare_character_member(m: Maker) -> list[Draft]:
    head, spouse, child = m.family()
    spouse["name"], child["name"] = m.rng.sample(RARE_NAMES, 2)
    return [head, spouse, child]


@situation("middle_dot_name", "姓名含间隔号")
def _middle_dot_name(m: Maker) -> list[Draft]:
    return [m.person(name=m.rng.choice(DOTTED_NAMES))]


@situation("long_name", "姓名超过二十字")
def _long_name(m: Maker) -> list[Draft]:
    return [m.person(name="努尔麦麦提·阿卜杜热合曼·艾尔肯江·吐尔逊买买提")]


@situation("name_differs", "已更名，房产登记仍为曾用名")
def _name_differs(m: Maker) -> list[Draft]:
    head = m.person()
    head["former_name"] = head["name"][0] + m.rng.choice("建卫红援超跃")
    head["properties"] = (m.flat("61.30"),)
    return [head]


@situation("wrong_person_trap", "同名同生日的另一人名下有房")
def _wrong_person_trap(m: Maker) -> list[Draft]:
    head = m.person()
    twin = m.namesake(head)
    twin["properties"] = (m.flat("120.00"), m.flat("98.70"))
    m.others.append(twin)
    return [head]


@situation("non_local", "非本市户籍，持居住证")
def _non_local(m: Maker) -> list[Draft]:
    return [m.person((24, 40), local=False)]


@situation("short_residence_permit", "非本市户籍，居住证不足两年")
def _short_residence_permit(m: Maker) -> list[Draft]:
    head = m.person((24, 40), local=False)
    head["residence_permit_since"] = m.ago(300)
    return [head]


@situation("minor_head", "申请人未成年")
def _minor_head(m: Maker) -> list[Draft]:
    return [m.dependant("本人", (13, 16))]


@situation("student_child", "有成年在校子女")
def _student_child(m: Maker) -> list[Draft]:
    head, spouse = m.couple(8800, (46, 54))
    return [head, spouse, m.child(head, (18, 21))]

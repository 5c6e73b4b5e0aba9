"""Homes: owned, co-owned, sold, rented from the state or received as compensation, as situations. Areas in m²."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from connectors.sandbox.maker import Draft, Maker
from connectors.sandbox.situations import situation


@situation("owns_flat", "本人名下有一套住房")
def _owns_flat(m: Maker) -> list[Draft]:
    family = m.family()
    family[0]["properties"] = (m.flat("96.40"),)
    return family


@situation("owns_two_flats", "本人名下有两套住房")
def _owns_two_flats(m: Maker) -> list[Draft]:
    head = m.person((35, 58))
    head["properties"] = (m.flat("54.10"), m.flat("72.80", days_ago=600))
    return [head]


@situation("spouse_owns_flat", "配偶名下有一套住房")
def _spouse_owns_flat(m: Maker) -> list[Draft]:
    head, spouse = m.couple()
    spouse["properties"] = (m.flat("58.00", days_ago=3000),)
    return [head, spouse]


@situation("co_owns", "与家庭外亲属共有住房，份额二分之一")
def _co_owns(m: Maker) -> list[Draft]:
    head, relative = m.person(), m.person((55, 70))
    shared = m.flat("60.00", Fraction(1, 2))
    head["properties"] = relative["properties"] = (shared,)
    m.others.append(relative)
    return [head]


@situation("co_owns_a_third", "三人共有住房，份额三分之一")
def _co_owns_a_third(m: Maker) -> list[Draft]:
    head = m.person()
    head["properties"] = (m.flat("50.00", Fraction(1, 3)),)
    return [head]


@situation("spouses_co_own", "夫妻共有一套住房，各二分之一")
def _spouses_co_own(m: Maker) -> list[Draft]:
    head, spouse, child = m.family()
    head["properties"] = spouse["properties"] = (m.flat("78.60", Fraction(1, 2)),)
    return [head, spouse, child]


def _family_with(m: Maker, area_m2: str) -> list[Draft]:
    family = m.family()
    family[0]["properties"] = (m.flat(area_m2),)
    return family


@situation("per_capita_at_threshold", "三口之家，人均住房面积恰为15.00平方米")
def _per_capita_at_threshold(m: Maker) -> list[Draft]:
    return _family_with(m, "45.00")


@situation("per_capita_just_above", "三口之家，人均住房面积15.01平方米")
def _per_capita_just_above(m: Maker) -> list[Draft]:
    return _family_with(m, "45.03")


@situation("per_capita_just_below", "三口之家，人均住房面积14.99平方米")
def _per_capita_just_below(m: Maker) -> list[Draft]:
    return _family_with(m, "44.97")


@situation("per_capita_at_threshold_by_shares", "份额折算后人均恰为15.00平方米")
def _per_capita_by_shares(m: Maker) -> list[Draft]:
    head, spouse = m.couple()
    third = m.flat("90.00", Fraction(1, 3))
    head["properties"] = (third,)
    return [head, spouse]


@situation("owns_shop", "名下仅有商铺")
def _owns_shop(m: Maker) -> list[Draft]:
    head = m.person((30, 55))
    head["properties"] = (m.flat("38.00", usage="商业"),)
    return [head]


@situation("owns_parking", "名下仅有车位")
def _owns_parking(m: Maker) -> list[Draft]:
    head = m.person((30, 55))
    head["properties"] = (m.flat("12.50", usage="车位"),)
    return [head]


@situation("sold_flat_one_year_ago", "一年前转让住房")
def _sold_one_year(m: Maker) -> list[Draft]:
    head = m.person((32, 55))
    head["properties"] = (m.flat("66.00", days_ago=3600, disposed_days_ago=365),)
    return [head]


@situation("sold_flat_six_years_ago", "六年前转让住房")
def _sold_six_years(m: Maker) -> list[Draft]:
    head = m.person((36, 55))
    head["properties"] = (m.flat("66.00", days_ago=5600, disposed_days_ago=2200),)
    return [head]


@situation("public_housing_tenant", "公有住房承租人")
def _public_tenant(m: Maker) -> list[Draft]:
    family = m.family()
    family[0]["public_housing"] = (m.tenancy("32.40", "承租人", 3),)
    return family


@situation("public_housing_member", "公有住房同住人")
def _public_member(m: Maker) -> list[Draft]:
    head, tenant = m.person((24, 38)), m.person((60, 80))
    tenancy = m.tenancy("28.00", "承租人", 4)
    tenant["public_housing"] = (tenancy,)
    head["public_housing"] = (replace(tenancy, role="同住人"),)
    m.others.append(tenant)
    return [head]


@situation("public_housing_and_flat", "既承租公房又有产权住房")
def _public_and_owned(m: Maker) -> list[Draft]:
    head, spouse = m.couple()
    head["public_housing"] = (m.tenancy("24.00", "承租人", 2),)
    spouse["properties"] = (m.flat("48.00"),)
    return [head, spouse]


@situation("resettlement_flat", "有征收安置房")
def _resettlement(m: Maker) -> list[Draft]:
    family = m.family()
    family[0]["resettlement"] = (m.resettled("76.00", 3),)
    return family


@situation("resettlement_shared", "作为同住人分得征收安置房")
def _resettlement_shared(m: Maker) -> list[Draft]:
    head = m.person((25, 45))
    head["resettlement"] = (m.resettled("88.00", 5),)
    return [head]


@situation("resettlement_partial_match", "征收安置房系统仅部分匹配")
def _resettlement_partial(m: Maker) -> list[Draft]:
    head = m.person()
    head["resettlement"] = (m.resettled("70.00", 2),)
    return [head]

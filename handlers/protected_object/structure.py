"""The data structure of protected persons: entity types, their attributes with rules, multi-level dictionaries. SH-204, SH-205.

A value is checked by the attribute's own rule; an attribute that nobody defined is refused, never stored unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from sqlalchemy import Connection, Table, func, or_, select, update

from engine import ValidationFailed
from engine.formats import explain
from handlers.protected_object.records import KINDS, dictionary_item, entity_attribute, entity_type

DATA_TYPES = ("string", "integer", "number", "boolean", "date")
STANDARD = "保障对象数据标准"
FIRST_TYPES = {"main_applicant": "主申请人", "protected_family": "保障家庭", "client_unit": "客户单位"}
FIRST_DICTIONARIES: Mapping[str, tuple[tuple[str, str, str | None], ...]] = {
    "family_structure": (
        ("single", "单身", None),
        ("couple", "夫妻", None),
        ("core", "核心家庭", None),
        ("core_one_child", "夫妻与一名子女", "core"),
        ("core_more_children", "夫妻与多名子女", "core"),
        ("single_parent", "单亲家庭", None),
        ("three_generations", "三代同住", None),
    ),
    "occupation_industry": (
        ("manufacturing", "制造业", None),
        ("construction", "建筑业", None),
        ("services", "服务业", None),
        ("sanitation", "环境卫生", "services"),
        ("transport", "公共交通", "services"),
        ("nursing", "护理", "services"),
        ("public", "公共管理", None),
        ("education", "教育", "public"),
        ("health", "卫生", "public"),
        ("other", "其他", None),
    ),
}
Row = dict[str, Any]


def _save(connection: Connection, table: Table, keys: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    own = [table.c[name] == value for name, value in keys.items()]
    if not connection.execute(update(table).where(*own).values(**values)).rowcount:
        connection.execute(table.insert().values(**keys, **values))


def _complete(entry: Mapping[str, Any], *names: str) -> None:
    missing = [name for name in names if not entry.get(name)]
    if missing:
        raise _refuse(f"/{missing[0]}", f"请填写 {'、'.join(missing)}")


def _refuse(path: str, message: str) -> ValidationFailed:
    return ValidationFailed(message, errors=[{"path": path, "message": message}])


def save_type(connection: Connection, entry: Mapping[str, Any], by: str, now: datetime) -> None:
    """code, name, standard, active. Source: SH-204.R1."""
    _complete(entry, "code", "name")
    values = {"name": entry["name"], "standard": entry.get("standard") or STANDARD, "active": entry.get("active", True)}
    _save(connection, entity_type, {"code": entry["code"]}, {**values, "updated_by": by, "updated_at": now})


def save_attribute(connection: Connection, entry: Mapping[str, Any], by: str, now: datetime) -> None:
    """entity, code, name, data_type, rule, dictionary, required, variety. Raises ValidationFailed. Source: SH-204.R2."""
    _complete(entry, "entity", "code", "name", "data_type")
    if connection.execute(select(entity_type.c.code).where(entity_type.c.code == entry["entity"])).first() is None:
        raise _refuse("/entity", f"没有实体类型 {entry['entity']}")
    if entry["data_type"] not in DATA_TYPES:
        raise _refuse("/data_type", f"数据类型应为 {'、'.join(DATA_TYPES)} 之一")
    if entry.get("variety") and entry["variety"] not in KINDS:
        raise _refuse("/variety", "扩展属性的业务品种不存在")
    rule = entry.get("rule") or {}
    try:
        Draft202012Validator.check_schema({"type": "string", **rule})
    except SchemaError as error:
        raise _refuse("/rule", f"校验规则不是有效的 JSON Schema：{error.message}") from error
    values = {name: entry.get(name) for name in ("name", "data_type", "dictionary", "variety")}
    values |= {"rule": rule, "required": bool(entry.get("required")), "updated_by": by, "updated_at": now}
    _save(connection, entity_attribute, {"entity": entry["entity"], "code": entry["code"]}, values)


def save_item(connection: Connection, entry: Mapping[str, Any], by: str, now: datetime) -> None:
    """dictionary, code, label, parent, sort, active. A parent must exist, and nothing stands under itself. SH-205.R1."""
    _complete(entry, "dictionary", "code", "label")
    own, parent = (entry["dictionary"], entry["code"]), entry.get("parent") or None
    above = {row["code"]: row["parent"] for row in items(connection, own[0])}
    if parent is not None and parent not in above:
        raise _refuse("/parent", f"字典 {own[0]} 里没有上级 {parent}")
    step = parent
    while step is not None:
        if step == own[1]:
            raise _refuse("/parent", "上级不能是自己或自己的下级")
        step = above.get(step)
    values = {"label": entry["label"], "parent": parent, "sort": int(entry.get("sort") or 0)}
    values |= {"active": entry.get("active", True), "updated_by": by, "updated_at": now}
    _save(connection, dictionary_item, {"dictionary": own[0], "code": own[1]}, values)


def types(connection: Connection) -> list[Row]:
    """Entity types with the number of their attributes."""
    count = select(func.count()).where(entity_attribute.c.entity == entity_type.c.code).scalar_subquery()
    query = select(entity_type, count.label("attributes")).order_by(entity_type.c.code)
    return [dict(row) for row in connection.execute(query).mappings()]


def attributes(connection: Connection, entity: str, variety: str | None = None) -> list[Row]:
    """Basic attributes, and with a variety also those that it adds (SH-204.R2, SH-205.R2)."""
    table = entity_attribute
    basic = table.c.variety.is_(None)
    wanted = or_(basic, table.c.variety == variety) if variety else basic
    query = select(table).where(table.c.entity == entity, wanted).order_by(table.c.code)
    return [dict(row) for row in connection.execute(query).mappings()]


def all_attributes(connection: Connection) -> list[Row]:
    query = select(entity_attribute).order_by(entity_attribute.c.entity, entity_attribute.c.code)
    return [dict(row) for row in connection.execute(query).mappings()]


def items(connection: Connection, dictionary: str, under: str | None = None) -> list[Row]:
    """Items of a dictionary, or those directly under one of them."""
    table = dictionary_item
    wanted = [table.c.dictionary == dictionary] + ([table.c.parent == under] if under else [])
    query = select(table).where(*wanted).order_by(table.c.sort, table.c.code)
    return [dict(row) for row in connection.execute(query).mappings()]


def dictionaries(connection: Connection) -> list[str]:
    query = select(dictionary_item.c.dictionary).distinct().order_by(dictionary_item.c.dictionary)
    return list(connection.execute(query).scalars())


def check(connection: Connection, entity: str, values: Mapping[str, Any], variety: str | None = None) -> list[Row]:
    """What is wrong with an object of a type: path and message for each attribute."""
    known = {row["code"]: row for row in attributes(connection, entity, variety)}
    found = [{"path": f"/{name}", "message": f"没有属性 {name}"} for name in values if name not in known]
    for code, row in known.items():
        value = values.get(code)
        if value is None:
            found += [{"path": f"/{code}", "message": f"请填写{row['name']}"}] if row["required"] else []
            continue
        found += [{"path": f"/{code}", "message": text} for text in _faults(connection, row, value)]
    return found


def _faults(connection: Connection, row: Mapping[str, Any], value: Any) -> list[str]:
    plain = "string" if row["data_type"] == "date" else row["data_type"]
    found = [error.message for error in Draft202012Validator({"type": plain, **row["rule"]}).iter_errors(value)]
    format_name = "date" if row["data_type"] == "date" else row["rule"].get("format")
    reason = explain(format_name, value) if format_name else None
    if reason:
        found.append(reason[0])
    if row["dictionary"] and value not in {item["code"] for item in items(connection, row["dictionary"])}:
        found.append(f"{row['name']}不在字典 {row['dictionary']} 中")
    return found


def first_structure(connection: Connection, by: str, now: datetime) -> bool:
    """The standard's types and dictionaries, once, where there are none yet; returns whether they were entered."""
    if connection.execute(select(entity_type.c.code).limit(1)).first() is not None:
        return False
    for code, name in FIRST_TYPES.items():
        save_type(connection, {"code": code, "name": name}, by, now)
    person = {"entity": "main_applicant", "data_type": "string"}
    for code, name, more in (
        ("name", "姓名", {"required": True, "rule": {"maxLength": 100}}),
        ("id_no", "证件号码", {"required": True, "rule": {"format": "person-number"}}),
        ("mobile", "手机号码", {"rule": {"format": "cn-mobile"}}),
        ("industry", "职业行业", {"dictionary": "occupation_industry"}),
        ("low_income_months", "低保享受月数", {"data_type": "integer", "rule": {"minimum": 0}, "variety": "low_rent"}),
    ):
        save_attribute(connection, {**person, "code": code, "name": name, **more}, by, now)
    structure = {"entity": "protected_family", "code": "structure", "name": "家庭结构", "data_type": "string"}
    save_attribute(connection, {**structure, "dictionary": "family_structure", "required": True}, by, now)
    code = {"entity": "client_unit", "code": "credit_code", "name": "统一社会信用代码", "data_type": "string"}
    save_attribute(connection, {**code, "required": True, "rule": {"format": "cn-uscc"}}, by, now)
    for dictionary, entries in FIRST_DICTIONARIES.items():
        for sort, (item, label, parent) in enumerate(entries, start=1):
            entry = {"dictionary": dictionary, "code": item, "label": label, "parent": parent, "sort": sort}
            save_item(connection, entry, by, now)
    return True

"""The data structure of protected persons: entity types, attributes and dictionaries, shown to all, kept by administrators."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request
from sqlalchemy import Connection

from engine.errors import NotFound, ValidationFailed
from handlers.protected_object import structure as register
from handlers.protected_object.records import KINDS
from web.auth.guard import current_person, requires
from web.objects.room import KEEPERS, READERS, blueprint, reading
from web.services import current_services, writing


@blueprint.get("/structure")
@requires(*READERS)
def structure_page() -> str:
    """Types, attributes and dictionaries on one page (SH-204, SH-205)."""
    with reading() as connection:
        types, attributes = register.types(connection), register.all_attributes(connection)
        names = register.dictionaries(connection)
        dictionaries = {name: _levels(register.items(connection, name)) for name in names}
    return render_template("objects/structure.html", types=types, attributes=attributes, dictionaries=dictionaries, kinds=KINDS,
                           data_types=register.DATA_TYPES, may_write=current_person().any_of(*KEEPERS))  # fmt: skip


def _levels(items: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """The items as a tree: (depth, item), parents before children."""
    found: list[tuple[int, dict[str, Any]]] = []

    def under(parent: str | None, depth: int) -> None:
        for item in items:
            if item["parent"] == parent:
                found.append((depth, item))
                under(item["code"], depth + 1)

    under(None, 0)
    return found


@blueprint.post("/structure/first")
@requires(*KEEPERS)
def first_structure() -> Any:
    """Enter the standard's types and dictionaries where there are none."""
    return _kept(lambda connection, by, now: register.first_structure(connection, by, now))


@blueprint.post("/structure/<what>")
@requires(*KEEPERS)
def keep(what: str) -> Any:
    """Keep a type, an attribute or an item of a dictionary."""
    typed: dict[str, Any] = {name: value.strip()[:2000] or None for name, value in request.form.items()}
    if what == "type":
        return _kept(lambda connection, by, now: register.save_type(connection, typed, by, now))
    if what == "attribute":
        return _kept(lambda connection, by, now: register.save_attribute(connection, _with_rule(typed), by, now))
    if what != "item":
        raise NotFound("没有这一部分。")
    return _kept(lambda connection, by, now: register.save_item(connection, typed, by, now))


def _with_rule(typed: dict[str, Any]) -> dict[str, Any]:
    try:
        rule = json.loads(typed.get("rule") or "{}")
    except json.JSONDecodeError as error:
        raise ValidationFailed('校验规则应为 JSON，例如 {"maxLength": 100}') from error
    if not isinstance(rule, dict):
        raise ValidationFailed("校验规则应为 JSON 对象")
    return {**typed, "rule": rule}


def _kept(work: Callable[[Connection, str, Any], object]) -> Any:
    try:
        with writing() as connection:
            work(connection, current_person().name, current_services().clock.now())
        flash("已保存", "pass")
    except ValidationFailed as fault:
        flash(fault.message, "fail")
    return redirect("/objects/structure")

"""Texts and numbers in one place: each with the model that holds it and the way to change it. Changes nothing itself."""

from __future__ import annotations

import re
from typing import Any

from flask import render_template

from engine.bpmn.diagram import read_diagram
from engine.errors import GuangshaError
from engine.standing import DATES, LIMITS, NUMBERING, numbering_rule
from handlers.messaging.kept import filled
from handlers.messaging.texts import TEXTS
from web.auth.guard import requires
from web.rules.routes import READERS, blueprint
from web.rules.shelf import RuleShelf
from web.services import current_services
from web.studio import queries

TABLE = "message_texts"
TABLES = (NUMBERING, LIMITS, DATES)
SAMPLE = {
    "who": "张**",
    "what": "公共租赁住房准入资格申请",
    "no": "GZF-310101-20261121-00001",
    "agency": "黄浦区住房保障中心",
    "phone": "021-55550110",
    "details": "居住证复印件不清晰",
    "until_days": "5",
    "certificate": "GZZ2026310101000001",
    "result": "初审不通过",
    "reason": "人均住房建筑面积超过 15 平方米",
}
_SAMPLES = {"district": "310101", "year": "2026", "month": "11", "day": "21", "yyyymmdd": "20261121"}


@blueprint.get("/texts")
@requires(*READERS)
def texts() -> str:
    """The wording of every message in force today, where it is sent, how often it was, and the table to change it in."""
    kept = _kept()
    shown = {key: kept.get(key) or text for key, text in TEXTS.items()} | kept
    samples = {key: filled(text, SAMPLE) for key, text in shown.items()}
    return render_template(
        "rules/texts.html", texts=shown, kept=kept, samples=samples, places=_places(), counts=_sent(), table=TABLE
    )


@blueprint.get("/numbering")
@requires(*READERS)
def numbering() -> str:
    """The numbering rule of every process, with an example of the next number."""
    rules, services = [], current_services()
    for row in queries.latest_processes():
        rule = row["properties"].get("case_number_rule")
        if rule:
            with services.database.connect() as connection:
                rule = numbering_rule(services.engine.library, connection, services.clock.today(), row["key"]) or rule
            rules.append({"key": row["key"], "name": row["name"], "version": row["version"], "rule": rule, "sample": _sample(rule)})
    return render_template("rules/numbering.html", rules=rules, tables=TABLES)


def _kept() -> dict[str, str]:
    """Template to wording of the rows of the table in force; empty when it is not deployed."""
    shelf = RuleShelf(current_services(), TABLE)
    try:
        rule = shelf.rule("live")
    except GuangshaError:
        return {}
    found = {}
    for row in rule.table.rules if rule.table else ():
        for template in row.tests[0].text.split('"')[1::2]:
            found[template] = str(rule.judge()({"template": template}).outputs or "")
    return {template: text for template, text in found.items() if text}


def _sample(rule: str) -> str:
    return re.sub(r"\{(\w+)(?::(\d+))?\}", lambda m: "1".zfill(int(m[2] or 6)) if m[1] == "seq" else _SAMPLES.get(m[1], m[1]), rule)


_READ: dict[str, list[tuple[str, str]]] = {}


def _places() -> dict[str, list[dict[str, Any]]]:
    """Steps that send each text, by template."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in queries.latest_processes():
        for template, step in _messages(row):
            found.setdefault(template, []).append({"process": row["name"], "key": row["key"], "step": step})
    return found


def _messages(row: Any) -> list[tuple[str, str]]:
    """(template, step) of every message that a diagram sends; read once per content."""
    if row["hash"] not in _READ:
        full = queries.version(row["key"], row["version"])
        elements = [node.element for node in read_diagram(bytes(full["xml"])).nodes()] if full else []
        sends = [one for one in elements if one.topic == "messaging.send" and one.inputs.get("template")]
        _READ[row["hash"]] = [(one.inputs["template"], one.name) for one in sends]
    return _READ[row["hash"]]


def _sent() -> dict[str, int]:
    from sqlalchemy import func, select

    from engine.records import outgoing_message

    query = select(outgoing_message.c.template, func.count()).group_by(outgoing_message.c.template)
    with current_services().database.connect() as connection:
        return dict(connection.execute(query).all())

"""Where texts and numbers come from, in one place: each with the model that holds it, and the way to change it. Changes nothing."""

from __future__ import annotations

import re
from typing import Any

from flask import render_template

from engine.bpmn.diagram import read_diagram
from handlers.messaging.texts import TEXTS
from web.auth.guard import requires
from web.rules.routes import READERS, blueprint
from web.services import current_services
from web.studio import queries

_SAMPLES = {"district": "310101", "year": "2026", "month": "11", "day": "21", "yyyymmdd": "20261121"}


@blueprint.get("/texts")
@requires(*READERS)
def texts() -> str:
    """The wording of every message with its places, and how often it was sent."""
    return render_template("rules/texts.html", texts=TEXTS, places=_places(), counts=_sent())


@blueprint.get("/numbering")
@requires(*READERS)
def numbering() -> str:
    """The numbering rule of every process, with an example of the next number."""
    rules = []
    for row in queries.latest_processes():
        rule = row["properties"].get("case_number_rule")
        if rule:
            rules.append({"key": row["key"], "name": row["name"], "version": row["version"], "rule": rule, "sample": _sample(rule)})
    return render_template("rules/numbering.html", rules=rules)


def _sample(rule: str) -> str:
    return re.sub(r"\{(\w+)(?::(\d+))?\}", lambda m: "1".zfill(int(m[2] or 6)) if m[1] == "seq" else _SAMPLES.get(m[1], m[1]), rule)


def _places() -> dict[str, list[dict[str, Any]]]:
    """Steps that send each text, by template."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in queries.latest_processes():
        full = queries.version(row["key"], row["version"])
        for node in read_diagram(bytes(full["xml"])).nodes() if full else ():
            template = node.element.inputs.get("template", "")
            if node.element.topic == "messaging.send" and template:
                found.setdefault(template, []).append({"process": row["name"], "key": row["key"], "step": node.element.name})
    return found


def _sent() -> dict[str, int]:
    from sqlalchemy import func, select

    from engine.records import outgoing_message

    query = select(outgoing_message.c.template, func.count()).group_by(outgoing_message.c.template)
    with current_services().database.connect() as connection:
        return dict(connection.execute(query).all())

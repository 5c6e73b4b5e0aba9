"""Control: the sandbox's own pages: health, switches, ledger, people. No outside system has these."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from connectors.answer import jsonable
from connectors.sandbox import case_desk
from connectors.sandbox.behaviour import MODES, Behaviour
from connectors.sandbox.situations import SITUATIONS
from connectors.sandbox.world import Refusal, World


def control_app(systems: tuple[str, ...], world: World, behaviour: Behaviour) -> Flask:
    """GET /_health, /_switch, /_ledger[/<system>?limit&offset], /_people?situation&limit; POST /_switch, /_submit."""
    app = Flask("connectors.sandbox")

    @app.get("/_health")
    def health() -> ResponseReturnValue:
        return jsonify(status="up", systems=systems, seed=world.population.seed, nasty=behaviour.nasty,
                       people=len(world.population.people), today=world.population.today.isoformat())

    @app.get("/_switch")
    def switches() -> ResponseReturnValue:
        return jsonify(behaviour.switches() | {"modes": MODES})

    @app.post("/_switch")
    def switch() -> ResponseReturnValue:
        try:
            _turn_switches(systems, behaviour, request.get_json(force=True))
        except (KeyError, TypeError, ValueError) as error:
            return jsonify(error=str(error)), 400
        return jsonify(behaviour.switches())

    @app.get("/_ledger")
    def counts() -> ResponseReturnValue:
        return jsonify(world.ledger.counts())

    @app.get("/_ledger/<system>")
    def ledger(system: str) -> ResponseReturnValue:
        if system not in systems:
            return jsonify(error=f"no system {system}"), 404
        limit, offset = request.args.get("limit", 100, int), request.args.get("offset", 0, int)
        counted = world.ledger.counts().get(system, {"keys": 0, "deliveries": 0, "effects": 0, "doubled": 0})
        entries = [asdict(entry) for entry in world.ledger.entries(system, limit, offset)]
        return jsonify({"system": system, **counted, "entries": entries})

    @app.get("/_people")
    def people() -> ResponseReturnValue:
        return _people(world)

    @app.post("/_submit")
    def submit() -> ResponseReturnValue:
        try:
            return jsonify(case_desk.submit(world, request.get_json(force=True)))
        except Refusal as refusal:
            return jsonify(error=refusal.message), refusal.status

    return app


def _turn_switches(systems: tuple[str, ...], behaviour: Behaviour, order: dict[str, Any]) -> None:
    """{system: name or "*", mode, rate?, seconds?, polls?, for_s?}; mode "ok" is calm, "auto" back to the default."""
    chosen = systems if order["system"] == "*" else (order["system"],)
    if not set(chosen) <= set(systems):
        raise ValueError(f"no system {order['system']}")
    seconds, for_s = order.get("seconds"), order.get("for_s")
    for system in chosen:
        behaviour.set(system, order["mode"], float(order.get("rate", 1.0)),
                      None if seconds is None else float(seconds), int(order.get("polls", 2)),
                      None if for_s is None else float(for_s))


def _people(world: World) -> ResponseReturnValue:
    """Without a situation the list of situations, else the people who show it: for demonstrations by hand."""
    name = request.args.get("situation", "")
    if not name:
        return jsonify([{"name": item.name, "title": item.title} for item in SITUATIONS.values()])
    if name not in SITUATIONS:
        return jsonify(error=f"no situation {name}"), 404
    found = world.population.with_situation(name)[:request.args.get("limit", 20, int)]
    return jsonify([{**jsonable(person), "situations": sorted(person.situations)} for person in found])

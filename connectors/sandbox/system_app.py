"""System app: one outside system as a Flask app that answers its operations, well or badly. Knows no system's data.

Acting comes first, misbehaving second: what was done stands in the ledger even where the reply is lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from threading import Event
from typing import Any

from flask import Flask, Response, request

from connectors.sandbox.behaviour import Behaviour, Turn
from connectors.sandbox.ledger import KeyReused
from connectors.sandbox.world import Operation, Payload, Refusal, World

_BEFORE_ACTING = {
    "broken": (500, {"code": "E500", "message": "系统内部错误"}, {}),
    "busy": (429, {"code": "B429", "message": "请求过于频繁"}, {"Retry-After": "1"}),
    "late": (202, {"code": "0", "message": "已受理，结果生成中"}, {"Retry-After": "1"}),
    "refused": (403, {"code": "R403", "message": "无权访问该接口"}, {}),
    "ok_error": (200, {"code": "B001", "message": "系统繁忙，请稍后再试"}, {}),
}
_DRIPS = 20


def system_app(system: str, operations: tuple[Operation, ...], world: World, behaviour: Behaviour, stopped: Event
               ) -> Flask:
    """The app; GET health besides the operations. stopped ends every wait at once."""
    desk = _Desk(system, world, behaviour, stopped)
    app = Flask(f"connectors.sandbox.{system}")
    app.add_url_rule("/health", "health", desk.health)
    for operation in operations:
        app.add_url_rule(f"/{operation.path}", operation.path, desk.serve(operation), methods=[operation.method])
    return app


class _Desk:
    """Takes one request, lets the behaviour have its say, and answers."""

    def __init__(self, system: str, world: World, behaviour: Behaviour, stopped: Event) -> None:
        self._system, self._world, self._behaviour, self._stopped = system, world, behaviour, stopped

    def health(self) -> Response:
        turn = self._behaviour.turn(self._system, "health")
        if turn.mode in _BEFORE_ACTING:
            return _reply(*_BEFORE_ACTING[turn.mode])
        return self._misdeliver(turn, self._envelope({"system": self._system}))

    def serve(self, operation: Operation) -> Callable[..., Response]:
        def view(**path: str) -> Response:
            key = request.headers.get("Idempotency-Key", "") or request.full_path
            turn = self._behaviour.turn(self._system, f"{operation.path} {key}")
            if turn.mode in _BEFORE_ACTING:
                return _reply(*_BEFORE_ACTING[turn.mode])
            try:
                payload = self._payload(path)
                body = self._act(operation, payload, turn)
            except Refusal as refusal:
                return _reply(refusal.status, {"code": refusal.code, "message": refusal.message}, {})
            except KeyReused:
                return _reply(422, {"code": "R422", "message": "幂等键已用于另一请求"}, {})
            return self._misdeliver(turn, body)

        return view

    def _payload(self, path: Mapping[str, str]) -> dict[str, Any]:
        if request.method == "GET":
            return {**request.args.to_dict(), **path}
        if not request.headers.get("Idempotency-Key"):
            raise Refusal(400, "R400", "缺少 Idempotency-Key")
        payload = request.get_json(force=True, silent=True)
        if not isinstance(payload, dict):
            raise Refusal(400, "R400", "请求不是 JSON 对象")
        return payload

    def _act(self, operation: Operation, payload: dict[str, Any], turn: Turn) -> bytes:
        wrong = self._about_another(operation, payload) if turn.mode == "wrong_person" else None
        if wrong is not None and operation.lookup:
            return self._envelope(operation.run(self._world, wrong))
        body = self._perform(operation, payload, turn)
        return body if wrong is None else _swapped(body, payload, wrong)

    def _perform(self, operation: Operation, payload: dict[str, Any], turn: Turn) -> bytes:
        if operation.method == "GET":
            return self._envelope(operation.run(self._world, payload))
        return self._world.ledger.once(
            self._system, request.headers["Idempotency-Key"], operation.path, payload,
            lambda: self._envelope(operation.run(self._world, payload)), forgetful=turn.mode == "forgetful")

    def _about_another(self, operation: Operation, payload: Payload) -> dict[str, Any]:
        """The payload as a system reads it that has mixed up whom it is about."""
        other = self._world.somebody_else(str(payload.get("idNo", "")))
        mixed = {"idNo": other.id_no, "name": other.name, "mobile": other.mobile or "16999999999"}
        return {**payload, **{key: mixed.get(key, f"X{payload.get(key)}") for key in operation.subject}}

    def _envelope(self, data: Mapping[str, Any]) -> bytes:
        return _json({"code": "0", "message": "成功", "asOf": self._world.as_of(self._system).isoformat(),
                      "data": data})

    def _misdeliver(self, turn: Turn, body: bytes) -> Response:
        if turn.mode == "slow":
            self._stopped.wait(turn.seconds)
        if turn.mode == "half_json":
            body = body[:len(body) // 2]
        if turn.mode == "duplicate":
            return Response(_lost(), mimetype="application/json")
        if turn.mode == "drip":
            return Response(self._drip(body, turn.seconds), mimetype="application/json")
        return Response(body, mimetype="application/json")

    def _drip(self, body: bytes, seconds: float) -> Iterator[bytes]:
        step = max(1, len(body) // _DRIPS)
        for start in range(0, len(body), step):
            yield body[start:start + step]
            self._stopped.wait(seconds / _DRIPS)


def _lost() -> Iterator[bytes]:
    """A body that never comes: the server drops the connection without a status line."""
    raise ConnectionResetError("the reply is lost")
    yield b""


def _swapped(body: bytes, payload: Payload, wrong: Payload) -> bytes:
    """The reply of a deed that was done rightly but is reported about somebody else."""
    text = body.decode()
    for key, value in wrong.items():
        if value != payload.get(key):
            text = text.replace(json.dumps(payload[key], ensure_ascii=False), json.dumps(value, ensure_ascii=False))
    return text.encode()


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _reply(status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    return Response(_json(body), status, dict(headers), mimetype="application/json")

"""Declares an operation of the API once: its path, scope and shapes serve the routing, the checks and the OpenAPI file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from marshmallow import Schema, ValidationError

from engine.errors import ValidationFailed
from web.api.callers import caller

View = Callable[..., Any]


@dataclass(frozen=True)
class Operation:
    """method and path (Flask's rule), scope ("" = without a token), and the schemas of query, body and answer."""

    method: str
    path: str
    scope: str
    summary: str
    query: type[Schema] | None
    body: type[Schema] | None
    answer: type[Schema]
    name: str
    status: int
    rows: bool = False


OPERATIONS: list[Operation] = []


def operation(
    blueprint: Blueprint,
    method: str,
    path: str,
    answer: type[Schema],
    *,
    scope: str,
    summary: str,
    query: type[Schema] | None = None,
    body: type[Schema] | None = None,
    status: int = 200,
    rows: bool = False,
) -> Callable[[View], View]:
    """Serve the decorated function: it gets the checked input as one dict and gives what the answer's schema dumps.

    rows: the body is an array of `body`; the function gets it unchecked as `sent`, to answer for every row by itself.
    """

    def declare(view: View) -> View:
        OPERATIONS.append(Operation(method, path, scope, summary, query, body, answer, view.__name__, status, rows))

        @wraps(view)
        def run(**path_values: str) -> tuple[Response, int]:
            if scope:
                g.caller = caller(scope)
            given: dict[str, Any] = {}
            if query is not None:
                given |= _load(query, request.args.to_dict())
            if rows:
                given["sent"] = _array()
            elif body is not None:
                given |= _load(body, request.get_json(silent=True))
            return jsonify(answer().dump(view(**path_values, **given))), status

        blueprint.add_url_rule(path, view.__name__, run, methods=[method])
        return view

    return declare


def _array() -> list[Any]:
    data = request.get_json(silent=True)
    if not isinstance(data, list):
        raise ValidationFailed("请求正文应为 JSON 数组", errors=[{"path": "", "message": "JSON array expected"}])
    return data


def _load(schema: type[Schema], data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ValidationFailed("请求正文应为 JSON 对象", errors=[{"path": "", "message": "JSON object expected"}])
    try:
        found: dict[str, Any] = schema().load(data)
    except ValidationError as error:
        faults = [{"path": f"/{path}", "message": str(words)} for path, words in _flat(error.messages)]
        raise ValidationFailed("请求内容不符合接口约定，见 details.errors", errors=faults) from error
    return found


def _flat(messages: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(messages, dict):
        return [one for key, inner in messages.items() for one in _flat(inner, f"{path}/{key}" if path else str(key))]
    return [(path, words) for words in (messages if isinstance(messages, list) else [messages])]

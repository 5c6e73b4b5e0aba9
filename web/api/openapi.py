"""Writes the OpenAPI 3 file from the declared operations, so that it cannot differ from what is served."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from web.api import schemas
from web.api.operations import OPERATIONS, Operation

_PATH = re.compile(r"<(?:\w+:)?(\w+)>")
_FAULTS = {
    "401": "没有令牌",
    "403": "没有权限",
    "404": "没有找到",
    "409": "情况已变化",
    "422": "内容不符合约定",
    "429": "过于频繁",
}


@cache
def document() -> dict[str, Any]:
    """The whole file as a dict."""
    spec = APISpec(
        title="广厦 Guangsha",
        version="1.0.0",
        openapi_version="3.0.3",
        plugins=[MarshmallowPlugin()],
        info={"description": "住房保障审批平台的数据接口；令牌见 /token。"},
        servers=[{"url": "/api/v1"}],
    )
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    for one in OPERATIONS:
        spec.path(path=_PATH.sub(r"{\1}", one.path), operations={one.method.lower(): _described(one)})
    return spec.to_dict()


def _described(one: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": [
            {"in": "path", "name": name, "required": True, "schema": {"type": "string"}} for name in _PATH.findall(one.path)
        ],
        "responses": {
            str(one.status): {"description": "完成", "content": {"application/json": {"schema": one.answer}}},
            **{code: {"description": words, "content": {"application/json": {"schema": schemas.Fault}}}
               for code, words in _FAULTS.items()},
        },
    }  # fmt: skip
    if one.query is not None:
        found["parameters"].append({"in": "query", "schema": one.query})
    if one.body is not None:
        shape: Any = {"type": "array", "items": one.body} if one.rows else one.body
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": shape}}}
    if one.scope:
        found["security"] = [{"bearer": []}]
        found["description"] = f"需要权限 {one.scope}"
    return found

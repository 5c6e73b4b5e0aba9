"""The outside systems as the operator sees them, and the switches of their stand-in; asks no business question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from connectors import INTERFACES
from engine.errors import Unavailable, ValidationFailed

MODES: Mapping[str, str] = {
    "auto": "默认",
    "ok": "正常",
    "slow": "慢：先办后答",
    "drip": "极慢：逐字答复",
    "broken": "坏：返回 500",
    "busy": "忙：请稍后再试",
    "late": "迟：先答“处理中”",
    "refused": "拒绝：无权访问",
    "duplicate": "丢答复：重试得同一结果",
    "forgetful": "重复办理：不认幂等号",
    "wrong_person": "答成别人",
    "half_json": "答复只到一半",
    "ok_error": "200 但内容是错误",
}
_TIMEOUT_S = 3.0


def systems(services: Any) -> list[dict[str, Any]]:
    """Every outside system with its interface document and, in the demo, the mode it is switched to."""
    switched = _switches(services)
    return [
        {
            "system": name,
            "title": info.title,
            "department": info.department,
            "document": info.document,
            "version": info.version,
            "mode": switched.get(name, {}).get("mode", "auto"),
        }
        for name, info in INTERFACES.items()
    ]


def health(services: Any, system: str) -> dict[str, Any]:
    """status up or down, error code, breaker_open, latency_ms, checked_at; never raises."""
    return services.connectors.clients()[system].health()


def switch(services: Any, system: str, mode: str) -> None:
    """Turn the switch of one system of the sandbox; raises Unavailable when the sandbox does not answer."""
    if mode not in MODES or (system != "*" and system not in INTERFACES):
        raise ValidationFailed("没有这个沙箱开关", mode=mode, system=system)
    try:
        answer = httpx.post(
            f"{services.config.sandbox_url}/_switch",
            json={"system": system, "mode": mode},
            timeout=_TIMEOUT_S,
            trust_env=False,
        )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise Unavailable("沙箱没有应答，开关没有改变", retry_after_s=_TIMEOUT_S) from error


def _switches(services: Any) -> Mapping[str, Mapping[str, Any]]:
    if not services.config.sandbox_url:
        return {}
    try:
        answer = httpx.get(f"{services.config.sandbox_url}/_switch", timeout=_TIMEOUT_S, trust_env=False)
        found: Mapping[str, Mapping[str, Any]] = answer.json().get("systems", {})
        return found
    except (httpx.HTTPError, ValueError):
        return {}

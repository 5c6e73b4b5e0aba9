"""One function for the desks' templates: the same address with other arguments. Holds no state."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request


def with_args(**changes: Any) -> str:
    """This page with some of its arguments changed; None or "" removes one."""
    arguments = {**request.args.to_dict(), **changes}
    kept = {name: value for name, value in arguments.items() if value not in (None, "")}
    return request.path + (f"?{urlencode(kept)}" if kept else "")


def install(blueprint: Blueprint) -> None:
    """Give every template of the application the function `with_args`."""
    blueprint.add_app_template_global(with_args, "with_args")

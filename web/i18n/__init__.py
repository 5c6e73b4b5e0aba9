"""Chinese is the key, English the dictionary: `_()` gives the words of this visitor's language; translates no data."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, g, has_request_context, redirect, request
from werkzeug.wrappers import Response

COOKIE = "gs_lang"
LANGUAGES = {"zh": "中文", "en": "English"}
_FOLDER = Path(__file__).parent

blueprint = Blueprint("i18n", __name__)


@cache
def dictionary() -> dict[str, str]:
    """English by Chinese, from every *.json beside this file (each desk may bring its own)."""
    found: dict[str, str] = {}
    for path in sorted(_FOLDER.glob("*.json")):
        found.update(json.loads(path.read_text("utf-8")))
    return found


def language() -> str:
    """zh or en: the visitor's choice, Chinese by default."""
    if not has_request_context():
        return "zh"
    if "language" not in g:
        chosen = request.cookies.get(COOKIE, "zh")
        g.language = chosen if chosen in LANGUAGES else "zh"
    return g.language


def _(text: str, **values: object) -> str:
    """The text in the visitor's language with {names} filled in; Chinese where no English is known."""
    words = dictionary().get(text, text) if language() == "en" else text
    return words.format(**values) if values else words


def local_path(target: str | None, default: str = "/") -> str:
    """The target when it is a path of this site, else the default: nobody is sent to another host."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\n" in target or "\r" in target:
        return default
    return target


@blueprint.get("/lang/<code>")
def switch(code: str) -> Response:
    """Remember the language and go back to the page."""
    response = redirect(local_path(request.args.get("next")))
    response.set_cookie(COOKIE, code if code in LANGUAGES else "zh", samesite="Lax", max_age=365 * 86400)
    return response


@blueprint.get("/elder/<state>")
def elder(state: str) -> Response:
    """Remember the elder theme (larger and simpler) and go back to the page."""
    response = redirect(local_path(request.args.get("next")))
    response.set_cookie("gs_elder", "1" if state == "on" else "0", samesite="Lax", max_age=365 * 86400)
    return response


def install(app: Flask) -> None:
    """Give templates `_`, `lang` and `elder`."""
    app.jinja_env.globals["_"] = _
    app.jinja_env.globals["language"] = language
    app.jinja_env.globals["elder"] = lambda: request.cookies.get("gs_elder") == "1"
    app.register_blueprint(blueprint)

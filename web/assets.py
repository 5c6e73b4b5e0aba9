"""Serves the built islands and the kit from web/ui/dist by the names in its manifest; builds nothing."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, abort, current_app, g, request, send_from_directory
from markupsafe import Markup
from werkzeug.wrappers import Response

from web.services import current_services

PREFIX = "/assets"
_LONG = 365 * 86400


@cache
def _read(path: Path, _changed: float) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))


def manifest() -> dict[str, Any]:
    """entry -> {js, css, hash}, read again when the build changes; empty without a build."""
    if "manifest" not in g:
        path = current_services().config.dist / "manifest.json"
        g.manifest = _read(path, path.stat().st_mtime) if path.exists() else {}
    found: dict[str, Any] = g.manifest
    return found


def asset(name: str) -> str:
    """The address of one built file with the hash of its entry, so that caches never show an old one."""
    known = manifest()
    entry = next((e for e in known.values() if name in e["css"] or name == e["js"]), known.get("kit", {}))
    return f"{PREFIX}/{name}?v={entry.get('hash', '0')}"


def island(name: str) -> Markup:
    """Style sheets and script of one island by its entry name (form, viewer, …); nothing when it is not built."""
    entry = manifest().get(name.partition(".")[0])
    if entry is None:
        return Markup("")
    version = entry["hash"]
    tags = [f'<link rel="stylesheet" href="{PREFIX}/{css}?v={version}">' for css in entry["css"] if css != "kit.css"]
    return Markup("\n".join([*tags, f'<script type="module" src="{PREFIX}/{entry["js"]}?v={version}"></script>']))


def icon(name: str, large: bool = False) -> Markup:
    """One icon of the kit's sprite, hidden from screen readers: the word stands beside it."""
    if "sprite" not in g:
        g.sprite = asset("icons.svg")
    kind = "gs-icon gs-icon--l" if large else "gs-icon"
    return Markup(f'<svg class="{kind}" aria-hidden="true"><use href="{g.sprite}#{name}"></use></svg>')


def install(app: Flask) -> None:
    """Serve the built files and give templates `asset`, `island` and `icon`."""
    app.jinja_env.globals.update(asset=asset, island=island, icon=icon)

    @app.get(f"{PREFIX}/<path:name>", endpoint="built_asset")
    def built(name: str) -> Response:
        if name.startswith(".") or "/." in name:
            abort(404)
        response = send_from_directory(current_services().config.dist, name)
        lasting = "v" in request.args or name.startswith(("chunks/", "assets/"))
        response.headers["Cache-Control"] = f"public, max-age={_LONG}, immutable" if lasting else "no-cache"
        return response

    @app.get("/favicon.ico", endpoint="favicon")
    def favicon() -> Response:
        return current_app.response_class(_ICON, mimetype="image/svg+xml", headers={"Cache-Control": "max-age=86400"})


_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#1557B0"/>'
    '<path d="M6 15 16 7l10 8v10H6z" fill="none" stroke="#fff" stroke-width="2.4" stroke-linejoin="round"/>'
    '<path d="M13 25v-7h6v7" fill="none" stroke="#fff" stroke-width="2.4"/></svg>'
)

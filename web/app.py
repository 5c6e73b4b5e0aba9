"""Puts the Flask application together: services in, blueprints out; contains no page and no business."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from flask import Blueprint, Flask

import web
from web import assets, errors, health, i18n, layout
from web.auth import csrf, headers
from web.services import db

if TYPE_CHECKING:
    from web.bootstrap import Services

MAX_REQUEST_BYTES = 64 * 1024 * 1024


def create_app(services: Services) -> Flask:
    """The application over these services. Every package under web/ that has `routes.blueprint` is served."""
    app = Flask("web", static_folder=None, template_folder="templates")
    app.config.update(
        SECRET_KEY=services.config.secret,
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="gs_flash",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SQLALCHEMY_DATABASE_URI=services.config.url,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json.ensure_ascii = app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.policies["json.dumps_kwargs"] = {}
    app.extensions["guangsha"] = services
    db.init_app(app)
    for part in (headers, csrf, i18n, assets, layout, errors, health):
        part.install(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    for name, template in (("kit", "macros.html"), ("forms", "forms.html")):
        app.jinja_env.globals[name] = app.jinja_env.get_template(template).module
    return app


def blueprints() -> list[Blueprint]:
    """The `blueprint` of every package under web/ that has one, in `routes` or in the package itself."""
    found: list[Blueprint] = []
    for info in pkgutil.iter_modules(web.__path__):
        if info.ispkg and info.name not in {"i18n", "commands"}:
            blueprint = _blueprint_of(f"web.{info.name}")
            if blueprint is not None:
                found.append(blueprint)
    return found


def _blueprint_of(package: str) -> Blueprint | None:
    module = importlib.import_module(package)
    if not hasattr(module, "blueprint") and any(sub.name == "routes" for sub in pkgutil.iter_modules(module.__path__)):
        module = importlib.import_module(f"{package}.routes")
    return getattr(module, "blueprint", None)

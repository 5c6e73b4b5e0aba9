"""The WSGI application that gunicorn serves; built once a process, after the fork."""

from __future__ import annotations

from web import bootstrap
from web.app import create_app
from web.config import Config

app = create_app(bootstrap.build(Config.from_env()))

"""The administrator's desk: rules changed, tried, tested, weighed and handed to a second person; decides no case."""

from __future__ import annotations

from web.rules import calendar_routes, wording_routes
from web.rules.routes import blueprint

__all__ = ["blueprint", "calendar_routes", "wording_routes"]

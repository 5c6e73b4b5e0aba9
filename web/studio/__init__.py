"""The analyst's desk: diagrams opened, changed, checked, compared and handed to a second person; executes nothing."""

from __future__ import annotations

from web.studio.routes import blueprint

__all__ = ["blueprint"]

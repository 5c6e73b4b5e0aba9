"""One page that shows the whole visual language; every other page only uses what stands here."""

from __future__ import annotations

from web.style.routes import blueprint

__all__ = ["blueprint"]

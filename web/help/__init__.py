"""Help by role in Chinese and English; plain pages under pages/<language>/, no mark-up language of its own."""

from __future__ import annotations

from web.help.routes import blueprint

__all__ = ["blueprint"]

"""The pages of protected persons: this module gathers them; the pages stand in warnings, families, units and structure."""

from __future__ import annotations

from web.objects import families, structure, units, warnings
from web.objects.room import blueprint

__all__ = ["blueprint", "families", "structure", "units", "warnings"]

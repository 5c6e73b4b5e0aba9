"""The auditor's desk: cases as they were, step by step, with proof; changes nothing."""

from __future__ import annotations

from web.audit.routes import blueprint

__all__ = ["blueprint"]

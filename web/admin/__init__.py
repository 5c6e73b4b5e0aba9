"""The operator's desk: incidents, queues, connectors, accounts and deployments; decides no approval."""

from __future__ import annotations

from web.admin.routes import blueprint

__all__ = ["blueprint"]

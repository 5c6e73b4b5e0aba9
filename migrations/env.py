"""Alembic's entry: runs the migrations on the connection that web.schema hands over, against all tables of the product."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from engine.records import Instant, JsonText
from web.tables import metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our column types are written as plain ones: a migration must keep its meaning when the code has moved on."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True).with_variant(sa.String(27), 'sqlite')"
    if kind == "type" and isinstance(item, JsonText):
        return "sa.Text()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

"""What upper-layer applications ask about the data structure of protected persons: types, attributes, dictionaries. SH-205."""

from __future__ import annotations

from typing import Any

from engine.errors import NotFound
from handlers.protected_object import structure
from web.services import current_services


def types() -> dict[str, Any]:
    """All entity types."""
    with current_services().database.connect() as connection:
        return {"items": structure.types(connection)}


def attributes(entity: str, variety: str | None) -> dict[str, Any]:
    """The basic attributes of a type, with a variety also its own."""
    with current_services().database.connect() as connection:
        if entity not in {row["code"] for row in structure.types(connection)}:
            raise NotFound(f"没有实体类型 {entity}。", entity=entity)
        return {"items": structure.attributes(connection, entity, variety)}


def dictionary(name: str, parent: str | None) -> dict[str, Any]:
    """The items of a dictionary, or those under one of them."""
    with current_services().database.connect() as connection:
        if name not in structure.dictionaries(connection):
            raise NotFound(f"没有字典 {name}。", dictionary=name)
        return {"items": structure.items(connection, name, parent)}

"""What the public may ask for: the guide of each service, made from the diagram and its form so that it cannot disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.errors import NotFound
from engine.views import DefinitionView, FormView
from web.i18n import language
from web.services import current_services
from web.submission import form_of


@dataclass(frozen=True)
class Guide:
    """One service: its definition, its form, what to bring, how long it takes, the law it rests on."""

    definition: DefinitionView
    form: FormView | None
    materials: tuple[tuple[str, bool, str], ...]
    working_days: str
    legal_basis: str
    phone: str

    @property
    def title(self) -> str:
        definition = self.definition
        return (definition.name_en if language() == "en" else None) or definition.properties.get("title", definition.name)


def offered() -> list[DefinitionView]:
    """Every process that is open to the public, by name."""
    return [d for d in current_services().engine.definitions() if d.public]


def guide(process_key: str) -> Guide:
    """The guide of one service. Raises NotFound for what is not offered to the public."""
    found = next((d for d in offered() if d.key == process_key), None)
    if found is None:
        raise NotFound("没有这个办理事项，可能已停办；请从首页重新选择", process_key=process_key)
    form = form_of(found.start_form_key) if found.start_form_key else None
    days = found.properties.get("deadline.working_days", "")
    return Guide(
        definition=found,
        form=form,
        materials=tuple(_materials(form.schema)) if form else (),
        working_days=days if days.isdecimal() else "",
        legal_basis=found.properties.get("legal_basis", ""),
        phone=found.properties.get("phone", "021-55550100"),
    )


def _materials(schema: Any, asked: bool = True) -> list[tuple[str, bool, str]]:
    """(name, mandatory, hint) of every file that the form can take."""
    found: list[tuple[str, bool, str]] = []
    required = set(schema.get("required", ())) if isinstance(schema, dict) else set()
    for key, child in (schema.get("properties", {}) if isinstance(schema, dict) else {}).items():
        if not isinstance(child, dict):
            continue
        inner = child.get("items", {}) if isinstance(child.get("items"), dict) else {}
        if "gs-file" in (child.get("format"), inner.get("format")):
            title = (child.get("x-title-en") if language() == "en" else None) or child.get("title", key)
            found.append((title, asked and key in required, child.get("description", "")))
        elif child.get("type") == "object":
            found += _materials(child, asked and key in required)
    return found

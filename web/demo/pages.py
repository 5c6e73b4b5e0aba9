"""Reads our pages the way a person does: forms, hidden fields, choices, tables, messages. Asks the server nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import html


@dataclass(frozen=True)
class Island:
    """The form island of a page: the form's key, its schema and the value it starts with."""

    form_key: str
    schema: dict[str, Any]
    value: dict[str, Any]


@dataclass(frozen=True)
class PageForm:
    """One HTML form: where it posts to, its hidden fields, and the choices of each radio or button group."""

    action: str
    hidden: dict[str, str]
    choices: dict[str, list[str]]


class Page:
    """One answer of the server as a document."""

    def __init__(self, status: int, location: str, text: str) -> None:
        self.status, self.location, self._text = status, location, text

    @cached_property
    def tree(self) -> Any:
        return html.fromstring(self._text or "<html></html>")

    @property
    def csrf(self) -> str:
        found = self.tree.xpath("//meta[@name='csrf-token']/@content")
        return str(found[0]) if found else ""

    def form(self, action: str = "", form_id: str = "") -> PageForm | None:
        """The form that posts to a path ending so (query apart), or the one with this id; None if there is none."""
        for node in self.tree.xpath("//form[translate(@method,'POST','post')='post']"):
            path = node.get("action", "").partition("?")[0]
            if (form_id and node.get("id") == form_id) or (action and path.endswith(action)):
                return _form(node)
        return None

    @cached_property
    def island(self) -> Island | None:
        for node in self.tree.xpath("//*[@data-gs-form]"):
            parts = {name: _script(node, name) for name in ("schema", "value")}
            return Island(node.get("data-form-key", ""), parts["schema"] or {}, parts["value"] or {})
        return None

    @property
    def problems(self) -> str:
        """What the page says is wrong: the summary of faults, alerts, the sentence of an error page."""
        nodes = self.tree.xpath("//*[contains(@class,'gs-summary')]//li | //*[@role='alert'] | //p[contains(@class,'gs-strong')]")
        found = [words(node) for node in nodes]
        for node in self.tree.xpath("//*[@data-gs-form]"):
            found += [f"{fault['path']} {fault['message']}" for fault in _script(node, "errors") or []]
        return "；".join(dict.fromkeys(filter(None, found)))[:400]

    def rows(self) -> Iterator[tuple[str, str, list[str]]]:
        """(address, heading, cells) of each row of the page's list."""
        for node in self.tree.xpath("//table[@data-gs-list]//tr[@data-gs-href]"):
            yield node.get("data-gs-href"), words(node.xpath("./th")[0]), [words(cell) for cell in node.xpath("./td")]

    def links(self, start: str) -> list[str]:
        """Addresses of the links that begin so, each once."""
        return list(dict.fromkeys(str(a) for a in self.tree.xpath("//a/@href") if a.startswith(start)))

    def text_of(self, *ids: str) -> str:
        """The words inside the parts with these ids."""
        return " ".join(words(node) for one in ids for node in self.tree.xpath(f"//*[@id='{one}']"))

    def failing(self) -> str:
        """The titles of the checks that the page shows as failed."""
        nodes = self.tree.xpath("//*[@id='checks']//summary[.//*[contains(@class,'gs-state--fail')]]")
        return " ".join(words(node) for node in nodes)


def words(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())


def _form(node: Any) -> PageForm:
    hidden = {one.get("name"): one.get("value", "") for one in node.xpath(".//input[@type='hidden'][@name]")}
    choices: dict[str, list[str]] = {}
    for one in node.xpath(".//input[@type='radio'][@name] | .//button[@name]"):
        choices.setdefault(one.get("name"), []).append(one.get("value", ""))
    return PageForm(node.get("action", ""), hidden, choices)


def _script(node: Any, name: str) -> Any:
    found = node.xpath(f".//script[@data-gs-form-{name}]")
    return json.loads(found[0].text or "null") if found else None

"""Lays the values of a form out for reading: sections, labelled rows, tables of rows, files; masks what must be masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from web.i18n import _, language
from web.masking import mask_id, mask_phone

_ID_FORMATS = frozenset({"cn-id-card", "person-number", "passport", "hk-mo-permit", "tw-permit", "hk-mo-tw-residence"})


@dataclass(frozen=True)
class Answer:
    """One labelled value. `masked`: the full value can be asked for by its path; `files`: ids of uploaded files."""

    path: str
    label: str
    text: str
    masked: bool = False
    files: tuple[str, ...] = ()
    missing: bool = False


@dataclass(frozen=True)
class Section:
    """A titled part of the form: single answers, and tables (label, headings, rows of answers)."""

    key: str
    title: str
    answers: tuple[Answer, ...] = ()
    tables: tuple[AnswerTable, ...] = ()


@dataclass(frozen=True)
class AnswerTable:
    path: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Answer, ...], ...] = field(default=())


def lay_out(schema: Mapping[str, Any], value: Mapping[str, Any], mask: bool = True) -> list[Section]:
    """The sections of a form in the order of its schema; fields without a value are left out, except in tables."""
    reader = _Reader(schema, mask)
    loose: list[Answer] = []
    tables: list[AnswerTable] = []
    sections: list[Section] = []
    for key, child in reader.fields(schema, value):
        path = f"/{key}"
        if key not in value:
            continue
        if _is_object(child, value[key]):
            answers, inner = reader.flat(child, value[key], path)
            sections.append(Section(key, reader.title(child, key), tuple(answers), tuple(inner)))
        elif reader.is_table(child):
            tables.append(reader.table(child, value[key], path, key))
        else:
            loose.append(reader.answer(child, value[key], path, key))
    first = [Section("", _("基本信息"), tuple(loose))] if loose else []
    last = [Section(table.path, table.title, (), (table,)) for table in tables]
    return [*first, *sections, *last]


def value_at(value: Any, pointer: str) -> Any:
    """The value at a JSON Pointer, or None."""
    for part in pointer.strip("/").split("/"):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def file_ids(schema: Mapping[str, Any], value: Any) -> list[tuple[str, str, str]]:
    """(label, path, file id) of every uploaded file in a form's value, in the order of the form."""
    found: list[tuple[str, str, str]] = []
    _collect(_Reader(schema, False), schema, value, "", "", found)
    return found


def _collect(reader: _Reader, schema: Any, value: Any, path: str, label: str, found: list[tuple[str, str, str]]) -> None:
    node = reader.resolve(schema)
    if node.get("format") == "gs-file" and isinstance(value, str) and value:
        found.append((label, path, value))
    elif isinstance(value, Mapping):
        for key, child in reader.fields(node, value):
            if key in value:
                title = reader.title(child, key)
                _collect(reader, child, value[key], f"{path}/{key}", title, found)
    elif isinstance(value, list):
        for number, row in enumerate(value):
            _collect(reader, node.get("items", {}), row, f"{path}/{number}", label, found)


def _is_object(schema: Mapping[str, Any], value: Any) -> bool:
    return isinstance(value, Mapping) and schema.get("format") != "gs-file"


class _Reader:
    def __init__(self, root: Mapping[str, Any], mask: bool) -> None:
        self.root, self.mask = root, mask

    def resolve(self, schema: Any) -> Mapping[str, Any]:
        node = schema if isinstance(schema, Mapping) else {}
        for _step in range(8):
            reference = node.get("$ref", "")
            if not reference.startswith("#/"):
                break
            found: Any = self.root
            for part in reference[2:].split("/"):
                found = found.get(part, {}) if isinstance(found, Mapping) else {}
            node = {**found, **{k: v for k, v in node.items() if k != "$ref"}}
        return node

    def fields(self, schema: Any, value: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Every field of an object with its schema, those under conditions too, in order; unknown ones last."""
        seen: dict[str, Mapping[str, Any]] = {}
        self._gather(self.resolve(schema), seen)
        yield from seen.items()
        for key in value:
            if key not in seen and key not in ("outcome", "opinion", "actor", "actor_name", "at"):
                yield key, {}

    def _gather(self, node: Mapping[str, Any], seen: dict[str, Mapping[str, Any]]) -> None:
        for key, child in node.get("properties", {}).items():
            resolved = self.resolve(child)
            if key not in seen or (not seen[key].get("title") and resolved.get("title")):
                seen[key] = resolved
        for word in ("allOf", "anyOf", "oneOf"):
            for branch in node.get(word, ()):
                self._gather(self.resolve(branch), seen)
        for word in ("then", "else"):
            if isinstance(node.get(word), Mapping):
                self._gather(self.resolve(node[word]), seen)

    def title(self, schema: Mapping[str, Any], key: str) -> str:
        return str((schema.get("x-title-en") if language() == "en" else None) or schema.get("title") or key)

    def is_table(self, schema: Mapping[str, Any]) -> bool:
        items = self.resolve(schema.get("items", {}))
        return schema.get("type") == "array" and bool(items.get("properties") or items.get("allOf"))

    def flat(self, schema: Any, value: Mapping[str, Any], path: str) -> tuple[list[Answer], list[AnswerTable]]:
        """The answers of an object and of the objects inside it, and its tables."""
        answers: list[Answer] = []
        tables: list[AnswerTable] = []
        for key, child in self.fields(schema, value):
            if key not in value:
                continue
            here = f"{path}/{key}"
            if self.is_table(child):
                tables.append(self.table(child, value[key], here, key))
            elif _is_object(child, value[key]):
                inner, more = self.flat(child, value[key], here)
                answers += inner
                tables += more
            else:
                answers.append(self.answer(child, value[key], here, key))
        return answers, tables

    def table(self, schema: Mapping[str, Any], rows: Any, path: str, key: str) -> AnswerTable:
        items = self.resolve(schema.get("items", {}))
        rows = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
        columns = [(k, s) for k, s in self.fields(items, rows[0] if rows else {}) if any(k in row for row in rows)]
        return AnswerTable(
            path,
            self.title(schema, key),
            tuple(self.title(child, name) for name, child in columns),
            tuple(
                tuple(self.answer(child, row.get(name), f"{path}/{n}/{name}", name) for name, child in columns)
                for n, row in enumerate(rows)
            ),
        )

    def answer(self, schema: Mapping[str, Any], value: Any, path: str, key: str) -> Answer:
        label = self.title(schema, key)
        if value is None or value in ("", []):
            return Answer(path, label, "—", missing=True)
        if schema.get("format") == "gs-file" or self.resolve(schema.get("items", {})).get("format") == "gs-file":
            ids = tuple(value) if isinstance(value, list) else (str(value),)
            return Answer(path, label, _("{n} 个文件", n=len(ids)), files=ids)
        text, masked = self.text(schema, value)
        return Answer(path, label, text, masked)

    def text(self, schema: Mapping[str, Any], value: Any) -> tuple[str, bool]:
        """The value in words and whether something in it is masked."""
        name = schema.get("format", "")
        if isinstance(value, bool):
            return _("是") if value else _("否"), False
        if isinstance(value, list):
            items = self.resolve(schema.get("items", {}))
            return "、".join(self.text(items, one)[0] for one in value), False
        if isinstance(value, Mapping):
            return "；".join(f"{k}：{self.text({}, v)[0]}" for k, v in value.items()), False
        text = self.word(schema, value)
        if self.mask and (name in _ID_FORMATS or schema.get("x-mask") == "id"):
            return mask_id(text), True
        if self.mask and name in ("cn-mobile", "cn-bank-card"):
            return mask_phone(text), True
        if schema.get("type") in ("number", "integer") and "fen" in str(schema.get("x-unit", "")):
            return f"{int(value) / 100:,.2f} {_('元')}", False
        unit = schema.get("x-unit", "")
        return f"{text} {unit}".strip(), False

    def word(self, schema: Mapping[str, Any], value: Any) -> str:
        """The title of a chosen option (oneOf const/title, or x-enum-titles), else the value as text."""
        for option in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
            if isinstance(option, Mapping) and option.get("const") == value:
                return self.title(option, str(value))
        titles = schema.get("x-enum-titles") or {}
        return str(titles.get(str(value), value) if isinstance(titles, Mapping) else value)

"""Checks and cleans what people enter against a form's JSON Schema 2020-12. Stores nothing and asks nobody.

The same schema is used by the browser; the word of this module is final. Besides the standard it reads
`x-title-en`, `x-message` ({zh, en}: replaces the sentence for any fault of that field) and, at the root,
`x-outcomes`: {outcome: {"required": [...], "opinion": true, "schema": {...}}}, what a decision asks in addition.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]

from engine.formats import FORMATS, explain, narrow, normalise_text

MAX_BYTES: Final = 512 * 1024
MAX_DEPTH: Final = 12
MAX_TEXT: Final = 20_000
MAX_ROWS: Final = 1_000
MAX_ERRORS: Final = 100

Schema = Mapping[str, Any]
Access = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FieldError:
    """path: JSON Pointer of the field ("" is the whole form); message: Chinese; message_en: English."""

    path: str
    message: str
    message_en: str

    def as_dict(self) -> dict[str, str]:
        return {"path": self.path, "message": self.message, "message_en": self.message_en}


def validate(
    schema: Schema,
    data: Mapping[str, Any],
    access: Access | None = None,
    *,
    outcome: str | None = None,
    opinion: str | None = None,
) -> list[FieldError]:
    """All faults of an already normalised form, in the order of the form; empty when it may be stored.

    access: JSON Pointer to "hidden", "read" or "write"; what may not be written is neither asked for nor accepted.
    outcome, opinion: the decision the form goes with, for the rules under `x-outcomes`.
    """
    oversized = _too_large(data)
    if oversized:
        return [oversized]
    errors = list(_refused_fields(data, access))
    effective = for_outcome(schema, outcome)
    locked = {path for path, right in (access or {}).items() if right in ("hidden", "read")}
    for fault in _validator(_key(effective)).iter_errors(data):
        errors.extend(e for e in _explain(fault, effective) if e.path not in locked)
    if _needs_opinion(schema, outcome) and opinion is not None and not opinion.strip():
        errors.append(FieldError("/opinion", "请填写意见", "Enter an opinion"))
    return _ordered(errors, schema)[:MAX_ERRORS]


def normalise(schema: Schema, data: Any, access: Access | None = None) -> Any:
    """The form as it was meant: trimmed, half-width digits, numbers as numbers, empty fields left out.

    Values at paths that may only be read are dropped, so a page may send them back unchanged.
    """
    if _too_large(data):
        return data
    return _clean(schema, data, "", {p for p, right in (access or {}).items() if right == "read"})


def for_outcome(schema: Schema, outcome: str | None) -> Schema:
    """The schema together with what this outcome asks in addition."""
    extra = schema.get("x-outcomes", {}).get(outcome or "", {})
    wanted = {k: v for k, v in (("required", extra.get("required")), *extra.get("schema", {}).items()) if v}
    return {**schema, "allOf": [*schema.get("allOf", []), wanted]} if wanted else schema


def check_schema(schema: Any) -> list[str]:
    """What is wrong with the schema itself: faults of JSON Schema 2020-12, unknown formats, missing titles."""
    if not isinstance(schema, dict):
        return ["表单模式应为 JSON 对象"]
    problems = [
        f"{e.json_path}: {e.message}"
        for e in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema)
    ]
    for path, node in _nodes(schema, ""):
        name = node.get("format")
        if name is not None and name not in FORMATS and name not in ("date-time", "email", "uri", "textarea"):
            problems.append(f"{path}: 未知格式 {name}")
        for field, child in _properties(node):
            if isinstance(child, dict) and "title" not in child and "$ref" not in child and not _is_condition(path):
                problems.append(f"{path}/properties/{field}: 缺少 title")
    return problems


def _is_condition(path: str) -> bool:
    return any(f"/{word}" in path for word in ("if", "then", "else", "allOf", "anyOf", "oneOf", "not"))


def _properties(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    found = node.get("properties")
    yield from found.items() if isinstance(found, dict) else ()


def _nodes(node: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        if "properties" in node or "type" in node or "format" in node:
            yield path, node
        for key, child in node.items():
            if not key.startswith("x-") and key not in ("const", "enum", "default", "examples"):
                yield from _nodes(child, f"{path}/{key}")
    elif isinstance(node, list):
        for i, child in enumerate(node):
            yield from _nodes(child, f"{path}/{i}")


def _checker() -> FormatChecker:
    checker = FormatChecker(formats=("email",))
    for name in FORMATS:
        checker.checks(name)(lambda value, name=name: explain(name, value) is None)
    return checker


_CHECKER: Final = _checker()


def _key(schema: Schema) -> str:
    return json.dumps(schema, sort_keys=True, ensure_ascii=False)


@lru_cache(maxsize=256)
def _validator(text: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(text), format_checker=_CHECKER)


def _too_large(data: Any) -> FieldError | None:
    try:
        text = json.dumps(data, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return FieldError("", "提交的内容无法识别，请刷新页面后重新填写", "The form cannot be read; reload the page")
    if len(text.encode()) > MAX_BYTES:
        return FieldError(
            "", "提交的内容过大（上限512KB），附件请用上传按钮", "The form exceeds 512 KB; upload files instead"
        )
    if _depth(data) > MAX_DEPTH:
        return FieldError(
            "", "提交的内容层次过深，请刷新页面后重新填写", "The form is nested too deeply; reload the page"
        )
    return None


def _depth(data: Any) -> int:
    level, layer = 0, [data]
    while layer and level <= MAX_DEPTH:
        nested = (x.values() if isinstance(x, Mapping) else x for x in layer if isinstance(x, Mapping | list))
        layer, level = [v for values in nested for v in values], level + 1
    return level


def _refused_fields(data: Mapping[str, Any], access: Access | None) -> Iterator[FieldError]:
    for path, right in (access or {}).items():
        if right in ("hidden", "read") and _at(data, path) is not None:
            yield FieldError(path, "您没有填写此项的权限", "You may not fill in this field")


def _at(data: Any, pointer: str) -> Any:
    for part in pointer.strip("/").split("/"):
        if not isinstance(data, Mapping) or part not in data:
            return None
        data = data[part]
    return data


def _needs_opinion(schema: Schema, outcome: str | None) -> bool:
    return bool(schema.get("x-opinion")) or bool(schema.get("x-outcomes", {}).get(outcome or "", {}).get("opinion"))


def _explain(fault: ValidationError, root: Schema) -> Iterator[FieldError]:
    """One fault of the validator as errors of fields; alternatives are reported by their best branch."""
    path = "".join(f"/{part}" for part in fault.absolute_path)
    if fault.validator in ("required", "dependentRequired"):
        yield _missing(fault, path, root)
    elif fault.validator == "oneOf" and all("const" in branch for branch in fault.validator_value):
        zh, en = _title(root, fault.absolute_path)
        yield FieldError(path, f"{zh}的选项无效，请重新选择", f"{en}: choose one of the options")
    elif fault.validator in ("anyOf", "oneOf") and fault.context:
        branches: dict[Any, list[ValidationError]] = {}
        for inner in fault.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        for inner in min(branches.values(), key=len):
            yield from _explain(inner, root)
    else:
        yield FieldError(path, *_sentence(fault, _title(root, fault.absolute_path)))


def _missing(fault: ValidationError, path: str, root: Schema) -> FieldError:
    listed = [fault.validator_value] if fault.validator == "required" else fault.validator_value.values()
    wanted = [name for names in listed for name in names]
    name = next((n for n in wanted if n not in fault.instance and f"'{n}'" in fault.message), wanted[0])
    child = _schema_at(root, [*fault.absolute_path, name])
    zh, en = _titles(child, name)
    pick = "enum" in child or "oneOf" in child or child.get("type") == "boolean"
    if child.get("format") == "gs-file" or _of_files(child):
        return FieldError(f"{path}/{name}", f"请上传{zh}", f"Upload: {en}")
    return FieldError(f"{path}/{name}", f"请{'选择' if pick else '填写'}{zh}", f"{'Choose' if pick else 'Enter'}: {en}")


def _of_files(schema: Mapping[str, Any]) -> bool:
    items = schema.get("items")
    return isinstance(items, Mapping) and items.get("format") == "gs-file"


def _sentence(fault: ValidationError, titles: tuple[str, str]) -> tuple[str, str]:
    own = fault.schema.get("x-message") if isinstance(fault.schema, Mapping) else None
    if own:
        return own["zh"], own["en"]
    zh, en = titles
    limit = fault.validator_value
    if fault.validator == "format":
        return explain(str(limit), fault.instance) or (f"{zh}格式不正确", f"{en} has the wrong format")
    size = len(fault.instance) if isinstance(fault.instance, str | list) else 0
    told: dict[str, tuple[str, str]] = {
        "minLength": (f"{zh}至少{limit}个字，现为{size}个字", f"{en}: at least {limit} characters, now {size}"),
        "maxLength": (f"{zh}最多{limit}个字，现为{size}个字", f"{en}: at most {limit} characters, now {size}"),
        "minimum": (f"{zh}不能小于{limit}", f"{en} must be at least {limit}"),
        "maximum": (f"{zh}不能大于{limit}", f"{en} must be at most {limit}"),
        "exclusiveMinimum": (f"{zh}必须大于{limit}", f"{en} must be more than {limit}"),
        "exclusiveMaximum": (f"{zh}必须小于{limit}", f"{en} must be less than {limit}"),
        "minItems": (f"{zh}至少{limit}项，现为{size}项", f"{en}: at least {limit}, now {size}"),
        "maxItems": (f"{zh}最多{limit}项，现为{size}项", f"{en}: at most {limit}, now {size}"),
        "uniqueItems": (f"{zh}中有重复项", f"{en} holds duplicates"),
        "enum": (f"{zh}的选项无效，请重新选择", f"{en}: choose one of the options"),
        "const": (f"请勾选：{zh}", f"Tick: {en}") if limit is True else (f"{zh}应为{limit}", f"{en} must be {limit}"),
        "type": (f"{zh}应为{_TYPES.get(str(limit), ('其他类型', ''))[0]}", f"{en} must be {limit}"),
        "pattern": (f"{zh}格式不正确", f"{en} has the wrong format"),
        "multipleOf": (f"{zh}应为{limit}的倍数", f"{en} must be a multiple of {limit}"),
        "additionalProperties": (
            "表单中有未知的字段，请刷新页面后重新填写",
            "The form holds an unknown field; reload the page",
        ),
        "unevaluatedProperties": (
            "表单中有未知的字段，请刷新页面后重新填写",
            "The form holds an unknown field; reload the page",
        ),
    }
    return told.get(str(fault.validator), (f"{zh}不正确", f"{en} is not valid"))


_TYPES: Final = {
    "string": ("文字", "text"),
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "boolean": ("是或否", "yes or no"),
    "array": ("列表", "a list"),
    "object": ("一组内容", "a group"),
}


def _resolve(schema: Any, root: Schema) -> Mapping[str, Any]:
    for _ in range(8):
        if not isinstance(schema, Mapping):
            return {}
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return schema
        found: Any = root
        for part in reference[2:].split("/"):
            found = found.get(part, {}) if isinstance(found, Mapping) else {}
        schema = {**found, **{k: v for k, v in schema.items() if k != "$ref"}}
    return {}


def _schema_at(root: Schema, path: Any) -> Mapping[str, Any]:
    node = _resolve(root, root)
    for part in path:
        node = _child(node, part, root)
    return node


def _child(node: Mapping[str, Any], part: Any, root: Schema) -> Mapping[str, Any]:
    """The schema of a field or row; fields that only appear under a condition are found there."""
    if isinstance(part, int):
        return _resolve(node.get("items", {}), root)
    if part in node.get("properties", {}):
        return _resolve(node["properties"][part], root)
    for branch in (*node.get("allOf", ()), node.get("then"), node.get("else")):
        if isinstance(branch, Mapping):
            found = _child(_resolve(branch, root), part, root)
            if found:
                return found
    return {}


def _titles(schema: Mapping[str, Any], name: Any) -> tuple[str, str]:
    zh = str(schema.get("title") or name)
    return zh, str(schema.get("x-title-en") or schema.get("title") or name)


def _title(root: Schema, path: Any) -> tuple[str, str]:
    parts = list(path)
    name = parts[-1] if parts else "表单"
    if isinstance(name, int):
        zh, en = _titles(_schema_at(root, parts[:-1]), parts[-2] if len(parts) > 1 else "")
        return f"{zh}第{name + 1}项", f"{en} no. {name + 1}"
    return _titles(_schema_at(root, parts), name)


def _ordered(errors: list[FieldError], schema: Schema) -> list[FieldError]:
    unique = {(e.path, e.message): e for e in errors}
    return sorted(unique.values(), key=lambda e: _place(e.path, schema))


def _place(path: str, root: Schema) -> tuple[int, ...]:
    node, place = _resolve(root, root), []
    for part in path.strip("/").split("/"):
        fields = list(node.get("properties", {}))
        place.append(int(part) if part.isdigit() else fields.index(part) if part in fields else 999)
        node = _child(node, int(part) if part.isdigit() else part, root)
    return tuple(place)


def _clean(schema: Any, value: Any, path: str, read_only: set[str], root: Schema | None = None) -> Any:
    root = schema if root is None else root
    node = _resolve(schema, root)
    if isinstance(value, Mapping):
        cleaned = {
            str(k): _clean(_child(node, k, root), v, f"{path}/{k}", read_only, root)
            for k, v in value.items()
            if f"{path}/{k}" not in read_only
        }
        kept = {k: v for k, v in cleaned.items() if v is not None and v != ""}
        return {k: v for k, v in kept.items() if not _outlived(node, k, kept, root)}
    if isinstance(value, list):
        rows = [
            _clean(_child(node, i, root), v, f"{path}/{i}", read_only, root)
            for i, v in enumerate(value[: MAX_ROWS + 1])
        ]
        return [row for row in rows if row not in (None, "", {})]
    return _scalar(node, value) if isinstance(value, str) else value


def _outlived(node: Mapping[str, Any], field: str, value: Mapping[str, Any], root: Schema) -> bool:
    """A field that only a condition shows, and the condition holds no more: what was typed there before is dropped."""
    if field in node.get("properties", {}) or "unevaluatedProperties" not in node:
        return False
    showing = [b for b in node.get("allOf", ()) if isinstance(b, Mapping) and "if" in b and _shows(b, field, root)]
    return bool(showing) and not any(_shown_now(branch, field, value, root) for branch in showing)


def _shows(branch: Mapping[str, Any], field: str, root: Schema) -> bool:
    return bool(_child(branch, field, root))


def _shown_now(branch: Mapping[str, Any], field: str, value: Mapping[str, Any], root: Schema) -> bool:
    taken = "then" if _validator(_key(branch["if"])).is_valid(value) else "else"
    return bool(_child(_resolve(branch.get(taken, {}), root), field, root))


def _scalar(node: Mapping[str, Any], text: str) -> Any:
    kind = node.get("type")
    cleaned = normalise_text(text.replace("\x00", "")[: MAX_TEXT + 1], node.get("format"))
    if kind in ("integer", "number") and cleaned:
        return _number(narrow(cleaned).replace(",", "").strip(), str(kind))
    if kind == "boolean":
        return {"true": True, "on": True, "1": True, "是": True, "false": False, "0": False, "否": False}.get(
            cleaned.lower(), cleaned
        )
    return cleaned


def _number(text: str, kind: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return text
    if not (-1e15 < number < 1e15):
        return text
    return int(number) if number.is_integer() and (kind == "integer" or "." not in text) else number

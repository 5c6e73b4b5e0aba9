"""Runs a folder of the DMN Technology Compatibility Kit and writes its own result table; holds none of its cases.

    python -m engine.dmn.tck FOLDER [--json FILE] [--csv FILE]

Source: github.com/dmn-tck/tck (testCases XML, tck_results.csv).
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from engine.errors import ValidationFailed
from engine.feel import Date, DateTime, Time, Value, to_feel
from engine.feel.dates import parse_date, parse_datetime, parse_time
from engine.feel.durations import DaysTime, YearsMonths, parse_duration
from engine.feel.numbers import parse_number
from engine.feel.values import equal, is_same
from engine.xmlsafe import parse_xml

from .elements import tag
from .errors import DmnModelError
from .model import Model
from .reader import parse_model

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TOLERANCE = Decimal("1e-8")


@dataclass(frozen=True)
class Result:
    """One case: test-dir, test-file, id, SUCCESS or ERROR or IGNORED, and what went wrong."""

    directory: str
    file: str
    case: str
    status: str
    message: str = ""

    @property
    def id(self) -> str:
        return f"{self.directory}/{self.file}#{self.case}"


def main(directory: str, json_file: str | None = None, csv_file: str | None = None) -> int:
    """Run every case under `directory`; 0 if nothing failed. Writes tck_results.csv beside the JSON file."""
    started = time.perf_counter()
    results = list(run_folder(Path(directory)))
    summary = summarise(results)
    beside = Path(json_file).parent if json_file else Path.cwd()
    beside.mkdir(parents=True, exist_ok=True)
    write_csv(Path(csv_file) if csv_file else beside / "tck_results.csv", results)
    if json_file:
        Path(json_file).write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
    for level, part in {**summary["levels"], "all": summary}.items():
        print(
            f"{level}: {part['total']} cases, {part['passed']} passed, {part['ignored']} ignored, {len(part['failed'])} failed"
        )
    for result in results:
        if result.status == "ERROR":
            print(f"  {result.id}: {result.message}")
    print(f"{time.perf_counter() - started:.1f} s")
    return 1 if summary["failed"] or not results else 0


def summarise(results: list[Result]) -> dict[str, Any]:
    def part(some: list[Result]) -> dict[str, Any]:
        return {
            "total": len(some),
            "passed": sum(r.status == "SUCCESS" for r in some),
            "ignored": sum(r.status == "IGNORED" for r in some),
            "failed": [r.id for r in some if r.status == "ERROR"],
        }

    levels = sorted({r.directory.split("/")[0] for r in results})
    by_level = {level: part([r for r in results if r.directory.startswith(f"{level}/")]) for level in levels}
    return {**part(results), "levels": by_level}


def write_csv(path: Path, results: list[Result]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows((r.directory, r.file, r.case, r.status, r.message) for r in results)


def run_folder(root: Path) -> Iterator[Result]:
    for file in sorted(root.rglob("*-test-*.xml")):
        yield from run_file(file, root)


def run_file(file: Path, root: Path) -> Iterator[Result]:
    directory = file.parent.relative_to(root).as_posix()
    if not directory.startswith("compliance-level"):
        directory = "/".join(file.parent.parts[-2:])
    tests = parse_xml(file.read_bytes())
    name = next((e.text or "" for e in tests if tag(e) == "modelName"), "")
    try:
        model: Model | Exception = load(file.parent, name)
    except (DmnModelError, ValidationFailed, OSError) as error:
        model = error
    for case in (e for e in tests if tag(e) == "testCase"):
        status, message = run_case(model, case)
        yield Result(directory, file.stem, case.get("id") or "", status, message)


def load(folder: Path, name: str) -> Model:
    """The model of a test with the models of its folder that it imports."""
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.dmn"))}
    models: dict[str, Model] = {}
    waiting = [n for n in files if n != name]
    for _ in range(len(waiting)):
        for other in list(waiting):
            try:
                found = parse_model(files[other], models, lenient=True)
            except DmnModelError:
                continue
            models[found.namespace] = found
            waiting.remove(other)
    root = parse_xml(files[name])
    aliases = {e.get("namespace"): e.get("namespace") for e in root if tag(e) == "import"}
    return parse_model(files[name], {ns: m for ns, m in models.items() if ns in aliases}, lenient=True)


def run_case(model: Model | Exception, case: etree._Element) -> tuple[str, str]:
    if isinstance(model, Exception):
        return "ERROR", f"the model was refused: {model}"
    inputs = {e.get("name") or "": read_value(e) for e in case if tag(e) == "inputNode"}
    for node in (e for e in case if tag(e) == "resultNode"):
        message = check(model, case, node, inputs)
        if message == IGNORED:
            return "IGNORED", "a function of another platform"
        if message:
            return "ERROR", message
    return "SUCCESS", ""


IGNORED = "ignored"


def check(model: Model, case: etree._Element, node: etree._Element, inputs: Mapping[str, Value]) -> str:
    """Empty if the result is as expected."""
    name = node.get("name") or ""
    expected = read_value(next((e for e in node if tag(e) == "expected"), node))
    service = case.get("invocableName") if case.get("type") == "decisionService" else None
    try:
        evaluation = model.evaluate(service or name, inputs, strict=False)
    except KeyError:
        return f"there is no decision {service or name}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if any("another platform" in w or "external functions" in w for w in evaluation.warnings):
        return IGNORED
    value = evaluation.value
    if service and type(value) is dict and name in value and len(model.services[service].outputs) > 1:
        value = value[name]
    if matches(value, expected):
        return ""
    return f"{name}: expected {expected!r}, got {value!r} {list(evaluation.warnings)[:3]}"


def matches(value: Value, expected: Value) -> bool:
    if type(value) is Decimal and type(expected) is Decimal:
        return abs(value - expected) <= TOLERANCE * max(Decimal(1), abs(expected))
    if type(value) is list and type(expected) is list:
        return len(value) == len(expected) and all(map(matches, value, expected))
    if type(value) is dict and type(expected) is dict:
        return value.keys() == expected.keys() and all(matches(value[k], expected[k]) for k in expected)
    if isinstance(expected, (Time, DateTime)):
        return is_same(value, expected) or (equal(value, expected) is True)
    return equal(value, expected) is True


def read_value(element: etree._Element) -> Value:
    """The value of an inputNode, expected, component or item element."""
    parts = [e for e in element if isinstance(e.tag, str)]
    kinds = {tag(e) for e in parts}
    if "component" in kinds:
        return {e.get("name") or "": read_value(e) for e in parts if tag(e) == "component"}
    if "list" in kinds:
        whole = next(e for e in parts if tag(e) == "list")
        if whole.get(XSI + "nil") == "true":
            return None
        return [read_value(item) for item in whole if tag(item) == "item"]
    value = next((e for e in parts if tag(e) == "value"), None)
    return None if value is None or value.get(XSI + "nil") == "true" else read_simple(value)


def read_simple(element: etree._Element) -> Value:
    text = "".join(element.itertext())
    kind = (element.get(XSI + "type") or "string").rpartition(":")[2]
    if kind in ("decimal", "double", "integer", "int", "long", "float"):
        return parse_number(text) if text.strip() not in ("NaN", "INF", "-INF") else None
    if kind == "boolean":
        return text.strip() in ("true", "1")
    readers = {"date": parse_date, "time": parse_time, "dateTime": parse_datetime, "duration": parse_duration}
    reader = readers.get(kind)
    if reader is None:
        return text
    found: Date | Time | DateTime | DaysTime | YearsMonths | None = reader(text.strip())
    return to_feel(found)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Run a folder of the DMN TCK.")
    arguments.add_argument("folder")
    arguments.add_argument("--json")
    arguments.add_argument("--csv")
    options = arguments.parse_args()
    sys.exit(main(options.folder, options.json, options.csv))

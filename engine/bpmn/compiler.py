"""Compiles a diagram with all it calls into a Definition, once per content; refuses what lint refuses."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from engine.bpmn.diagram import Diagram, read_diagram
from engine.bpmn.graph import graph_of
from engine.bpmn.lint import lint_diagrams
from engine.bpmn.model import Definition
from engine.bpmn.spiff import compile_nets
from engine.errors import DeploymentRefused, UserFault

CACHE_SIZE = 256
Called = Callable[[str], "bytes | None"]
_cache: OrderedDict[str, Definition] = OrderedDict()
_lock = Lock()


def compile_process(xml: bytes, called: Called = lambda key: None) -> Definition:
    """The executable form of the main process of a file. `called` gives the file of a called process, None if there is none.

    Raises DeploymentRefused with details.problems. The result is shared: never change it.
    """
    files = gather(xml, called)
    digest = hashlib.sha256()
    for key, body in files.items():
        digest.update(key.encode() + b"\0" + hashlib.sha256(body).digest())
    content = digest.hexdigest()[:32]
    with _lock:
        if content in _cache:
            _cache.move_to_end(content)
            return _cache[content]
    definition = _compile(files, content)
    with _lock:
        _cache[content] = definition
        while len(_cache) > CACHE_SIZE:
            _cache.popitem(last=False)
    return definition


_keys: OrderedDict[bytes, tuple[str, ...]] = OrderedDict()


def gather(xml: bytes, called: Called) -> dict[str, bytes]:
    """The main file under "" and every process it reaches under its key; keys without a file are left out."""
    files = {"": xml}
    todo = list(_called_keys(xml, None))
    while todo:
        key = todo.pop()
        if key in files:
            continue
        body = called(key)
        if body is not None:
            files[key] = body
            todo.extend(_called_keys(body, key))
    return dict(sorted(files.items()))


def _called_keys(xml: bytes, key: str | None) -> tuple[str, ...]:
    digest = hashlib.sha256(xml).digest() + (key or "").encode()
    with _lock:
        if digest in _keys:
            return _keys[digest]
    found = tuple(_read(xml, key).called_keys())
    with _lock:
        _keys[digest] = found
        while len(_keys) > 4 * CACHE_SIZE:
            _keys.popitem(last=False)
    return found


def _read(xml: bytes, key: str | None) -> Diagram:
    try:
        return read_diagram(xml, key)
    except UserFault as error:
        problem = {
            "file": key or "",
            "line": 0,
            "element_id": "",
            "rule": "not-bpmn",
            "severity": "error",
            "message": error.message,
            "message_en": "The file is not a BPMN 2.0 diagram that can be read safely.",
        }
        raise DeploymentRefused(f"流程文件不能部署：{error.message}", problems=[problem]) from error


def _compile(files: dict[str, bytes], content: str) -> Definition:
    diagrams = {key: _read(body, key or None) for key, body in files.items()}
    main = diagrams[""]
    # a process that calls itself through its own file is there already
    by_key = {diagram.key: diagram for diagram in diagrams.values()}
    problems = [p for p in lint_diagrams(main, by_key) if p.severity == "error"]
    if problems:
        first = problems[0].message
        raise DeploymentRefused(f"流程不能部署：{first}", problems=[p.as_dict() for p in problems])
    elements = {(n.element.process_key, n.element.id): n.element for d in by_key.values() for n in d.nodes()}
    starts = [e for e in main.scopes[main.key].starts() if e.form_key]
    return Definition(
        key=main.key,
        name=main.name,
        hash=content,
        properties=main.properties,
        elements=elements,
        main={n.element.id: n.element for n in main.nodes()},
        start_form_key=starts[0].form_key if starts else None,
        called_keys=tuple(sorted(set(by_key) - {main.key})),
        net=compile_nets(by_key.values()),
        graphs={key: graph_of(scope) for d in by_key.values() for key, scope in d.scopes.items()},
    )

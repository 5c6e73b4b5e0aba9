"""Takes diagrams, decision tables and forms into force, from a tree or an upload: checks all, or deploys nothing.

Content that is already the latest version keeps it. Running cases stay on the versions they were started on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, text

from engine import canonical
from engine.actors import Actor
from engine.bpmn import Problem, compile_process
from engine.bpmn.lint import lint as lint_process
from engine.calendar import published_days
from engine.clock import day_of
from engine.dmn import DmnModelError, parse_model
from engine.errors import DeploymentRefused, GuangshaError
from engine.ground import Ground
from engine.identifiers import new_id
from engine.records import (
    calendar_day,
    calendar_year,
    decision_definition,
    deployment,
    form_definition,
    process_definition,
)
from engine.statements import insert_rows
from engine.views import DeployedModel, DeploymentReceipt
from engine.xmlsafe import parse_xml

Files = Mapping[str, bytes]
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_BUMP = text(
    "INSERT INTO model_stamp (name, value) VALUES (:name, 1)"
    " ON CONFLICT (name) DO UPDATE SET value = model_stamp.value + 1"
)


@dataclass
class Parcel:
    """The files of one deployment, read."""

    processes: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    decisions: dict[str, tuple[str, bytes, tuple[str, ...], str]] = field(default_factory=dict)
    forms: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, file: str, rule: str, message: str, english: str, element_id: str = "", line: int = 0) -> None:
        self.problems.append(Problem(file, line, element_id, rule, "error", message, english))

    def leave_out(self, held: Mapping[str, str]) -> None:
        """Drop what stands in `held` (path -> hash) with the same content."""
        files = [*self.processes.values(), *((path, xml) for path, xml, _, _ in self.decisions.values())]
        same = {path for path, xml in files if held.get(path) == canonical.sha256(xml)}
        same |= {path for path, schema, ui in self.forms.values() if held.get(path) == canonical.digest([schema, ui])}
        self.processes = {key: found for key, found in self.processes.items() if found[0] not in same}
        self.decisions = {key: found for key, found in self.decisions.items() if found[0] not in same}
        self.forms = {key: found for key, found in self.forms.items() if found[0] not in same}


class Deployments(Ground):
    def lint(self, files: Files) -> list[Problem]:
        """All problems of some files, with what is deployed already taken into account."""
        with self.reading() as connection:
            return self._check(connection, read_parcel(files))

    def deploy(
        self,
        files: Files,
        actor: Actor,
        note: str = "",
        approved_by: str | None = None,
        effective_at: datetime | None = None,
    ) -> DeploymentReceipt:
        """All files or none. Paths like processes/eligibility/x/x.bpmn, …/y.dmn, forms/eligibility/x/apply.schema.json.

        Raises DeploymentRefused (details.problems: file, line, element_id, rule, severity, message, message_en).
        Visible in every process within stamp_ttl_s (1 s).
        """
        return self._deploy(read_parcel(files), actor, note, approved_by, effective_at)

    def _deploy(
        self, parcel: Parcel, actor: Actor, note: str, approved_by: str | None, effective_at: datetime | None
    ) -> DeploymentReceipt:
        def work(connection: Connection) -> DeploymentReceipt:
            problems = self._check(connection, parcel)
            errors = [p for p in problems if p.severity == "error"]
            if errors:
                where = f"{errors[0].file} {errors[0].element_id}".strip()
                raise DeploymentRefused(
                    f"有 {len(errors)} 处问题，未部署。{where}：{errors[0].message}",
                    problems=[p.as_dict() for p in problems],
                )
            return self._store(connection, parcel, actor, note, approved_by, effective_at, problems)

        receipt = self.transact(work)
        self.library.forget()
        return receipt

    def deploy_tree(self, root: Path, actor: Actor, note: str = "") -> DeploymentReceipt:
        """Everything under root/processes and root/forms that this actor did not deploy last in just this content.

        So a restart never undoes what people have put into force since; a changed file becomes the newest version.
        """
        parcel = read_parcel(read_tree(root))
        with self.reading() as connection:
            parcel.leave_out(_deployed_by(connection, actor))
        return self._deploy(parcel, actor, note, None, None)

    def seed_calendar(self) -> int:
        """Take the published national holidays into the editable calendar if it is empty; returns the days added."""

        def work(connection: Connection) -> int:
            name = self.settings.jurisdiction
            held = select(func.count()).select_from(calendar_year).where(calendar_year.c.jurisdiction == name)
            if connection.execute(held).scalar_one():
                return 0
            days, years = published_days()
            rows = [
                {"jurisdiction": name, "day": d.day, "working": d.working, "name": d.name, "source": d.source}
                for d in days
            ]
            insert_rows(connection, calendar_day, rows)
            source = "国务院办公厅关于部分节假日安排的通知"
            insert_rows(
                connection, calendar_year, [{"jurisdiction": name, "year": y, "source": source} for y in sorted(years)]
            )
            connection.execute(_BUMP, {"name": "calendar"})
            return len(rows)

        count = self.transact(work)
        self.library.forget()
        return count

    def set_calendar_day(
        self, day: date, working: bool, name: str, source: str, jurisdiction: str | None = None
    ) -> None:
        """Change one day of the calendar; counts from now on in every process. Due days already given stay as they are."""
        values = {"jurisdiction": jurisdiction or self.settings.jurisdiction, "day": day}

        def work(connection: Connection) -> None:
            table = calendar_day
            own = (table.c.jurisdiction == values["jurisdiction"], table.c.day == day)
            connection.execute(delete(table).where(*own))
            insert_rows(connection, table, [{**values, "working": working, "name": name, "source": source}])
            connection.execute(_BUMP, {"name": "calendar"})

        self.transact(work)
        self.library.forget()

    def publish_calendar_year(self, year: int, source: str, jurisdiction: str | None = None) -> None:
        """Say that the holidays of a year are published, so that its due days are no longer provisional."""
        name = jurisdiction or self.settings.jurisdiction

        def work(connection: Connection) -> None:
            table = calendar_year
            connection.execute(delete(table).where(table.c.jurisdiction == name, table.c.year == year))
            insert_rows(connection, table, [{"jurisdiction": name, "year": year, "source": source}])
            connection.execute(_BUMP, {"name": "calendar"})

        self.transact(work)
        self.library.forget()

    # -- checks
    def _check(self, connection: Connection, parcel: Parcel) -> list[Problem]:
        shelf = self.library.shelf(connection)
        forms = {*shelf.forms, *parcel.forms}
        new_decisions = {name for _, _, names, _ in parcel.decisions.values() for name in names}
        decisions = {*shelf.decisions, *shelf.decision_keys, *parcel.decisions, *new_decisions}
        called = self._caller(connection, parcel)
        problems = list(parcel.problems)
        for path, xml in parcel.processes.values():
            problems += lint_process(
                xml, file=path, forms=forms, topics=self.registry.topics, decisions=decisions, called=called
            )
        return problems

    def _caller(self, connection: Connection, parcel: Parcel) -> Callable[[str], bytes | None]:
        def called(key: str) -> bytes | None:
            if key in parcel.processes:
                return parcel.processes[key][1]
            table = process_definition
            query = select(table.c.xml).where(table.c.key == key).order_by(table.c.version.desc()).limit(1)
            return connection.execute(query).scalar_one_or_none()

        return called

    # -- storing
    def _store(
        self,
        connection: Connection,
        parcel: Parcel,
        actor: Actor,
        note: str,
        approved_by: str | None,
        effective_at: datetime | None,
        problems: Sequence[Problem],
    ) -> DeploymentReceipt:
        now = self.now()
        effective = effective_at or now
        basis = {"deployment_id": new_id(now), "deployed_at": now}
        called = self._caller(connection, parcel)
        models = [self._form(connection, key, *found, basis) for key, found in parcel.forms.items()]
        models += [
            self._decision(connection, key, *found, basis, effective_at) for key, found in parcel.decisions.items()
        ]
        models += [
            self._process(connection, key, path, xml, {**basis, "effective_at": effective}, called)
            for key, (path, xml) in parcel.processes.items()
        ]
        changed = [(table, row) for model, table, row in models if row is not None]
        if changed:
            head = {
                "id": basis["deployment_id"],
                "deployed_at": now,
                "actor_id": actor.user_id,
                "actor_name": actor.name,
                "approved_by": approved_by,
                "note": note,
                "effective_at": effective,
                "contents": {model.path: model.hash for model, _, _ in models},
            }
            insert_rows(connection, deployment, [head])
            for table, row in changed:
                insert_rows(connection, table, [row])
            connection.execute(_BUMP, {"name": "models"})
        warnings = tuple(p.as_dict() for p in problems)
        return DeploymentReceipt(str(basis["deployment_id"]), tuple(model for model, _, _ in models), warnings)

    def _form(
        self,
        connection: Connection,
        key: str,
        path: str,
        schema: dict[str, Any],
        ui: dict[str, Any],
        basis: dict[str, Any],
    ) -> tuple[DeployedModel, Table, dict[str, Any] | None]:
        found = canonical.digest([schema, ui])
        version, changed = _version(connection, form_definition, key, found)
        row = {**basis, "id": new_id(self.now()), "key": key, "version": version, "path": path, "hash": found}
        row |= {"title": str(schema.get("title") or key), "schema": schema, "ui": ui}
        return DeployedModel("form", key, version, found, path, changed), form_definition, row if changed else None

    def _decision(
        self,
        connection: Connection,
        key: str,
        path: str,
        xml: bytes,
        names: tuple[str, ...],
        title: str,
        basis: dict[str, Any],
        effective_at: datetime | None,
    ) -> tuple[DeployedModel, Table, dict[str, Any] | None]:
        found = canonical.sha256(xml)
        version, changed = _version(connection, decision_definition, key, found)
        since = day_of(effective_at) if effective_at else (None if version == 1 else self.today())
        row = {
            **basis,
            "id": new_id(self.now()),
            "key": key,
            "version": version,
            "name": title,
            "path": path,
            "hash": found,
        }
        row |= {"xml": xml, "decision_ids": list(names), "effective_on": since}
        return (
            DeployedModel("decision", key, version, found, path, changed),
            decision_definition,
            row if changed else None,
        )

    def _process(
        self,
        connection: Connection,
        key: str,
        path: str,
        xml: bytes,
        basis: dict[str, Any],
        called: Callable[[str], bytes | None],
    ) -> tuple[DeployedModel, Table, dict[str, Any] | None]:
        found = canonical.sha256(xml)
        version, changed = _version(connection, process_definition, key, found)
        model = DeployedModel("process", key, version, found, path, changed)
        if not changed:
            return model, process_definition, None
        definition = compile_process(xml, called)
        says = definition.properties
        row = {
            **basis,
            "id": new_id(self.now()),
            "key": key,
            "version": version,
            "path": path,
            "hash": found,
            "xml": xml,
        }
        row |= {
            "name": says.get("title") or definition.name or key,
            "name_en": says.get("title.en"),
            "domain": says.get("domain"),
            "properties": dict(says),
            "start_form_key": definition.start_form_key or says.get("start.form"),
            "called_keys": list(definition.called_keys),
            "public": says.get("public") == "true",
        }
        return model, process_definition, row


def _version(connection: Connection, table: Table, key: str, found: str) -> tuple[int, bool]:
    """The version that this content has or will have, and whether it is new."""
    query = select(table.c.version, table.c.hash).where(table.c.key == key).order_by(table.c.version.desc()).limit(1)
    latest = connection.execute(query).one_or_none()
    if latest is None:
        return 1, True
    return (latest.version, False) if latest.hash == found else (latest.version + 1, True)


def _deployed_by(connection: Connection, actor: Actor) -> dict[str, str]:
    """Path -> hash of what this actor deployed last of each file."""
    query = (
        select(deployment.c.contents).where(deployment.c.actor_id == actor.user_id).order_by(deployment.c.deployed_at)
    )
    found: dict[str, str] = {}
    for contents in connection.execute(query).scalars():
        found |= contents
    return found


def read_tree(root: Path) -> dict[str, bytes]:
    """The files of root/processes and root/forms that can be deployed, by path from root."""
    wanted = (".bpmn", ".dmn", ".schema.json", ".ui.json")
    found = (p for top in ("processes", "forms") for p in sorted((root / top).rglob("*")) if p.name.endswith(wanted))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def read_parcel(files: Files) -> Parcel:
    """Sort the files by kind; what cannot be read becomes a problem."""
    parcel = Parcel()
    for path in sorted(files):
        if path.endswith(".bpmn"):
            _read_process(parcel, path, files[path])
        elif path.endswith(".dmn"):
            _read_decision(parcel, path, files[path])
        elif path.endswith(".schema.json"):
            _read_form(parcel, path, files)
    return parcel


def _read_process(parcel: Parcel, path: str, xml: bytes) -> None:
    try:
        keys = list(_process_keys(xml))
    except GuangshaError as error:
        parcel.refuse(path, "not-bpmn", error.message, "The file is not a BPMN 2.0 diagram that can be read safely.")
        return
    key = keys[0] if keys else Path(path).stem
    if key in parcel.processes:
        other = parcel.processes[key][0]
        parcel.refuse(
            path, "key-doubled", f"流程 {key} 在 {other} 里已有。", f"The process {key} is in {other} already.", key
        )
        return
    parcel.processes[key] = (path, xml)


def _process_keys(xml: bytes) -> Iterator[str]:
    processes = parse_xml(xml).findall(f"{_BPMN}process")
    ranked = sorted(processes, key=lambda process: process.get("isExecutable") == "false")
    return (process.get("id", "") for process in ranked)


def _read_decision(parcel: Parcel, path: str, xml: bytes) -> None:
    key = Path(path).stem
    if key in parcel.decisions:
        other = parcel.decisions[key][0]
        parcel.refuse(
            path, "key-doubled", f"决策 {key} 在 {other} 里已有。", f"The decision {key} is in {other} already.", key
        )
        return
    try:
        model = parse_model(xml)
    except DmnModelError as error:
        for p in error.problems:
            where = "".join(f" {word} {n}" for word, n in (("第", p.row), ("列", p.column)) if n is not None)
            parcel.refuse(path, "dmn", f"{p.message}{where}", p.message, p.element_id)
        return
    except GuangshaError as error:
        parcel.refuse(path, "dmn", error.message, "The file is not a DMN model that can be read safely.")
        return
    parcel.decisions[key] = (path, xml, tuple(decision.id for decision in model.decisions.values()), model.name or key)


def _read_form(parcel: Parcel, path: str, files: Files) -> None:
    from engine.forms import check_schema

    key = path.removeprefix("forms/").removesuffix(".schema.json")
    beside = path.removesuffix(".schema.json") + ".ui.json"
    try:
        schema = json.loads(files[path])
        ui = json.loads(files.get(beside, b"{}"))
    except ValueError as error:
        parcel.refuse(path, "json", f"不是 JSON：{error}", f"Not JSON: {error}")
        return
    for fault in check_schema(schema):
        parcel.refuse(path, "schema", fault, fault)
    parcel.forms[key] = (path, schema, ui)

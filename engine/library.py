"""What is deployed, looked up from memory and fresh within seconds in every process. Deploys nothing itself."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from engine import canonical
from engine.calendar import Calendar, CalendarDay
from engine.errors import DecisionMissing, ModelFault, NotFound
from engine.records import (
    calendar_day,
    calendar_year,
    decision_definition,
    form_definition,
    model_stamp,
    process_bundle,
    process_definition,
)
from engine.settings import EngineSettings

if TYPE_CHECKING:
    from engine.bpmn import Definition

_BUNDLES = 500


@dataclass(frozen=True, slots=True)
class ProcessEntry:
    id: str
    key: str
    version: int
    name: str
    hash: str
    domain: str | None
    properties: Mapping[str, str]
    called_keys: tuple[str, ...]
    start_form_key: str | None
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionEntry:
    id: str
    key: str
    version: int
    hash: str
    decision_ids: tuple[str, ...]
    effective_on: date | None


@dataclass(frozen=True, slots=True)
class FormEntry:
    id: str
    key: str
    version: int
    title: str
    hash: str
    schema: Mapping[str, Any]
    ui: Mapping[str, Any]
    deployed_at: datetime


@dataclass(frozen=True, slots=True)
class Bundle:
    """A process with all that it calls, each in one version: what an instance runs on from beginning to end."""

    hash: str
    process: ProcessEntry
    members: Mapping[str, str]
    definition: Definition


@dataclass(frozen=True, slots=True)
class _Shelf:
    stamp: tuple[tuple[str, int], ...]
    processes: Mapping[str, tuple[ProcessEntry, ...]]
    process_ids: Mapping[str, ProcessEntry]
    decisions: Mapping[str, tuple[DecisionEntry, ...]]
    decision_keys: Mapping[str, str]
    forms: Mapping[str, tuple[int, str]]
    calendars: Mapping[str, Calendar]


class Library:
    """Versions are immutable, so only the list of them is looked at again, at most every stamp_ttl_s."""

    def __init__(self, settings: EngineSettings) -> None:
        self._ttl_s = settings.stamp_ttl_s
        self._checked_s = float("-inf")
        self._shelf: _Shelf | None = None
        self._bundles: OrderedDict[str, Bundle] = OrderedDict()
        self._stored: set[str] = set()
        self._xml: dict[str, bytes] = {}
        self._models: dict[str, Any] = {}
        self._forms: dict[tuple[str, int], FormEntry] = {}

    def forget(self) -> None:
        """Look again at once: after a deployment by this process."""
        self._checked_s = float("-inf")

    def shelf(self, connection: Connection) -> _Shelf:
        shelf = self._shelf
        if shelf is not None and time.monotonic() - self._checked_s < self._ttl_s:
            return shelf
        checked_s = time.monotonic()
        stamp = tuple(sorted((name, value) for name, value in connection.execute(select(model_stamp))))
        if shelf is None or shelf.stamp != stamp:
            shelf = _read_shelf(connection, stamp)
            self._shelf = shelf
        self._checked_s = checked_s
        return shelf

    def process(self, connection: Connection, key: str, now: datetime) -> ProcessEntry:
        """The newest version in effect. Raises NotFound."""
        for entry in reversed(self.shelf(connection).processes.get(key, ())):
            if entry.effective_at <= now:
                return entry
        raise NotFound(f"没有已生效的流程 {key}。", process_key=key)

    def bundle_for(self, connection: Connection, key: str, now: datetime) -> Bundle:
        """The newest versions of a process and of all it calls, together."""
        entry = self.process(connection, key, now)
        members, open_keys = {key: entry}, list(entry.called_keys)
        while open_keys:
            called = open_keys.pop()
            if called not in members:
                members[called] = self.process(connection, called, now)
                open_keys += members[called].called_keys
        return self._assemble(connection, entry, {name: member.id for name, member in members.items()})

    def bundle(self, connection: Connection, bundle_hash: str) -> Bundle:
        """The versions that a running instance was started on."""
        known = self._bundles.get(bundle_hash)
        if known is not None:
            return known
        row = connection.execute(select(process_bundle).where(process_bundle.c.hash == bundle_hash)).one()
        self._stored.add(bundle_hash)
        entry = self._entry(connection, row.members[row.process_key])
        return self._assemble(connection, entry, row.members)

    def is_stored(self, bundle_hash: str) -> bool:
        return bundle_hash in self._stored

    def now_stored(self, bundle_hash: str) -> None:
        self._stored.add(bundle_hash)

    def decision(self, connection: Connection, ref: str, on: date) -> DecisionEntry:
        """The version in force on a day, by key or by the id of a decision in it. Raises DecisionMissing."""
        shelf = self.shelf(connection)
        for entry in reversed(shelf.decisions.get(shelf.decision_keys.get(ref, ref), ())):
            if entry.effective_on is None or entry.effective_on <= on:
                return entry
        raise DecisionMissing(f"没有在 {on.isoformat()} 生效的决策 {ref}。", decision=ref, on=on.isoformat())

    def decision_model(self, connection: Connection, definition_id: str) -> Any:
        """The compiled model of one version."""
        if definition_id not in self._models:
            from engine.dmn import parse_model

            table = decision_definition
            xml = connection.execute(select(table.c.xml).where(table.c.id == definition_id)).scalar_one()
            self._models[definition_id] = parse_model(xml)
        return self._models[definition_id]

    def form(self, connection: Connection, key: str, version: int | None = None) -> FormEntry:
        """A form by key, newest version unless told. Raises NotFound."""
        shelf = self.shelf(connection)
        if version is None:
            if key not in shelf.forms:
                raise NotFound(f"没有表单 {key}。", form_key=key)
            version = shelf.forms[key][0]
        if (key, version) not in self._forms:
            table = form_definition
            row = connection.execute(select(table).where(table.c.key == key, table.c.version == version)).one_or_none()
            if row is None:
                raise NotFound(f"没有表单 {key} 的第 {version} 版。", form_key=key, version=version)
            self._forms[key, version] = FormEntry(
                row.id, row.key, row.version, row.title, row.hash, row.schema, row.ui, row.deployed_at
            )
        return self._forms[key, version]

    def calendar(self, connection: Connection, jurisdiction: str) -> Calendar:
        return self.shelf(connection).calendars.get(jurisdiction) or Calendar(jurisdiction)

    def _assemble(self, connection: Connection, entry: ProcessEntry, members: Mapping[str, str]) -> Bundle:
        entries = {key: self._entry(connection, member) for key, member in members.items()}
        bundle_hash = canonical.digest({"main": entry.key, **{key: member.hash for key, member in entries.items()}})
        known = self._bundles.get(bundle_hash)
        if known is None:
            from engine.bpmn import compile_process

            definition = compile_process(
                self._xml_of(connection, entry.id),
                lambda key: self._xml_of(connection, members[key]) if key in members else None,
            )
            known = Bundle(bundle_hash, entry, dict(members), definition)
            self._bundles[bundle_hash] = known
            while len(self._bundles) > _BUNDLES:
                self._bundles.popitem(last=False)
        return known

    def _entry(self, connection: Connection, definition_id: str) -> ProcessEntry:
        entry = self.shelf(connection).process_ids.get(definition_id)
        if entry is None:
            self.forget()
            entry = self.shelf(connection).process_ids.get(definition_id)
        if entry is None:
            raise ModelFault("办件所用的流程版本已不存在。", definition_id=definition_id)
        return entry

    def _xml_of(self, connection: Connection, definition_id: str) -> bytes:
        if definition_id not in self._xml:
            table = process_definition
            self._xml[definition_id] = connection.execute(
                select(table.c.xml).where(table.c.id == definition_id)
            ).scalar_one()
        return self._xml[definition_id]


def _read_shelf(connection: Connection, stamp: tuple[tuple[str, int], ...]) -> _Shelf:
    table = process_definition
    columns = (table.c.id, table.c.key, table.c.version, table.c.name, table.c.hash, table.c.domain, table.c.properties)
    more = (table.c.called_keys, table.c.start_form_key, table.c.effective_at)
    processes: dict[str, tuple[ProcessEntry, ...]] = {}
    for row in connection.execute(select(*columns, *more).order_by(table.c.key, table.c.version)):
        processes[row.key] = (*processes.get(row.key, ()), _process(row))
    decisions, decision_keys = _decisions(connection)
    forms = {
        row.key: (row.version, row.id)
        for row in connection.execute(
            select(form_definition.c.key, form_definition.c.version, form_definition.c.id).order_by(
                form_definition.c.version
            )
        )
    }
    ids = {entry.id: entry for entries in processes.values() for entry in entries}
    return _Shelf(stamp, processes, ids, decisions, decision_keys, forms, _calendars(connection))


def _process(row: Any) -> ProcessEntry:
    values = (row.id, row.key, row.version, row.name, row.hash, row.domain, row.properties)
    return ProcessEntry(*values, tuple(row.called_keys), row.start_form_key, row.effective_at)


def _decisions(connection: Connection) -> tuple[dict[str, tuple[DecisionEntry, ...]], dict[str, str]]:
    table = decision_definition
    columns = (table.c.id, table.c.key, table.c.version, table.c.hash, table.c.decision_ids, table.c.effective_on)
    found: dict[str, tuple[DecisionEntry, ...]] = {}
    keys: dict[str, str] = {}
    for row in connection.execute(select(*columns).order_by(table.c.key, table.c.version)):
        entry = DecisionEntry(row.id, row.key, row.version, row.hash, tuple(row.decision_ids), row.effective_on)
        found[row.key] = (*found.get(row.key, ()), entry)
        keys |= dict.fromkeys(entry.decision_ids, row.key)
    return found, keys


def _calendars(connection: Connection) -> dict[str, Calendar]:
    days: dict[str, dict[date, CalendarDay]] = {}
    for row in connection.execute(select(calendar_day)):
        days.setdefault(row.jurisdiction, {})[row.day] = CalendarDay(row.day, bool(row.working), row.name, row.source)
    years: dict[str, set[int]] = {}
    for row in connection.execute(select(calendar_year)):
        years.setdefault(row.jurisdiction, set()).add(row.year)
    return {name: Calendar(name, found, frozenset(years.get(name, ()))) for name, found in days.items()}

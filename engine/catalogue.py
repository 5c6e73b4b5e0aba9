"""What is deployed, for desks and pages: processes, decisions, forms and their versions. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from engine.errors import NotFound
from engine.ground import Ground
from engine.records import (
    decision_definition,
    deployment,
    form_definition,
    process_bundle,
    process_definition,
    process_instance,
)
from engine.views import DecisionView, DefinitionView, FormView


class Catalogue(Ground):
    def definitions(self, all_versions: bool = False) -> tuple[DefinitionView, ...]:
        """Deployed processes, newest version of each unless all are asked for; without their XML."""
        fields = [c for c in process_definition.columns if c.name != "xml"]
        rows = self._models(process_definition, fields, all_versions)
        return tuple(_definition_view(row) for row in rows)

    def definition(self, key: str, version: int | None = None) -> DefinitionView:
        """A process with its XML: newest version unless told. Raises NotFound."""
        return _definition_view(self._model(process_definition, "流程", key, version))

    def definition_of(self, case_id: str) -> dict[str, DefinitionView]:
        """The versions that a case runs on: by process key, the process and all it calls."""
        query = (
            select(process_bundle.c.members)
            .join(process_instance, process_instance.c.bundle_hash == process_bundle.c.hash)
            .where(process_instance.c.case_id == case_id)
        )
        with self.reading() as connection:
            members = connection.execute(query).scalar_one_or_none()
            if members is None:
                raise NotFound("没有这个办件。", case_id=case_id)
            found = _joined(process_definition, list(process_definition.columns)).where(
                process_definition.c.id.in_(list(members.values()))
            )
            return {row["key"]: _definition_view(dict(row)) for row in connection.execute(found).mappings()}

    def decisions(self, all_versions: bool = False) -> tuple[DecisionView, ...]:
        fields = [c for c in decision_definition.columns if c.name != "xml"]
        return tuple(_decision_view(row) for row in self._models(decision_definition, fields, all_versions))

    def decision(self, key: str, version: int | None = None) -> DecisionView:
        """A decision model with its XML: newest version unless told. Raises NotFound."""
        return _decision_view(self._model(decision_definition, "决策", key, version))

    def forms(self) -> tuple[FormView, ...]:
        return tuple(
            FormView(**_only(FormView, row))
            for row in self._models(form_definition, list(form_definition.columns), False)
        )

    def form(self, form_key: str, version: int | None = None) -> FormView:
        """A form with schema and ui: newest version unless told. Raises NotFound. Read from memory; do not change it."""
        with self.looking() as (library, connection):
            entry = library.form(connection, form_key, version)
        return FormView(entry.key, entry.version, entry.title, entry.hash, entry.schema, entry.ui, entry.deployed_at)

    def _models(self, table: Any, fields: Sequence[Any], all_versions: bool) -> list[dict[str, Any]]:
        with self.reading() as connection:
            query = _joined(table, fields).order_by(table.c.key, table.c.version)
            rows = [dict(row) for row in connection.execute(query).mappings()]
        return rows if all_versions else list({row["key"]: row for row in rows}.values())

    def _model(self, table: Any, kind: str, key: str, version: int | None) -> dict[str, Any]:
        query = _joined(table, list(table.columns)).where(table.c.key == key)
        if version is not None:
            query = query.where(table.c.version == version)
        with self.reading() as connection:
            row = connection.execute(query.order_by(table.c.version.desc()).limit(1)).mappings().one_or_none()
        if row is None:
            raise NotFound(
                f"没有{kind} {key}{'' if version is None else f' 的第 {version} 版'}。", key=key, version=version
            )
        return dict(row)


def _joined(table: Any, fields: Sequence[Any]) -> Select[Any]:
    more = (deployment.c.actor_name.label("deployed_by"), deployment.c.approved_by, deployment.c.note)
    return select(*fields, *more).join_from(table, deployment, table.c.deployment_id == deployment.c.id)


def _definition_view(row: dict[str, Any]) -> DefinitionView:
    values = {name: row[name] for name in DefinitionView.__dataclass_fields__ if name in row}
    return DefinitionView(**{**values, "called_keys": tuple(row["called_keys"])})


def _decision_view(row: dict[str, Any]) -> DecisionView:
    values = {name: row[name] for name in DecisionView.__dataclass_fields__ if name in row}
    return DecisionView(**{**values, "decision_ids": tuple(row["decision_ids"])})


def _only(view: type, row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: row[name] for name in view.__dataclass_fields__}  # type: ignore[attr-defined]

"""The stage of the flow tests: a real engine on a temporary SQLite, the real sandbox, a clock that moves only when told."""

from __future__ import annotations

import importlib
import pkgutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine as Database

import handlers
from connectors import Connectors, build_connectors
from connectors.sandbox import RunningSandbox
from connectors.sandbox.people import Person
from engine import Actor, Engine, EngineSettings, FrozenClock
from engine.database import open_database
from engine.deployment import read_tree
from engine.records import metadata, objection, publication
from engine.registry import registry
from engine.scenarios import Stage
from handlers.document import Press, open_press

ROOT = Path(__file__).resolve().parents[2]
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ANALYST = Actor(user_id="analyst", name="分析师", groups=frozenset({"model_publisher"}))
MATERIALS = {
    "已婚": "marriage_certificate",
    "离异": "divorce_certificate",
    "local": "household_register",
    "outside": "residence_permit",
}


@dataclass
class FlowServices:
    """What handlers reach: the same names as in the real house."""

    database: Database
    connectors: Connectors
    documents: Press
    engine: Engine | None = None


def register_handlers() -> None:
    for info in pkgutil.walk_packages(handlers.__path__, handlers.__name__ + "."):
        if info.name.rpartition(".")[2] in ("service_tasks", "records"):
            importlib.import_module(info.name)


def fonts() -> list[Path]:
    """The regular weight, from the built islands or from their packages."""
    places = (ROOT / "web/ui/dist/fonts", ROOT / "web/ui/node_modules/@expo-google-fonts/noto-sans-sc/400Regular")
    return next((found for place in places if (found := sorted(place.rglob("*Regular*.ttf")))), [])


@cache
def press() -> Press:
    """One press for all tests of a process: its keys and fonts are slow to open."""
    return open_press(fonts(), Path(tempfile.mkdtemp(prefix="guangsha-press-")), "http://127.0.0.1:8000")


def open_engine(
    folder: Path,
    sandbox_url: str,
    at: datetime = MONDAY,
    press: Press | None = None,
    url: str | None = None,
    domains: Collection[str] = (),
) -> Engine:
    """An engine with the blocks and these domains deployed (all, if none is named); its clock stands at `at`."""
    register_handlers()
    database = open_database(url or f"sqlite:///{folder / 'flows.db'}", synchronous="OFF")
    metadata.create_all(database)
    documents = press or open_press(fonts(), folder, "http://127.0.0.1:8000")
    connectors = build_connectors(sandbox_url, timeout_s=60, breaker_after=0)
    services = FlowServices(database, connectors, documents)
    engine = Engine(
        database, registry=registry, clock=FrozenClock(at), services=services, settings=EngineSettings(lease_s=600)
    )
    services.engine = engine
    engine.seed_calendar()
    wanted = {"blocks", *domains} if domains else set()
    files = {path: content for path, content in read_tree(ROOT).items() if not wanted or path.split("/")[1] in wanted}
    engine.deploy(files, ANALYST)
    return engine


def domain_of(process_key: str) -> str:
    """The folder under processes/ in which the flow lies."""
    return next((ROOT / "processes").glob(f"*/{process_key}")).parent.name


def application(
    sandbox: RunningSandbox, person: str = "clean_family", index: int = 0, **changes: Any
) -> dict[str, Any]:
    """The apply form as the person of a situation would fill it in, with every mandatory material."""
    head = sandbox.population.with_situation(person)[index]
    household = sandbox.population.household_of(head)
    head = household.head if head.relation != "本人" else head
    form: dict[str, Any] = {
        "kind": "new",
        "raising_type": "district",
        "district": "310101",
        "applicant": _applicant(head),
        "household": {"members": [_member(p) for p in household.members if p.id_no != head.id_no]},
        "housing": {"living_address": head.address, "living_type": "租赁", "owns_home": False},
        "employment": _employment(head),
        "consents": {"truth": True, "information_check": True, "e_licence": True},
    }
    form["materials"] = {code: [f"file-{code}"] for code in _materials(form)}
    return {**form, **changes}


def _applicant(head: Person) -> dict[str, Any]:
    local = head.residence_permit_since is None
    found: dict[str, Any] = {
        "name": head.name,
        "id_type": "id_card",
        "id_no": head.id_no,
        "mobile": head.mobile or "13800138000",
        "hukou": "local" if local else "outside",
        "marital_status": head.declared_marital_status,
    }
    if not local:
        found["residence_permit_since"] = head.residence_permit_since.isoformat()  # type: ignore[union-attr]
    if found["marital_status"] == "已婚":
        found["married_on"] = (head.married_on or head.born_on.replace(year=head.born_on.year + 25)).isoformat()
    if found["marital_status"] == "离异":
        found["divorced_on"] = (head.divorced_on or head.born_on.replace(year=head.born_on.year + 30)).isoformat()
    return found


def _member(person: Person) -> dict[str, Any]:
    relation = person.relation if person.relation in ("配偶", "子女", "父母", "祖父母") else "其他"
    return {
        "name": person.name,
        "relation": relation,
        "id_type": "id_card",
        "id_no": person.id_no,
        "marital_status": person.declared_marital_status,
    }


def _employment(head: Person) -> dict[str, Any]:
    if head.employer:
        return {"status": "employed", "employer_name": head.employer}
    return {"status": "retired" if head.born_on.year < 1966 else "unemployed"}


def _materials(form: Mapping[str, Any]) -> list[str]:
    person = form["applicant"]
    codes = ["id_card", MATERIALS[person["hukou"]], MATERIALS.get(person["marital_status"]), "housing_proof"]
    codes += ["employment_proof"] if form["employment"]["status"] == "employed" else []
    return [code for code in codes if code]


def make_stage(
    folder: Path,
    sandbox: RunningSandbox,
    press: Press | None = None,
    url: str | None = None,
    domains: Collection[str] = (),
) -> Stage:
    """A stage of its own for one test, on the shared sandbox."""
    engine = open_engine(folder, sandbox.url, press=press, url=url, domains=domains)
    stage = Stage(engine, engine.clock)  # type: ignore[arg-type]
    stage.build = {"application": lambda **arguments: application(sandbox, **arguments)}
    stage.verbs = {
        "objection": _object,
        "sandbox": lambda _stage, _case, switch: sandbox.behaviour.set(**switch),
    }
    return stage


def _object(stage: Stage, case_id: str, text: str) -> None:
    """A citizen objects to the notice that is published now."""
    with stage.engine.database.begin() as connection:
        notice = connection.execute(
            publication.select().where(publication.c.case_id == case_id, publication.c.status == "published")
        ).one()
        connection.execute(
            objection.insert().values(
                id=stage.key()[-40:],
                publication_id=notice.id,
                case_id=case_id,
                receipt_no=stage.key(),
                person_name="王某",
                mobile="13900139000",
                text=text,
                submitted_at=stage.clock.now(),
                status="received",
            )
        )

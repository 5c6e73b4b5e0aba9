"""Puts one installation together: config in, Services out. The server, the worker, the commands and the tests all use it."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass

from sqlalchemy import Engine as Database

import handlers
import web
from connectors import INTERFACES, Connectors, build_connectors
from engine import Actor, Clock, DeploymentReceipt, Engine, EngineSettings, SystemClock, registry
from engine.database import open_database
from handlers.document.press import Press, open_press
from web import periodic, tables
from web.config import Config
from web.demo_clock import DemoClock
from web.files.store import FileStore
from web.periodic import PeriodicJob

COMMAND_LINE = Actor(user_id="command-line", name="命令行", post="系统管理", groups=frozenset({"system_admin"}))


@dataclass
class HandlerServices:
    """What a service task may reach through its context. engine: for commands on other cases, set once it is built."""

    connectors: Connectors
    documents: Press
    files: FileStore
    database: Database
    engine: Engine | None = None


@dataclass(frozen=True)
class Services:
    """Everything that a request, a job or a command may need; nothing else is global.

    clock is the house's business time, which a demonstration may move on; wall is the machine's, for sessions and leases.
    """

    config: Config
    database: Database
    engine: Engine
    connectors: Connectors
    clock: Clock
    wall: Clock
    documents: Press
    files: FileStore
    periodic: tuple[PeriodicJob, ...]


def build(config: Config, clock: Clock | None = None, settings: EngineSettings | None = None) -> Services:
    """Connect, register the handlers of every domain and return the Services; starts no thread and writes no table."""
    tables.metadata()
    config.data.mkdir(parents=True, exist_ok=True)
    database = open_database(config.url)
    chosen = clock or (DemoClock(database) if config.demo else SystemClock())
    connectors = build_connectors(_addresses(config), timeout_s=config.connector_timeout_s)
    documents = open_press(config.fonts, config.data, config.public_url)
    files = FileStore(config.data / "files", database, chosen)
    topics()
    within = HandlerServices(connectors, documents, files, database)
    engine = Engine(database, registry=registry, clock=chosen, services=within, settings=settings)
    within.engine = engine
    return Services(
        config, database, engine, connectors, chosen, SystemClock(), documents, files, periodic.find(handlers, web)
    )


def deploy(services: Services) -> DeploymentReceipt:
    """Deploy the processes/ and forms/ that the installation ships; unchanged content keeps its version."""
    return services.engine.deploy_tree(services.config.model_root, COMMAND_LINE)


def topics() -> frozenset[str]:
    """Every topic that a handler serves, after all `service_tasks` modules have been imported."""
    for info in pkgutil.walk_packages(handlers.__path__, handlers.__name__ + "."):
        if info.name.rpartition(".")[2] == "service_tasks":
            importlib.import_module(info.name)
    return registry.topics


def _addresses(config: Config) -> str | dict[str, str]:
    if not config.connector_urls:
        return config.sandbox_url or "http://127.0.0.1:9"
    base = config.sandbox_url or "http://127.0.0.1:9"
    return {system: config.connector_urls.get(system, f"{base}/{system}") for system in INTERFACES}

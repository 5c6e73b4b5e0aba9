"""Server: all systems of the sandbox behind one port on loopback, in a thread. Listens to no other address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any

from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from connectors.sandbox import case_desk, platforms, registers
from connectors.sandbox.behaviour import Behaviour
from connectors.sandbox.control import control_app
from connectors.sandbox.ledger import Ledger
from connectors.sandbox.population import Population, population
from connectors.sandbox.system_app import system_app
from connectors.sandbox.world import World

OPERATIONS = {**registers.OPERATIONS, **case_desk.OPERATIONS, **platforms.OPERATIONS}


class _Quiet(WSGIRequestHandler):
    """Logs nothing: the ledger tells what came. HTTP/1.0: a dropped reply closes, a stopped sandbox is really gone."""

    protocol_version = "HTTP/1.0"

    def log(self, type: str, message: str, *args: object) -> None:
        return


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox that serves at url until stop(); also a context manager. behaviour.set() is POST /_switch."""

    url: str
    population: Population
    behaviour: Behaviour
    ledger: Ledger
    _server: BaseWSGIServer
    _thread: Thread
    _stopped: Event

    def stop(self) -> None:
        """End every wait, close the port and the ledger. Safe to call twice."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.ledger.close()

    def __enter__(self) -> RunningSandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
                 ) -> None:
        self.stop()


def start_sandbox(port: int = 0, seed: int = 1, nasty: bool = False, state_path: Path | str | None = None,
                  today: date | None = None) -> RunningSandbox:
    """Serve at once in a thread. port 0: any free one; state_path: SQLite file of the ledgers, None for memory;
    today: the day on which the registers stand (default: now in Shanghai), fixed until stop."""
    ledger = Ledger(Path(state_path) if state_path is not None else None)
    world, behaviour, stopped = World(population(seed, today), ledger), Behaviour(seed, nasty), Event()
    systems: dict[str, Any] = {f"/{name}": system_app(name, operations, world, behaviour, stopped)
                               for name, operations in OPERATIONS.items()}
    app = DispatcherMiddleware(control_app(tuple(OPERATIONS), world, behaviour), systems)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="sandbox", daemon=True)
    thread.start()
    return RunningSandbox(f"http://127.0.0.1:{server.server_port}", world.population, behaviour, ledger, server,
                          thread, stopped)

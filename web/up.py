"""Starts the whole product as one process tree and ends it as one; each stage is visible. Contains no business."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from engine.errors import Unavailable, ValidationFailed
from web.config import Config

HOST = "127.0.0.1"
START_LIMIT_S = 60.0


def up(port: int, *, nasty: bool = False, say: Callable[[str], None] = print) -> int:
    """Migrate, load the demo city, start sandbox, worker and web server; return when a signal or a child ends it.

    Raises ValidationFailed if the port is taken, Unavailable if a child does not come up within START_LIMIT_S.
    """
    refuse_taken_port(port)
    family = _Family(say)
    with _signals(family):
        try:
            _print_welcome(port, _start(family, port, nasty, say, os.environ), say)
            return family.wait()
        finally:
            family.stop()


@contextmanager
def running(port: int, env: Mapping[str, str], *, nasty: bool = False, say: Callable[[str], None] = print) -> Iterator[None]:
    """The whole product on a port with these surroundings instead of ours; it is stopped when the block ends."""
    family = _Family(say)
    try:
        _start(family, port, nasty, say, env)
        yield
    finally:
        family.stop()


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ValidationFailed(
                f"端口 {port} 已被占用。请先停止占用它的程序，或换一个端口：make run PORT={port + 1}\n"
                f"Port {port} is taken. Stop the program that uses it, or choose another: make run PORT={port + 1}"
            ) from error


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _start(
    family: _Family, port: int, nasty: bool, say: Callable[[str], None], base: Mapping[str, str]
) -> list[dict[str, str]]:
    config = Config.from_env({**base, "PORT": str(port)})
    env = {**base, "PORT": str(port), "GUANGSHA_DATA": str(config.data), "GUANGSHA_SECRET": config.secret}
    if not config.sandbox_url:
        sandbox_port = free_port()
        env["GUANGSHA_SANDBOX_URL"] = f"http://{HOST}:{sandbox_port}"
        with _stage(say, "外部系统沙箱 / sandbox of outside systems"):
            args = ["--port", str(sandbox_port), "--data", str(config.data / "sandbox"), *(["--nasty"] if nasty else [])]
            family.start("sandbox", ["-m", "connectors.sandbox", *args], env)
            _await(f"{env['GUANGSHA_SANDBOX_URL']}/_health", family)
    accounts = _prepare(Config.from_env(env), say)
    with _stage(say, "后台任务与网页服务 / worker and web server"):
        family.start("worker", ["-m", "web.worker"], env)
        family.start("web", _gunicorn(port), env)
        _await(f"http://{HOST}:{port}/healthz", family)
    return accounts


def _prepare(config: Config, say: Callable[[str], None]) -> list[dict[str, str]]:
    from web import bootstrap, schema, seeds

    with _stage(say, "数据库 / database"):
        schema.upgrade(config)
    services = bootstrap.build(config)
    with _stage(say, "流程、规则、表单 / processes, rules, forms"):
        bootstrap.deploy(services)
    with _stage(say, "示范城市与账号 / demo city and accounts"):
        accounts = seeds.seed(services) if config.demo else []
    services.database.dispose()
    return accounts


def _gunicorn(port: int) -> list[str]:
    return ["-m", "gunicorn", "--bind", f"{HOST}:{port}", "--workers", "2", "--threads", "8", "--worker-class", "gthread",
            "--log-level", "warning", "--graceful-timeout", "5", "--timeout", "60", "web.wsgi:app"]  # fmt: skip


def _print_welcome(port: int, accounts: list[dict[str, str]], say: Callable[[str], None]) -> None:
    from web.commands.answer import table

    say(f"\n广厦已启动 / Guangsha is running:  http://{HOST}:{port}\n")
    if accounts:
        rows = [(a["username"], a["password"], a["role"], a["name"]) for a in accounts]
        say(table(("账号 / account", "密码 / password", "角色 / role", "姓名 / name"), rows))
    say("\n按 Ctrl+C 停止 / press Ctrl+C to stop")


@contextmanager
def _stage(say: Callable[[str], None], name: str) -> Iterator[None]:
    begun = time.monotonic()
    say(f"  … {name}")
    yield
    say(f"  ✓ {name}  {time.monotonic() - begun:.1f} s")


def _await(url: str, family: _Family) -> None:
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end:
        family.refuse_dead()
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    raise Unavailable(f"{url} 在 {START_LIMIT_S:.0f} 秒内没有应答 / did not answer in time")


class _Family:
    """The child processes of one run; they live and die together."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._say = say
        self.stopping = False

    def start(self, name: str, args: list[str], env: dict[str, str]) -> None:
        # A session of its own: Ctrl+C reaches only the parent, which then ends the children in order.
        # What they say goes to stderr: stdout belongs to the command's answer.
        self._children[name] = subprocess.Popen(
            [sys.executable, *args], env=env, start_new_session=True, cwd=Path.cwd(), stdout=sys.__stderr__
        )

    def refuse_dead(self) -> None:
        for name, child in self._children.items():
            if child.poll() is not None:
                raise Unavailable(f"{name} 启动失败（退出码 {child.returncode}）/ did not start (exit code {child.returncode})")

    def wait(self) -> int:
        while not self.stopping:
            for name, child in self._children.items():
                if child.poll() is not None:
                    self._say(f"{name} 意外退出（{child.returncode}），全部停止 / ended unexpectedly, stopping all")
                    return 1
            time.sleep(0.2)
        return 0

    def stop(self) -> None:
        self.stopping = True
        for child in reversed(self._children.values()):
            if child.poll() is None:
                child.terminate()
        for child in self._children.values():
            try:
                child.wait(timeout=8)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


@contextmanager
def _signals(family: _Family) -> Iterator[None]:
    def stop(_number: int, _frame: object) -> None:
        family.stopping = True
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""`guangsha up`: the whole product comes up, keeps its data, and leaves no process behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from web.up import free_port


@contextmanager
def product(data: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`guangsha up` as a newcomer starts it, until it has printed that it runs; ended by Ctrl+C."""
    env = {**os.environ, "GUANGSHA_DATA": str(data), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    env.pop("GUANGSHA_DATABASE_URL", None)
    child = subprocess.Popen([sys.executable, "-m", "web.cli", "up"], env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = ""
    try:
        assert child.stdout is not None
        for line in child.stdout:
            said += line
            if "Ctrl+C" in line:
                break
        yield child, said
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
        child.communicate(timeout=30)


def running(data: Path) -> list[int]:
    """Processes that still carry this data folder in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if str(data).encode() in entry.read_bytes() and int(entry.parent.name) != os.getpid():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def test_up_serves_keeps_its_data_and_ends_without_leaving_a_process(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    with product(data, port) as (child, said):
        assert f"http://127.0.0.1:{port}" in said
        accounts = re.findall(r"^(\w+)\s+guangsha2026", said, re.MULTILINE)
        assert {"clerk", "analyst", "ruleadmin", "auditor", "admin"} <= set(accounts)
        state = httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).json()
        assert {state[part]["status"] for part in ("database", "queue", "worker", "sandbox")} == {"ok"}
        secret = (data / "secret").read_text()
    assert child.returncode == 0
    deadline = time.monotonic() + 10
    while (left := running(data)) and time.monotonic() < deadline:
        os.sched_yield()
    assert left == []
    with product(data, port) as (_child, again):
        assert re.findall(r"^(\w+)\s+guangsha2026", again, re.MULTILINE) == accounts
        assert (data / "secret").read_text() == secret


def test_a_taken_port_is_a_clear_sentence(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        env = {**os.environ, "GUANGSHA_DATA": str(tmp_path)}
        command = [sys.executable, "-m", "web.cli", "up", "--port", str(port), "--json"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2
    assert f"端口 {port} 已被占用" in json.loads(done.stdout)["message"]

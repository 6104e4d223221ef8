"""The launcher and its server: neither outlives the other."""

import os
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.support.programs import free_port, running, wait_until_it_answers


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def closes(port: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_open(port) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not is_open(port)


def test_a_launcher_killed_outright_leaves_no_server(sqlite_url: str, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    env = {"APP_ENV": "test", "DATABASE_URL": sqlite_url}
    with running([sys.executable, "-m", "dashboard", "--port", str(port)], env=env, log=log) as launcher:
        wait_until_it_answers(launcher, f"http://127.0.0.1:{port}/healthz", log=log, seconds=60)
        launcher.kill()
        try:
            assert closes(port, 10)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(launcher.pid, signal.SIGKILL)  # its own group, where the server would be left

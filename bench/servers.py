"""Servers for measuring: the dashboard and an empty Streamlit, each on a free port, ended by their process."""

import ctypes
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
_START_SECONDS = 60
_LIBC = ctypes.CDLL(None)  # the processor time of another process, finer than /proc tells it


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its port, its process."""

    port: int
    process: int

    def worked(self) -> float:
        """Seconds of the processor that it took so far."""
        clock = ctypes.c_int()
        if _LIBC.clock_getcpuclockid(self.process, ctypes.byref(clock)):
            raise ProcessLookupError(f"The server {self.process} is gone.")
        return time.clock_gettime(clock.value)


@contextmanager
def streamlit(script: str, *options: str, tree: Path = ROOT, **environment: str) -> Iterator[Server]:
    """A server of this script, with the settings of its repository unless options say otherwise."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}", *options]
    with subprocess.Popen(
        command, cwd=tree, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _await_health(port, server)
            yield Server(port, server.pid)
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_health(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server to be measured did not start.")

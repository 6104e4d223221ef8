"""The launcher, its server and its worker: none outlives the launcher."""

import os
import signal
import socket
import sqlite3
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, make_url, select

from data_access.base.engine import make_engine
from data_access.models.jobs import JobRun
from tests.support.programs import free_port, running, wait_until_it_answers


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def closes(port: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_open(port) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not is_open(port)


def workers_process(url: str, seconds: float, after: int = 0) -> int:
    """The process that runs jobs on this database, another than the one before: the holder of a run names it."""
    engine, deadline = make_engine(url), time.monotonic() + seconds
    with engine.connect() as connection:
        while (pid := _of_holder(connection)) in (0, after) and time.monotonic() < deadline:
            connection.rollback()
            time.sleep(0.1)
    engine.dispose()
    return pid


def _of_holder(connection: Connection) -> int:
    holder = connection.scalar(select(JobRun.holder).order_by(JobRun.id.desc()).limit(1))
    return int(holder.split("-")[-2]) if holder else 0


def forget_runs(url: str) -> None:
    """Every job is due at once: if all had run, the next one would come a minute later."""
    with closing(sqlite3.connect(str(make_url(url).database), timeout=30)) as connection:
        connection.execute("DELETE FROM job_runs")
        connection.commit()


def ends(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while Path(f"/proc/{pid}/cmdline").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    return not Path(f"/proc/{pid}/cmdline").exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_the_worker_runs_beside_the_server_and_ends_with_the_launcher(
    sqlite_url: str, tmp_path: Path, how: signal.Signals
) -> None:
    env = {"APP_ENV": "test", "DATABASE_URL": sqlite_url}
    command = [sys.executable, "-m", "dashboard", "--port", str(free_port())]
    with running(command, env=env, log=tmp_path / "log") as launcher:
        worker = workers_process(sqlite_url, 60)
        launcher.send_signal(how)
        try:
            assert ends(worker, 15)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(launcher.pid, signal.SIGKILL)  # its own group, where the worker would be left


def test_a_worker_that_was_killed_is_started_again_and_that_is_said(sqlite_url: str, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    env = {"APP_ENV": "test", "DATABASE_URL": sqlite_url}
    elsewhere = [sys.executable, "-m", "dashboard", "--address", "127.0.0.2", "--port", str(port)]
    with running(elsewhere, env=env, log=log) as launcher:
        first = workers_process(sqlite_url, 60)
        os.kill(first, signal.SIGKILL)
        forget_runs(sqlite_url)
        assert workers_process(sqlite_url, 60, after=first) not in (0, first)
        wait_until_it_answers(launcher, f"http://127.0.0.2:{port}/readyz", log=log, seconds=60)
    assert "The worker ended (killed by SIGKILL). It starts again in 1 s." in log.read_text()
    assert f"Customer Desk is at http://127.0.0.2:{port} " in log.read_text()


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

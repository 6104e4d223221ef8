"""Workers as processes of their own: when they end, and what they say last."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from data_access.base.engine import make_engine
from data_access.base.schedule import Job
from data_access.base.statuses import BillStatus
from data_access.models.jobs import RunState
from tests.data_access.test_jobs import TODAY, standing, status_of
from tests.support.builders import a_customer
from tests.support.programs import running as running_program


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_works_until_it_is_told_to_stop(sqlite_url: str, tmp_path: Path, signal_: signal.Signals) -> None:
    engine = make_engine(sqlite_url)
    customer_id = a_customer(engine, terminate_on=TODAY)
    command, log = [sys.executable, "-m", "data_access", "worker"], tmp_path / "log"
    with running_program(command, env={"DATABASE_URL": sqlite_url, "APP_ENV": "production"}, log=log) as process:
        wait_until(lambda: standing(engine)[Job.TIDY].last is not None, process)  # the last one of the first round
        assert status_of(engine, customer_id) is BillStatus.PERMANENTLY_TERMINATED
        wait_until(
            lambda: {row.last.state for row in standing(engine).values() if row.last} == {RunState.DONE}, process
        )
        process.send_signal(signal_)
        assert process.wait(10) == 0
    assert json.loads(log.read_text().splitlines()[-1])["event"] == "The worker has stopped."
    assert {row.last.state for row in standing(engine).values() if row.last} == {RunState.DONE}
    engine.dispose()


def test_a_worker_ends_with_the_process_that_started_it(sqlite_url: str, tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, os; "
        "subprocess.Popen([sys.executable, '-m', 'data_access', 'worker', '--beside', str(os.getpid())])"
    )
    log = tmp_path / "log"
    with running_program(
        [sys.executable, "-c", program], env={"DATABASE_URL": sqlite_url, "APP_ENV": "production"}, log=log
    ) as process:
        process.wait(10)
        deadline = time.monotonic() + 30
        while "The worker has stopped." not in log.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.1)


def wait_until(holds: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.1)

"""An upgrade while people work: the version before the newest step of the schema works on while the step is made."""

import io
import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import Server, running_server
from tests.support.programs import running

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = ROOT / "tests" / "support" / "old_people.py"
MORE, MOST_SECONDS = 15, 60
IN_BETWEEN = ("busy", "deadlock detected", "permission denied")  # until the roles have rights to what is new


def git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source as it was before the newest step of the schema came."""
    newest = max((ROOT / "data_access" / "migrations" / "versions").glob("r*.py"))
    came = git("log", "-1", "--diff-filter=A", "--format=%H", "--", str(newest)).decode().strip()
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=io.BytesIO(git("archive", f"{came}^"))) as packed:
        packed.extractall(folder, filter="data")
    return folder


@pytest.fixture
def server() -> Iterator[Server]:
    with running_server() as started:
        started.order("CREATE DATABASE desk")
        yield started


def url(server: Server, role: str) -> str:
    return f"postgresql+psycopg://{role}@/desk?host={server.socket}"


def environment(source: Path, address: str) -> dict[str, str]:
    """Of a process that runs this source, wherever it is started."""
    return {
        "PYTHONPATH": str(source), "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1", "APP_ENV": "demo",
        "DATABASE_URL": address, "OUTBOX_DIR": str(source / "var" / "outbox"),
    }  # fmt: skip


def order(source: Path, address: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A verb of the command line of this source."""
    return subprocess.run(
        [sys.executable, "-m", "data_access", *words], cwd=source, env=os.environ | environment(source, address),
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def roles(source: Path, server: Server) -> None:
    with psycopg.connect(host=str(server.socket), user="desk", dbname="desk") as connection:
        connection.execute((source / "deploy" / "roles.sql").read_bytes())


def rounds(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def wait_for(log: Path, more: int) -> None:
    """Until so many more rounds are done."""
    wanted = len(rounds(log)) + more
    wait_until(lambda: len(rounds(log)) >= wanted, log)


def wait_until(holds: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + MOST_SECONDS
    while not holds():
        assert time.monotonic() < deadline, log.read_text()[-2000:]
        time.sleep(0.1)


@pytest.mark.timeout(400)
def test_the_version_before_works_on_while_the_schema_is_brought_up(
    before: Path, server: Server, tmp_path: Path
) -> None:
    made = order(before, url(server, "desk"), "seed", "--customers", "60")
    assert made.returncode == 0, made.stderr
    roles(before, server)
    log, new_log = tmp_path / "old", tmp_path / "new"
    people, app = [sys.executable, str(PEOPLE), str(tmp_path)], url(server, "desk_app")
    worker = [sys.executable, "-m", "data_access", "worker"]
    old = environment(before, app)
    with running(people, env=old, log=log), running(worker, env=old, log=tmp_path / "worker") as working:
        wait_for(log, MORE)
        wait_until(lambda: "The worker is running" in (tmp_path / "worker").read_text(), tmp_path / "worker")
        assert [one["wrong"] for one in rounds(log)] == [""] * len(rounds(log))
        roles(ROOT, server)
        upgraded = order(ROOT, url(server, "desk_owner"), "migrate")
        assert upgraded.returncode == 0, upgraded.stderr
        roles(ROOT, server)
        wait_for(log, MORE)
        with running(people, env=environment(ROOT, app), log=new_log):
            wait_for(new_log, MORE)
        assert working.poll() is None
        (tmp_path / "stop").touch()
        time.sleep(1)
    last = [one["wrong"] for one in rounds(log)[-MORE:]] + [one["wrong"] for one in rounds(new_log)]
    assert set(last) == {""}
    broken = [str(one["wrong"]) for one in rounds(log) if one["wrong"]]
    assert [wrong for wrong in broken if not any(told in wrong for told in IN_BETWEEN)] == []
    verified = order(ROOT, app, "audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    late = order(before, app, "people", "list", "--as", "admin")
    assert "a newer version" in late.stderr or "not at the newest revision" in late.stderr

"""Two processes behind HAProxy and nginx, as `deploy/proxies` says: people stay at theirs until it is killed."""

import asyncio
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import httpx
import pytest
from websockets.exceptions import WebSocketException

from bench.st_client import Failed, session
from data_access.base.clock import system_clock
from data_access.base.engine import make_engine
from data_access.base.permissions import Role
from data_access.store.sign_ins import open_session
from tests.support.people import a_person
from tests.support.programs import free_port, running, wait_until_it_answers

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "proxies"
TOKEN = "a-token-of-the-tests"
START_SECONDS, BACK_SECONDS = 90, 15
Changed = Callable[[int, Path], list[tuple[str, str]]]


@dataclass
class Behind:
    """The processes, and the port of the proxy in front of them."""

    port: int
    ports: tuple[int, int]
    processes: tuple[Popen[bytes], Popen[bytes]]
    cookie: str

    def runs(self) -> list[float]:
        """How many runs each process has done; a killed one has done none."""
        return [_runs(port) for port in self.ports]

    def ask(self, cookies: dict[str, str] | None = None) -> httpx.Response:
        """The first page."""
        name, _, value = self.cookie.partition("=")
        return httpx.get(
            f"http://127.0.0.1:{self.port}/", cookies={name: value} | (cookies or {}), headers={"accept": "text/html"}
        )

    def draw(self, route: str, times: int = 1) -> None:
        """The page Customers over a WebSocket of its own each time."""

        async def once() -> None:
            cookie = f"{self.cookie}; desk_route={route}" if route else self.cookie
            async with session(self.port, page="customers", cookie=cookie) as opened:
                await opened.draw()

        for _ in range(times):
            asyncio.run(once())


def _runs(port: int) -> float:
    try:
        told = httpx.get(f"http://127.0.0.1:{port}/metrics", headers={"authorization": f"Bearer {TOKEN}"}).text
    except httpx.TransportError:
        return 0
    return sum(float(count) for count in re.findall(r"^desk_rerun_seconds_count\{.*\} (\S+)", told, re.MULTILINE))


def haproxy(port: int, folder: Path) -> list[tuple[str, str]]:
    """What is another on this computer than in the file."""
    return [
        ("bind :443 ssl crt /etc/haproxy/desk.pem alpn h2,http/1.1", f"bind 127.0.0.1:{port}"),
        ("log /dev/log local0", f"log {folder}/log.socket local0"),
        ("maxconn 20000", "maxconn 2000"),  # twice as many descriptors
        ("    user haproxy\n    group haproxy\n", ""),
    ]


def nginx(port: int, folder: Path) -> list[tuple[str, str]]:
    """What is another on this computer than in the file."""
    return [
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        ("        ssl_certificate     /etc/nginx/desk.crt;\n        ssl_certificate_key /etc/nginx/desk.key;\n", ""),
        ("pid /run/nginx.pid;", f"pid {folder}/nginx.pid;"),
        ("error_log /var/log/nginx/error.log;", f"error_log {folder}/error.log;"),
        ("user www-data;\n", ""),
        ("worker_rlimit_nofile 65536;", "worker_rlimit_nofile 8192;"),
        ("worker_connections 16384;", "worker_connections 4096;"),
    ]


PROXIES: dict[str, tuple[str, Changed, list[str]]] = {
    "haproxy": ("haproxy.cfg", haproxy, ["-W", "-db", "-f"]),
    "nginx": ("nginx.conf", nginx, ["-g", "daemon off;", "-c"]),
}


@contextmanager
def proxied(kind: str, folder: Path, port: int, ports: tuple[int, int]) -> Iterator[None]:
    """The proxy of this kind by the file in `deploy`, with other ports and without a certificate."""
    name, changed, options = PROXIES[kind]
    program = shutil.which(kind) or shutil.which(kind, path="/usr/sbin")
    if program is None:
        raise FileNotFoundError(f"{kind} is not installed: apt-get install haproxy nginx-light")
    text = (FOLDER / name).read_text()
    changes = [
        *changed(port, folder),
        ("127.0.0.1:8501", f"127.0.0.1:{ports[0]}"),
        ("127.0.0.1:8502", f"127.0.0.1:{ports[1]}"),
    ]
    for said, here in changes:
        assert said in text
        text = text.replace(said, here)
    (folder / name).write_text(text)
    log = folder / f"{kind}.log"
    with running([program, *options, str(folder / name)], env={}, log=log) as process:
        wait_until_it_answers(process, f"http://127.0.0.1:{port}/healthz", log=log, seconds=20)
        yield


@pytest.fixture(params=PROXIES)
def desk(request: pytest.FixtureRequest, postgresql_url: str, tmp_path: Path) -> Iterator[Behind]:
    engine = make_engine(postgresql_url)
    person = a_person(engine, Role.SUPPORT)
    assert person.person_id is not None
    token = open_session(engine, person.person_id, system_clock())
    port, one, two = free_port(), free_port(), free_port()
    env = {
        "APP_ENV": "test", "DATABASE_URL": postgresql_url, "METRICS_TOKEN": TOKEN,
        "PUBLIC_URL": f"http://127.0.0.1:{port}", "TRUSTED_PROXIES": "127.0.0.1", "FORWARDED_ALLOW_IPS": "",
    }  # fmt: skip
    with ExitStack() as stack:
        processes = []
        for own in (one, two):
            command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboard/app.py"), f"--server.port={own}"]
            log = tmp_path / f"{own}.log"
            process = stack.enter_context(running(command, env=env, log=log))
            wait_until_it_answers(process, f"http://127.0.0.1:{own}/healthz", log=log, seconds=START_SECONDS)
            processes.append(process)
        stack.enter_context(proxied(request.param, tmp_path, port, (one, two)))
        yield Behind(port, (one, two), (processes[0], processes[1]), f"desk_session={token}")
    engine.dispose()


@pytest.mark.timeout(300)
def test_people_stay_at_their_process_and_find_the_other_one_when_it_is_killed(desk: Behind) -> None:
    routes = [desk.ask().cookies["desk_route"] for _ in range(12)]
    desk.draw(routes[0], times=5)
    assert sorted(desk.runs()) == [0, 5]  # one process has served all of them
    for route in routes:
        desk.draw(route)
    assert min(desk.runs()) > 0  # and others are served by the other one
    mine = desk.runs()
    desk.draw(routes[0])
    (serves,) = (place for place, (before, after) in enumerate(zip(mine, desk.runs(), strict=True)) if after > before)
    assert httpx.get(f"http://127.0.0.1:{desk.port}/metrics").status_code == 403

    desk.processes[serves].kill()
    desk.processes[serves].wait()
    killed_at = time.monotonic()
    while True:
        try:
            desk.draw(routes[0])  # still signed in: the session is in the database
            break
        except (Failed, OSError, WebSocketException):
            if time.monotonic() - killed_at > BACK_SECONDS:
                raise
            time.sleep(0.1)
    assert desk.ask({"desk_route": routes[0]}).status_code == 200

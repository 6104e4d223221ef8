"""The launcher: checks, prepares the database, says where to go, and runs server and worker until Ctrl+C."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from ipaddress import ip_address
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import DBAPIError

from dashboard.server.parent_watch import by_this_process
from data_access.base.clock import system_clock
from data_access.base.errors import Refusal
from data_access.base.running.databases import open_database
from data_access.base.settings import Settings, complaint, settings
from data_access.domain.passwords import DEMO_SIGN_INS
from data_access.migrations import upgrade
from data_access.seed.demo import seed
from data_access.store import sign_ins

ROOT = Path(__file__).resolve().parents[2]
CANNOT_START = 2
_START_SECONDS, _STOP_SECONDS = 60, 10
_LOOK_SECONDS, _FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.2, 1.0, 60.0


class CannotStart(Refusal):
    """Something outside has to change first; the sentence says what."""

    code = "cannot_start"


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0 when it ran and was stopped, 2 when it could not start."""
    parsed = _parser().parse_args(arguments)
    for stop in (signal.SIGINT, signal.SIGTERM):  # a shell that starts it behind itself has had SIGINT ignored
        signal.signal(stop, signal.default_int_handler)
    os.chdir(ROOT)  # a relative DATABASE_URL and Streamlit's configuration are found from here
    try:
        _refuse_busy(parsed.address, parsed.port)
        chosen = _settings()
        _refuse_open_demo(chosen, parsed.address)
        _prepare(chosen)
        return _serve(parsed, chosen)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return CANNOT_START
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dashboard", description="Run Customer Desk.")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--address", default="127.0.0.1", help="127.0.0.1: this computer only; 0.0.0.0: everyone")
    parser.add_argument("--no-worker", action="store_true", help="do not start a worker; it runs elsewhere")
    return parser


def _settings() -> Settings:
    try:
        return settings()
    except ValidationError as wrong:
        raise CannotStart(complaint(wrong)) from wrong


def _refuse_busy(address: str, port: int) -> None:
    with socket.socket(_family(address)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except (OSError, OverflowError) as taken:
            raise CannotStart(
                f"Port {port} on {address} is not free: stop what uses it, or give another port."
            ) from taken


def _refuse_open_demo(chosen: Settings, address: str) -> None:
    if chosen.is_demo and not ip_address(address).is_loopback:
        raise CannotStart("The demo's passwords are published: it runs on 127.0.0.1 only. Leave out --address.")


def _prepare(chosen: Settings) -> None:
    """The newest schema without what is old and over, and the demo's customers where this is an empty demo."""
    try:
        engine = open_database(chosen)
        upgrade(engine)
        sign_ins.prune(engine, system_clock())
        _fill(engine, chosen)
        engine.dispose()
    except DBAPIError as trouble:
        where = make_url(chosen.database_url).render_as_string()
        reason = str(trouble.orig).splitlines()[0]
        raise CannotStart(f"The database {where} cannot be used: {reason}.") from trouble


def _fill(engine: Engine, chosen: Settings) -> None:
    if sign_ins.has_people(engine):
        return
    if not chosen.is_demo:
        print("Nobody can sign in yet: add the first administrator with")
        print("  python -m data_access people add LOGIN --name NAME --first", flush=True)
        return
    print("Filling the empty database with demo customers.", flush=True)
    seed(engine, clock=system_clock, with_demo_people=True, archive_to=Path(chosen.archive_dir))


def _serve(parsed: argparse.Namespace, chosen: Settings) -> int:
    options = [f"--server.address={parsed.address}", f"--server.port={parsed.port}"]
    options.append(f"--server.maxUploadSize={chosen.import_megabytes}")
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboard" / "app.py"), *options]
    with subprocess.Popen(command, cwd=ROOT, env=by_this_process(), stdout=subprocess.DEVNULL) as server:
        try:
            _await_answer(server, parsed.address, parsed.port)
            _say_where(parsed.address, parsed.port, chosen)
            with nullcontext() if parsed.no_worker else _worker():
                return server.wait()
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # from here on it ends by itself
            _end(server)
            print("Stopped.")
            return 0


@contextmanager
def _worker() -> Iterator[None]:
    """What happens by itself happens for the length of the block; a worker that ends is started again."""
    over = threading.Event()
    keeper = threading.Thread(target=_keep_working, args=(over,))
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _keep_working(over: threading.Event) -> None:
    command = [sys.executable, "-m", "data_access", "worker", "--beside", str(os.getpid())]
    pause = _FIRST_PAUSE_SECONDS
    while True:
        begun = time.monotonic()
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as worker:
            while worker.poll() is None and not over.wait(_LOOK_SECONDS):
                continue
            if over.is_set():
                _end(worker)
                return
        pause = _FIRST_PAUSE_SECONDS if time.monotonic() - begun > _LONGEST_PAUSE_SECONDS else pause
        message = f"The worker ended ({_how_it_ended(worker)}). It starts again in {pause:.0f} s."
        print(message, file=sys.stderr, flush=True)
        over.wait(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _how_it_ended(process: subprocess.Popen[bytes]) -> str:
    status = process.returncode
    return f"exit status {status}" if status >= 0 else f"killed by {signal.Signals(-status).name}"


def _await_answer(server: subprocess.Popen[bytes], address: str, port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with socket.socket(_family(address)) as probe:
            if probe.connect_ex((_reached_at(address), port)) == 0:
                return
        time.sleep(0.05)
    server.terminate()
    raise CannotStart("The server did not start: the lines above say why.")


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _reached_at(address: str) -> str:
    """Where a program on this computer finds a server that listens on the address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)


def _say_where(address: str, port: int, chosen: Settings) -> None:
    host = _reached_at(address)
    print(f"Customer Desk is at http://{f'[{host}]' if ':' in host else host}:{port} (Ctrl+C stops it).")
    if chosen.is_demo:
        print("Sign in with one click, or by name and password:")
        for demo in DEMO_SIGN_INS:
            print(f"  {demo.login:<10} {demo.password}")
    sys.stdout.flush()


def _end(started: subprocess.Popen[bytes]) -> None:
    started.terminate()
    try:
        started.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        started.kill()

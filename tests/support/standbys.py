"""A PostgreSQL with standbys for the tests: commits wait for one of them, as a team runs it."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from tests.support.postgres import (
    SUPERUSER,
    CannotStart,
    Server,
    call,
    copied,
    end,
    folder,
    installations,
    made,
    quick_disk,
    started,
)

END_SECONDS = 15
_SPARING = ("-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=60")
_KEPT = ("-c", "wal_keep_size=256MB", "-c", "hot_standby_feedback=on")


@dataclass(frozen=True)
class Node(Server):
    """One of the servers: the primary or a standby."""

    process: Popen[bytes]

    def ask(self, statement: str, database: str = "postgres") -> str:
        """The one value that a statement gives, as text."""
        with self.connect(database) as connection:
            row = connection.execute(statement.encode()).fetchone()
        assert row is not None
        return str(row[0])

    def kill(self) -> None:
        """As when the machine is lost: nothing is ended in an orderly way."""
        self.process.kill()
        self.process.wait()


@dataclass(frozen=True)
class Cluster:
    """A primary and its standbys."""

    primary: Node
    standbys: tuple[Node, ...]

    def url(self, database: str, target: str) -> str:
        """The address of a database on all of them: libpq takes one that is what is wanted."""
        hosts = "&".join(f"host={node.socket}" for node in (self.primary, *self.standbys))
        wanted = f"target_session_attrs={target}&load_balance_hosts=random"
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?{hosts}&{wanted}"

    def furthest(self) -> Node:
        """The standby that has received most: it has every commit that was acknowledged."""
        return max(self.standbys, key=lambda node: int(node.ask("SELECT pg_last_wal_receive_lsn() - '0/0'::pg_lsn")))


@contextmanager
def a_primary_with_standbys(names: tuple[str, ...] = ("one", "two")) -> Iterator[Cluster]:
    """All of them on sockets in folders of their own, ended by their process ids."""
    with ExitStack() as stack:
        homes = [stack.enter_context(folder(Path(tempfile.gettempdir()))) for _ in ("primary", *names)]
        disks = [stack.enter_context(folder(quick_disk())) / "data" for _ in homes]
        programs = _programs(homes[0])
        made(programs, homes[0], disks[0])
        quorum = f"synchronous_standby_names=ANY 1 ({', '.join(names)})"
        primary = _node(stack, programs, homes[0], disks[0], "cluster_name=primary")
        standbys = []
        for name, home, data in zip(names, homes[1:], disks[1:], strict=True):
            told = f"host={primary.socket} user={SUPERUSER} application_name={name}"
            call(programs, home, "pg_basebackup", "-R", "-d", told, "-D", data, "--checkpoint=fast", "--no-sync")
            standbys.append(_node(stack, programs, home, data, f"cluster_name={name}"))
        with primary.connect("postgres") as connection:
            name, _, value = quorum.partition("=")
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
            connection.execute(b"SELECT pg_reload_conf()")
        yield Cluster(primary, tuple(standbys))


def _programs(home: Path) -> Path:
    found = next(installations(), None)
    if found is None:
        raise CannotStart("No PostgreSQL is installed: pip install -r requirements-dev.txt")
    return copied(found, home) if found.name == "pginstall" else found


def _node(stack: ExitStack, programs: Path, home: Path, data: Path, name: str) -> Node:
    process = started(programs, home, data, [*_SPARING, *_KEPT, "-c", name])
    stack.callback(end, process)
    return Node(home, process)


def pause(nodes: tuple[Node, ...]) -> None:
    """Standbys keep what they receive, and show nothing of it yet."""
    for node in nodes:
        node.ask("SELECT pg_wal_replay_pause()")


def resume(cluster: Cluster) -> None:
    """Standbys show all that the primary has written so far."""
    written = cluster.primary.ask("SELECT pg_current_wal_flush_lsn()")
    for node in cluster.standbys:
        node.ask("SELECT pg_wal_replay_resume()")
    deadline = time.monotonic() + END_SECONDS
    while time.monotonic() < deadline:
        if all(node.ask(f"SELECT pg_last_wal_replay_lsn() >= '{written}'") == "True" for node in cluster.standbys):
            return
        time.sleep(0.01)
    raise TimeoutError("a standby does not follow")

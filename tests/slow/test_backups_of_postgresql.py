"""PostgreSQL is backed up and restored with its roles, and brought back to a moment before a mistake."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, func, select

from data_access.base.engine import make_engine
from data_access.base.permissions import SYSTEM, Role
from data_access.commands.customers.notes import AddNote
from data_access.migrations import upgrade
from data_access.models.customers import Note
from data_access.queries.audit.verify import VerifyChain
from data_access.store.access import Access, new_command_id
from tests.data_access.test_roles import apply_roles, engine_as
from tests.support.builders import a_customer
from tests.support.people import NOW, access_for
from tests.support.postgres import (
    SUPERUSER,
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

SPARING = ("-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=on", "-c", "max_connections=60")


@dataclass
class Machine:
    """One server with its files and the programs that back it up."""

    programs: Path
    home: Path
    data: Path

    @contextmanager
    def running(self, *settings: str) -> Iterator[Server]:
        """The server for the length of the block."""
        process = started(self.programs, self.home, self.data, [*SPARING, *settings])
        try:
            server = Server(self.home)
            yield server
            server.orders.close()
        finally:
            end(process)

    def call(self, program: str, *arguments: str | Path) -> None:
        """A program of PostgreSQL on this server."""
        call(self.programs, self.home, program, "-h", self.home, "-U", SUPERUSER, *arguments)


@pytest.fixture
def machines() -> Iterator[tuple[Machine, Machine]]:
    """One that has the desk and an empty one."""
    with ExitStack() as stack:
        homes = [stack.enter_context(folder(Path(tempfile.gettempdir()))) for _ in range(2)]
        disks = [stack.enter_context(folder(quick_disk())) / "data" for _ in range(2)]
        found = next(installations())
        programs = copied(found, homes[0]) if found.name == "pginstall" else found
        one, other = (Machine(programs, home, data) for home, data in zip(homes, disks, strict=True))
        made(programs, one.home, one.data)
        yield one, other


def a_desk(server: Server) -> Engine:
    """A database with the schema, the roles and a note."""
    server.order("CREATE DATABASE desk")
    engine = make_engine(server.url("desk"))
    upgrade(engine)
    apply_roles(server.url("desk"))
    note(engine, a_customer(engine))
    return engine


def note(engine: Engine, customer_id: int) -> None:
    access_for(engine, Role.SUPPORT).execute(
        AddNote(command_id=new_command_id(), customer_id=customer_id, text="Called back.")
    )


def is_whole(server: Server, notes: int) -> None:
    """The audit holds, the notes are there, and each role may what it may."""
    app = engine_as("desk_app", server.url("desk"))
    assert Access(app, SYSTEM, lambda: NOW).fetch(VerifyChain()).holds
    with app.connect() as connection:
        assert connection.execute(select(func.count(Note.id))).scalar_one() == notes
    app.dispose()
    with (
        psycopg.connect(host=str(server.socket), user="desk_app", dbname="desk") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("DELETE FROM transactions")
    with psycopg.connect(host=str(server.socket), user="desk_reader", dbname="desk") as connection:
        assert connection.execute("SELECT count(*) FROM notes").fetchone() == (notes,)


def test_a_dump_is_restored_on_another_server_with_its_roles(machines: tuple[Machine, Machine]) -> None:
    one, other = machines
    dump = one.home / "desk.dump"
    made(other.programs, other.home, other.data)
    with one.running() as server:
        a_desk(server).dispose()
        one.call("pg_dump", "--format=custom", "--file", dump, "desk")
    with other.running() as server:
        server.order("CREATE DATABASE desk")
        apply_roles(server.url("desk"))  # the roles first: what is restored belongs to them
        other.call("pg_restore", "--exit-on-error", "--single-transaction", "--dbname", "desk", dump)
        apply_roles(server.url("desk"))
        is_whole(server, notes=1)


def test_a_database_is_brought_back_to_a_moment_before_a_mistake(machines: tuple[Machine, Machine]) -> None:
    one, other = machines
    archive = one.home / "archive"
    archive.mkdir()
    shutil.chown(archive, *(one.home.stat().st_uid, one.home.stat().st_gid))
    keep = ("-c", "archive_mode=on", "-c", f"archive_command=test ! -f {archive}/%f && cp %p {archive}/%f")
    with one.running(*keep) as server:
        engine = a_desk(server)
        one.call("pg_basebackup", "-D", other.data, "--checkpoint=fast", "--no-sync")
        customer_id = a_customer(engine)
        note(engine, customer_id)
        with server.connect("desk") as connection:
            connection.execute("SELECT pg_create_restore_point('before_the_upgrade')")
        for _ in range(3):
            note(engine, customer_id)  # the mistake
        engine.dispose()
        with server.connect("desk") as connection:
            connection.execute("SELECT pg_switch_wal()")
    (other.data / "recovery.signal").touch()
    target = ("recovery_target_name=before_the_upgrade", "recovery_target_action=promote")
    back = [word for setting in (f"restore_command=cp {archive}/%f %p", *target) for word in ("-c", setting)]
    with other.running(*back) as server:
        is_whole(server, notes=2)

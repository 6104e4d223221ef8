"""A SQLite file is backed up while people write, restored, and looked through for damage."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from data_access.base.engine import make_engine
from data_access.base.errors import Rejected
from data_access.base.permissions import SYSTEM, Role
from data_access.base.running.sqlite_files import back_up, damage_in, file_of
from data_access.commands.customers.notes import AddNote
from data_access.models.customers import Note
from data_access.queries.audit.verify import VerifyChain
from data_access.store.access import Access, new_command_id
from tests.data_access.test_command_line import desk as desk  # a fixture, by its own name
from tests.support.builders import a_customer
from tests.support.people import NOW, access_for


def count_notes(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count(Note.id))).scalar_one()


def test_a_backup_taken_while_somebody_writes_holds_each_command_whole(sqlite_engine, tmp_path):
    access, customer_id = access_for(sqlite_engine, Role.SUPPORT), a_customer(sqlite_engine)
    is_over = threading.Event()

    def write() -> None:
        while not is_over.is_set():
            access.execute(AddNote(command_id=new_command_id(), customer_id=customer_id, text="Called."))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            assert back_up(sqlite_engine, tmp_path / f"{number}.db") > 0
    finally:
        is_over.set()
        writer.join()
    restored = make_engine(f"sqlite:///{tmp_path / '2.db'}")
    assert Access(restored, SYSTEM, lambda: NOW).fetch(VerifyChain()).holds
    assert 0 < count_notes(restored) <= count_notes(sqlite_engine)
    restored.dispose()
    assert {one.stat().st_mode & 0o777 for one in tmp_path.glob("*.db")} == {0o600}


def test_no_backup_is_written_over(sqlite_engine, tmp_path):
    (tmp_path / "kept.db").write_text("the backup of yesterday")
    with pytest.raises(Rejected, match="is there already"):
        back_up(sqlite_engine, tmp_path / "kept.db")
    assert (tmp_path / "kept.db").read_text() == "the backup of yesterday"


def test_a_folder_that_is_not_there_is_refused(sqlite_engine, tmp_path):
    with pytest.raises(Rejected, match="cannot be written: No such file or directory"):
        back_up(sqlite_engine, tmp_path / "nowhere" / "desk.db")


@pytest.mark.parametrize("how", ["a page", "a row"])
def test_damage_is_found(sqlite_engine, tmp_path, how):
    a_customer(sqlite_engine)
    file = tmp_path / "desk.db"
    back_up(sqlite_engine, file)
    assert damage_in(file) == []
    if how == "a page":
        with file.open("r+b") as written:
            written.seek(4096 * 4)
            written.write(b"\xff" * 4096)
    else:
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE customers SET customer_class_id = 999")
    assert damage_in(file) != []


def test_the_verbs_say_what_they_did(desk, database_url, tmp_path: Path):
    file = tmp_path / "copy.db"
    (backed_up, said, refused), (checked, looked, _) = desk("backup", file), desk("check")
    if database_url.startswith("sqlite"):
        assert (backed_up, checked, file.exists()) == (0, 0, True)
        assert ("and is whole." in said, looked) == (
            True,
            "The file is whole, and every row refers to rows that there are.",
        )
        assert desk("backup", file)[0] == 1
    else:
        assert (backed_up, checked, file.exists()) == (1, 1, False)
        assert "pg_basebackup" in refused


def test_where_nothing_is_there_is_nothing_to_back_up(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(Rejected, match="There is no database at"):
        file_of(engine)
    engine.dispose()

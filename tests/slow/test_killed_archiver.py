"""An archiver killed at any step has done nothing or all of it, and the next run does the rest."""

import signal
import subprocess
import sys
from decimal import Decimal

import pytest

from data_access.base.permissions import Role
from data_access.jobs.archive_file import read_archive
from tests.data_access.test_archive import an_old_customer, bookings, row_of, run, sums
from tests.support.people import NOW, a_person

KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from data_access.store.access import access_as
from data_access.base.engine import make_engine
from data_access.jobs import archive

real = getattr(archive, sys.argv[5])

def killed(*given):
    real(*given)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(archive, sys.argv[5], killed)
engine, now = make_engine(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
actor = access_as(engine, "ann").actor
archive.archive_customer(engine, actor, lambda: now, Path(sys.argv[3]), int(sys.argv[4]))
"""


@pytest.mark.parametrize("step", ["write_archive", "_write_row", "_delete", "_write_audit"])
def test_killed_before_the_commit_nothing_is_lost_and_the_next_run_does_it_all(database_url, engine, tmp_path, step):
    a_person(engine, Role.ADMIN, login="ann")
    customer_id = an_old_customer(engine, balance=Decimal(5))
    before = [tuple(row) for row in bookings(engine, customer_id)]
    words = [database_url, NOW.isoformat(), str(tmp_path), str(customer_id), step]
    killed = subprocess.run([sys.executable, "-c", KILLED, *words], timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert [tuple(row) for row in bookings(engine, customer_id)] == before
    assert row_of(engine, customer_id).archived_at is None
    done = run(engine, tmp_path, customer_id)
    assert done.rows == len(read_archive(tmp_path / done.file)) > 0
    assert sums(engine, customer_id)[0] == sums(engine, customer_id)[3] == Decimal(5)

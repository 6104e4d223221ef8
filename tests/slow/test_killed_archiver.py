"""An archiver killed at any step has done nothing or all of it, and the next run does the rest."""

import os
import signal
from decimal import Decimal
from pathlib import Path

import pytest

from data_access.base.engine import make_engine
from data_access.base.permissions import Role
from data_access.jobs import archive
from data_access.jobs.archive_file import read_archive
from data_access.store.access import access_as
from tests.data_access.test_archive import an_old_customer, bookings, row_of, run, sums
from tests.support.doomed import end
from tests.support.forks import forked
from tests.support.people import NOW, a_person


def archived_until(step: str, url: str, folder: Path, customer_id: int) -> None:
    """Archives the customer, and ends by SIGKILL after this step."""
    real = getattr(archive, step)

    def killed(*given: object) -> None:
        real(*given)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(archive, step, killed)
    engine = make_engine(url)
    archive.archive_customer(engine, access_as(engine, "ann").actor, lambda: NOW, folder, customer_id)


@pytest.mark.parametrize("step", ["write_archive", "_write_row", "_delete", "_write_audit"])
def test_killed_before_the_commit_nothing_is_lost_and_the_next_run_does_it_all(database_url, engine, tmp_path, step):
    a_person(engine, Role.ADMIN, login="ann")
    customer_id = an_old_customer(engine, balance=Decimal(5))
    before = [tuple(row) for row in bookings(engine, customer_id)]
    assert end(forked(archived_until, step, database_url, tmp_path, customer_id))
    assert [tuple(row) for row in bookings(engine, customer_id)] == before
    assert row_of(engine, customer_id).archived_at is None
    done = run(engine, tmp_path, customer_id)
    assert done.rows == len(read_archive(tmp_path / done.file)) > 0
    assert sums(engine, customer_id)[0] == sums(engine, customer_id)[3] == Decimal(5)

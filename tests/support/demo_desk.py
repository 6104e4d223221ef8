"""The dashboard as `make run` starts it, on a port and a database of its own, filled with demo data."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select

from dashboard.kit.feedback import BROKE_OFF
from data_access.base.engine import make_engine, spare_the_disk
from data_access.base.money import ZERO
from data_access.base.statuses import BillStatus
from data_access.migrations import upgrade
from data_access.models.customers import BalanceControl, Customer
from data_access.seed.demo import seed
from tests.support.browsing import Desk
from tests.support.programs import free_port, running, wait_until_it_answers

START_SECONDS = 90
SUSPENDED = (
    Customer.bill_status == BillStatus.SUSPENDED,
    Customer.first_lifted_on.is_(None),
    Customer.blocked.is_(False),
    Customer.balance_control == BalanceControl.POSTPAID,
    Customer.balance > ZERO,
    Customer.balance < Customer.credit_limit,
)


class PageBrokeOff(Exception):
    """Somebody was shown that something went wrong: the log from there on."""


@contextmanager
def demo_desk(folder: Path, *, customers: int | None = None, with_worker: bool = False) -> Iterator[Desk]:
    """A running desk for the length of the block; its database and log stand in the folder.

    It fills the database itself, as `make run` does, unless so many customers are written before it starts.
    Without a worker nothing happens by itself: a journey finds what the demo was filled with.
    PageBrokeOff at the end, with the log, if a fault of the program was shown to anybody meanwhile.
    """
    port, log, archive = free_port(), folder / "log", folder / "archive"
    url = f"sqlite:///{folder / 'desk.db'}"
    if customers is not None:
        _fill(url, customers, archive)
    command = [sys.executable, "-m", "dashboard", "--port", str(port), *([] if with_worker else ["--no-worker"])]
    with running(
        command, env={"APP_ENV": "demo", "DATABASE_URL": url, "ARCHIVE_DIR": str(archive)}, log=log
    ) as process:
        address = f"http://127.0.0.1:{port}"
        wait_until_it_answers(process, f"{address}/healthz", log=log, seconds=START_SECONDS)
        yield Desk(address, url)
    if BROKE_OFF in (said := log.read_text()):
        raise PageBrokeOff(said[said.index(BROKE_OFF) :])


def _fill(url: str, customers: int, archive: Path) -> None:
    engine = make_engine(url)
    spare_the_disk(engine)
    upgrade(engine)
    seed(engine, customers, with_demo_people=True, archive_to=archive)
    engine.dispose()


def a_customer_who(desk: Desk, *conditions: ColumnElement[bool], after: int = 0) -> Row[tuple[int, str, str]]:
    """The first customer of the demo for whom all of it holds: id, Customer ID, currency."""
    asked = select(Customer.id, Customer.customer_code, Customer.currency)
    return asked_of(desk, asked.where(Customer.id > after, *conditions).order_by(Customer.id).limit(1))


def told(desk: Desk, asked: Select[*tuple[Any, ...]]) -> Any:
    """The one value that the desk's database gives now."""
    return asked_of(desk, asked)[0]


def asked_of(desk: Desk, asked: Select[*tuple[Any, ...]]) -> Row[Any]:
    """The one row that the desk's database gives now."""
    engine = make_engine(desk.database_url)
    with engine.connect() as connection:
        found = connection.execute(asked).one()
    engine.dispose()
    return found

"""`python -m bench.customer [TREE ...]`: the page of a customer run again, in turns with that of other trees."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from bench.pages import told
from bench.servers import ROOT, streamlit
from bench.st_client import Session, session
from dashboard.kit.signin_cookies import Cookies
from data_access.base.clock import system_clock
from data_access.base.engine import make_engine
from data_access.base.statuses import BillStatus
from data_access.models.customers import BalanceControl, Customer
from data_access.models.people import Person
from data_access.store import sign_ins

CUSTOMERS, ROUNDS, WARM_UP = 300, 60, 5
_WHO = {
    "suspended": (Customer.bill_status == BillStatus.SUSPENDED, Customer.balance_control == BalanceControl.POSTPAID),
    "in service": (Customer.bill_status == BillStatus.OPEN, Customer.first_overdue_from.is_(None)),
}
_TABS = ("Overview", "Balance & credits", "Address info")


@dataclass(frozen=True, slots=True)
class Desk:
    """A dashboard to be measured: where its code stands, its database, and the cookie of a manager."""

    tree: Path
    url: str
    cookie: str
    addresses: dict[str, str]


def desk(tree: Path, folder: Path) -> Desk:
    """Filled by its own code: the tables of another tree may be others."""
    url = f"sqlite:///{folder / 'bench.db'}"
    environment = os.environ | {"APP_ENV": "demo", "DATABASE_URL": url}
    for verb in (["migrate"], ["seed", "--customers", str(CUSTOMERS)]):
        subprocess.run([sys.executable, "-m", "data_access", *verb], cwd=tree, env=environment, check=True)
    engine = make_engine(url)
    with engine.connect() as connection:
        manager = connection.execute(select(Person.id).where(Person.login == "manager")).scalar_one()
        ids = {
            who: connection.execute(select(Customer.id).where(*those).order_by(Customer.id).limit(1)).scalar_one()
            for who, those in _WHO.items()
        }
    token = sign_ins.open_session(engine, manager, system_clock())
    engine.dispose()
    addresses = {
        f"{who}, {tab}": f"id={key}&tab={tab}".replace(" & ", "+%26+") for who, key in ids.items() for tab in _TABS
    }
    return Desk(tree, url, f"{Cookies(are_secure=False).session}={token}", addresses)


async def measure(ports: dict[Path, int], desks: list[Desk], empty_port: int) -> dict[str, list[float]]:
    """Milliseconds of each run, in turns."""
    taken: dict[str, list[float]] = {}
    async with AsyncExitStack() as stack:
        empty = await stack.enter_async_context(session(empty_port))
        lines: list[tuple[str, Session, str]] = [("an empty page", empty, "")]
        for one in desks:
            for name, address in one.addresses.items():
                line = await stack.enter_async_context(session(ports[one.tree], page="customer", cookie=one.cookie))
                lines.append((f"{name} ({one.tree.name})", line, address))
        for _ in range(WARM_UP + ROUNDS):
            for name, line, address in lines:
                taken.setdefault(name, []).append((await line.draw(address)).seconds * 1000)
    return {name: milliseconds[WARM_UP:] for name, milliseconds in taken.items()}


def main(trees: list[Path]) -> None:
    """Prints a line a page, then each page of the first tree against those of the others."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        places = [Path(folder) / str(place) for place in range(len(trees))]
        desks = [desk(tree, place) for tree, place in zip(trees, places, strict=True)]
        ports = {
            one.tree: stack.enter_context(
                streamlit("dashboard/app.py", tree=one.tree, APP_ENV="test", DATABASE_URL=one.url)
            ).port
            for one in desks
        }
        taken = asyncio.run(measure(ports, desks, stack.enter_context(streamlit("bench/empty.py")).port))
    medians = {name: statistics.median(milliseconds) for name, milliseconds in taken.items()}
    for name, milliseconds in taken.items():
        print(told(name, milliseconds))
    for other in desks[1:]:
        for name in desks[0].addresses:
            ratio = medians[f"{name} ({desks[0].tree.name})"] / medians[f"{name} ({other.tree.name})"]
            print(f"{name}: {ratio:.2f} of what it takes in {other.tree.name}")


if __name__ == "__main__":
    main([ROOT, *(Path(tree).resolve() for tree in sys.argv[1:])])

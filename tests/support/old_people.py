"""People at work by whatever version is on the path, until a file in a folder tells them to stop.

Each round is a line of JSON: what went wrong, if anything, and how long it took.
"""

import json
import os
import sys
import time
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from data_access.base.bookings import Kind
from data_access.base.clock import system_clock
from data_access.base.engine import make_engine
from data_access.base.errors import Busy
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import BookTransaction
from data_access.commands.customers.notes import AddNote
from data_access.models.customers import Customer
from data_access.queries.lists.counts import BlockedCount
from data_access.store.access import Access, access_as, new_command_id

_OPEN = select(Customer.id).where(Customer.bill_status == BillStatus.OPEN).order_by(Customer.id).limit(20)


def work(folder: Path) -> None:
    """A look, a note and a payment a round, for one customer after the other."""
    engine = make_engine(os.environ["DATABASE_URL"])
    access = access_as(engine, "admin", system_clock)
    with engine.connect() as connection:
        customers = connection.scalars(_OPEN).all()
    number = 0
    while not (folder / "stop").exists():
        begun = time.monotonic()
        wrong = _round(access, customers[number % len(customers)], number)
        number += 1
        told = {"wrong": wrong, "seconds": round(time.monotonic() - begun, 2)}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def _round(access: Access, customer_id: int, number: int) -> str:
    payment = BookTransaction(
        command_id=new_command_id(), customer_id=customer_id, kind=Kind.MANUAL_PAYMENT,
        reference=f"slip {os.getpid()} {number}", amount=Decimal(number + 1) / 100 + os.getpid(),
    )  # fmt: skip
    try:
        access.fetch(BlockedCount())
        access.execute(AddNote(command_id=new_command_id(), customer_id=customer_id, text="Called back."))
        access.execute(payment)
    except Busy:
        return "busy"
    except Exception as trouble:
        return f"{type(trouble).__name__}: {trouble}"[:300]
    return ""


if __name__ == "__main__":
    work(Path(sys.argv[1]))

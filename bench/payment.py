"""`python -m bench.payment [URL]`: a payment on SQLite, in turns with its statements by the driver alone.

What is compared is the time of the processor: both write the same rows, and wait for the same disk. Then payments of
1, 8 and 32 people at once, each for a customer of its own: how many a second, and how long one waits at most. On
PostgreSQL, filled before, these alone.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Engine, event, select

from data_access.base.bookings import Kind
from data_access.base.clock import system_clock
from data_access.base.engine import make_engine
from data_access.base.permissions import SYSTEM
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import BookTransaction
from data_access.migrations import upgrade
from data_access.models.customers import Customer
from data_access.seed.demo import seed
from data_access.store.access import Access, new_command_id

CUSTOMERS, WARM_UP, ROUNDS = 500, 10, 100
PEOPLE, AT_ONCE = (1, 8, 32), 640
_CENTS = count(1)  # the same amount for the same customer again would be asked about
Statement = tuple[str, Any]


def payments(engine: Engine, *which: ColumnElement[bool]) -> Iterator[BookTransaction]:
    """A little money of open customers, no two payments alike, in a currency that has cents."""
    open_ones = select(Customer.id).where(Customer.bill_status == BillStatus.OPEN, Customer.currency == "EUR", *which)
    with engine.connect() as connection:
        found = cycle(connection.scalars(open_ones.limit(200)).all())
    for number in _CENTS:
        yield BookTransaction(
            command_id=new_command_id(), customer_id=next(found), kind=Kind.MANUAL_PAYMENT,
            amount=Decimal(number) / 100, reference=f"bench {number}",
        )  # fmt: skip


def sent_by(access: Access, payment: BookTransaction) -> list[Statement]:
    """Executes it, and gives the statements that were sent, its reads among them."""
    statements: list[Statement] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    event.listen(access.engine, "before_cursor_execute", note)
    try:
        access.execute(payment)
    finally:
        event.remove(access.engine, "before_cursor_execute", note)
    return statements


def again(driver: Any, statements: list[Statement], command_id: str, number: int) -> None:
    """The same transaction under an id and a number of its own."""
    own = new_command_id()
    for statement, values in statements:
        told = [own if value == command_id else value for value in values]
        if statement.startswith("INSERT INTO command_log"):
            told[1] = number
        driver.execute(statement, told).fetchall()
    driver.execute("COMMIT")


def measure(engine: Engine) -> tuple[list[float], list[float], int]:
    """Milliseconds of the processor of each round: ours and the driver's, and how many statements they are."""
    access, orders = Access(engine, SYSTEM), payments(engine, Customer.outstanding > Decimal(50))
    borrowed = engine.raw_connection()
    driver: Any = borrowed.driver_connection
    borrowed.detach()
    driver.set_progress_handler(None, 0)
    for _ in range(WARM_UP):
        access.execute(next(orders))
    model = next(orders)
    statements = sent_by(access, model)
    own, raw = list[float](), list[float]()
    for _ in range(ROUNDS):
        own.append(_processor(partial(access.execute, next(orders))))
        number = access.last_command() + 1
        raw.append(_processor(partial(again, driver, statements, model.command_id, number)))
    driver.close()
    return own, raw, len(statements)


def _processor(work: Callable[[], object]) -> float:
    begun = time.thread_time()
    work()
    return (time.thread_time() - begun) * 1000


def at_once(engine: Engine, people: int) -> tuple[float, float, float]:
    """Payments a second of so many threads; seconds that one waits, at the median and at most."""
    orders = list(islice(payments(engine), AT_ONCE))
    begun = time.perf_counter()
    with ThreadPoolExecutor(people) as pool:
        waits = list(pool.map(partial(_waited, engine), orders))
    return AT_ONCE / (time.perf_counter() - begun), statistics.median(waits), max(waits)


def _waited(engine: Engine, payment: BookTransaction) -> float:
    begun = time.perf_counter()
    Access(engine, SYSTEM).execute(payment)
    return time.perf_counter() - begun


def main(arguments: list[str]) -> None:
    """Of a file that is gone afterwards, or of a copy of a large book; its books hold no more afterwards."""
    with tempfile.TemporaryDirectory(prefix="desk-payment-") as folder:
        engine = make_engine(arguments[0] if arguments else f"sqlite:///{Path(folder) / 'payment.db'}")
        upgrade(engine)
        if not arguments:
            seed(engine, CUSTOMERS, system_clock, with_demo_people=True)
        if engine.dialect.name == "sqlite":
            own, raw, sent = measure(engine)
            ours, drivers = statistics.median(own), statistics.median(raw)
            print(f"payment: {ours:.1f} ms, the driver {drivers:.2f} ms, {ours / drivers:.1f} times, {sent} statements")
        for people in PEOPLE:
            rate, usual, longest = at_once(engine, people)
            print(
                f"{people:2} at once: {rate:3.0f} a second, p50 {usual * 1000:3.0f} ms, at most {longest * 1000:3.0f}"
            )
        engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])

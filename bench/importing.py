"""`python -m bench.importing`: a file tried and brought in as the worker does it, rows a second of the processor.

`--rows` how many, `--kind` customers or charges, `--database-url` another database than a SQLite file that is gone
afterwards. `--profile` prints what takes longest. What PostgreSQL itself takes is not in it.
"""

import cProfile
import gc
import pstats
import resource
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import Engine, select

from data_access.base.clock import system_clock
from data_access.base.engine import make_engine
from data_access.base.schedule import Job
from data_access.commands.imports.runs import BringFileIn, TryFile
from data_access.domain.entered.card_columns import ROWS
from data_access.imports.kept.carrying import EVERY_WORK
from data_access.imports.kept.uploads import keep_file
from data_access.jobs.runner import run_job
from data_access.migrations import upgrade
from data_access.models.customers import Customer
from data_access.queries.imports.runs import ImportOfFile
from data_access.seed.demo import seed
from data_access.store.access import access_as, new_command_id
from data_access.store.job_leases import Holder

CUSTOMERS_MAPPING = """
[fields]
customer_code = { column = "Number" }
customer_class = { constant = "Imported" }
balance_control = { constant = "postpaid" }
currency = { constant = "EUR" }
credit_limit = { column = "Limit" }
balance = { column = "Owes", blank = "clear" }
company_name = { column = "Company" }
first_name = { column = "First name" }
last_name = { column = "Last name" }
email = { column = "E-mail" }
phone = { column = "Phone" }
address_line_1 = { column = "Street" }
city = { column = "City" }
postal_code = { column = "Code" }
country = { column = "Country" }
[new_class]
name = "Imported"
net_days = 14
"""
CHARGES_MAPPING = """
[fields]
customer_code = { column = "Client" }
reference = { column = "Ref" }
amount = { column = "Cost" }
service = { constant = "Calls" }
used_on = { column = "Day" }
"""


def customers(rows: int, _engine: Engine) -> Iterable[str]:
    """One of ten owes something, and will be dunned for it."""
    yield "Number,Company,First name,Last name,E-mail,Phone,Street,City,Code,Country,Limit,Owes"
    for number in range(rows):
        company = f"Company {number * 7919 % rows} Ltd" if number % 3 == 0 else ""
        owes = f"{number % 900 + 1}.50" if number % 10 == 0 else ""
        yield (
            f"I-{number:07},{company},First{number % 997},Last{number % 10_007},mail{number}@example.com,"
            f"+49 30 {5_000_000 + number},Street {number % 211},City {number % 499},{10_000 + number % 80_000},DE,"
            f"{number % 50 * 100},{owes}"
        )


def charges(rows: int, engine: Engine) -> Iterable[str]:
    """Of the running customers of the demo, each in its turn."""
    running = select(Customer.customer_code).where(Customer.bill_status == "open").order_by(Customer.id)
    with engine.connect() as connection:
        codes = connection.scalars(running).all()
    yield "Client,Ref,Cost,Day"
    day = system_clock().date().isoformat()
    for number in range(rows):
        yield f"{codes[number % len(codes)]},bench-{number},0.{number % 90 + 10},{day}"


KINDS: dict[str, tuple[Callable[[int, Engine], Iterable[str]], str]] = {
    "customers": (customers, CUSTOMERS_MAPPING),
    "charges": (charges, CHARGES_MAPPING),
}
assert not KINDS.keys() & ROWS.keys()


def work(engine: Engine, label: str, rows: int) -> None:
    """The worker's run of imports, measured."""
    begun, ticks = time.perf_counter(), time.process_time()
    run_job(engine, Job.IMPORT_FILES, system_clock, Holder("bench"), works=EVERY_WORK)
    processor, seconds = time.process_time() - ticks, time.perf_counter() - begun
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    pace = f"{rows / processor:,.0f} rows a second of processor, {rows / seconds:,.0f} by the clock"
    print(f"{label}: {pace}, at most {megabytes} MB", flush=True)


def measure(engine: Engine, given: Namespace, folder: Path) -> None:
    """Tries the file, and brings it in."""
    content, mapping = KINDS[given.kind]
    upgrade(engine)
    with engine.connect() as connection:
        is_empty = connection.scalar(select(Customer.id).limit(1)) is None
    if is_empty:
        seed(engine, given.seeded, system_clock, with_demo_people=True)
    path = folder / f"{given.kind}.csv"
    with path.open("w") as file:
        file.writelines(f"{line}\n" for line in content(given.rows, engine))
    access = access_as(engine, "admin")
    import_id = keep_file(access, path).import_id
    access.execute(TryFile(import_id=import_id, kind=given.kind, mapping=mapping, command_id=new_command_id()))
    work(engine, f"{given.kind}, tried", given.rows)
    access.execute(BringFileIn(import_id=import_id, trial=1, command_id=new_command_id()))
    work(engine, f"{given.kind}, brought in", given.rows)
    done = access.fetch(ImportOfFile(import_id))
    print(done.says, done.why)


def main(arguments: list[str]) -> None:
    parser = ArgumentParser(prog="python -m bench.importing")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--kind", choices=KINDS, default="customers")
    parser.add_argument("--seeded", type=int, default=500, help="customers of the demo that an empty database gets")
    parser.add_argument("--database-url")
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-import-")))
        engine = make_engine(given.database_url or f"sqlite:///{folder / 'import.db'}")
        stack.callback(engine.dispose)
        profile = cProfile.Profile()
        if given.profile:
            profile.enable()
        measure(engine, given, folder)
        if given.profile:
            profile.disable()
            pstats.Stats(profile).sort_stats("tottime").print_stats(45)


if __name__ == "__main__":
    gc.freeze()  # as the command line does
    main(sys.argv[1:])

"""`python -m bench.exports`: a list as files and as a frame, rows a second and memory, beside the plain driver.

ADBC stands beside them where `adbc-driver-sqlite` is installed, on SQLite.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile

import pandas as pd
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bench.million.book import TEMPLATE, fill
from data_access.base.choices.export_choices import ExportContent, FileFormat
from data_access.base.engine import make_engine
from data_access.base.permissions import SYSTEM
from data_access.base.statuses import BillStatus
from data_access.models.customers import Customer
from data_access.notebook.listed_customers import ListedCustomers
from data_access.queries.lists.list_files import Contents, write_customers
from data_access.search.filters import LISTED
from data_access.store.access import Access
from data_access.store.typed.frames import frame

COLUMNS = (
    "id", "customer_code", "company_name", "first_name", "last_name", "email", "phone", "country", "created_at",
    "currency", "balance_control", "balance", "credit_limit", "bill_status", "blocked", "first_overdue_from",
    "customer_class_id",
)  # fmt: skip
PLAIN = f"SELECT {', '.join(COLUMNS)} FROM customers WHERE bill_status <> 'permanently_terminated'"


def _driver(engine: Engine) -> int:
    """As many columns of the same rows, as the driver gives them, and thrown away."""
    raw = engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute(PLAIN)
    count = 0
    while rows := cursor.fetchmany(5_000):
        count += len(rows)
    raw.close()
    return count


def _written(kind: FileFormat, content: ExportContent = ExportContent.LIST) -> Callable[[Engine], int]:
    def write(engine: Engine) -> int:
        with TemporaryFile() as file:
            return write_customers(_access(engine), file, kind, Contents(LISTED, content))

    return write


def _adbc(engine: Engine) -> int:
    """The columns as Arrow reads them by itself: amounts, days and instants as they are stored."""
    with import_module("adbc_driver_sqlite.dbapi").connect(engine.url.database) as connection:
        cursor = connection.cursor()
        cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": 65_536})  # types follow from the first
        cursor.execute(PLAIN)
        return len(cursor.fetch_arrow_table().to_pandas(types_mapper=pd.ArrowDtype))


def _typed_columns(engine: Engine) -> int:
    """The same columns by ours: exact amounts, days and instants."""
    columns = [getattr(Customer, name) for name in COLUMNS]
    asked = select(*columns).where(Customer.bill_status != BillStatus.PERMANENTLY_TERMINATED)
    with Session(engine) as session:
        return len(frame(session, asked))


def _frame(engine: Engine) -> int:
    access = _access(engine)
    return len(ListedCustomers(access, access, LISTED).to_frame())


def _access(engine: Engine) -> Access:
    return Access(engine, SYSTEM)


WORKS: dict[str, Callable[[Engine], int]] = {
    "plain driver": _driver,
    **({"ADBC": _adbc} if find_spec("adbc_driver_sqlite") else {}),
    "typed columns": _typed_columns,
    "typed frame": _frame,
    "CSV": _written(FileFormat.CSV),
    "CSV with next step": _written(FileFormat.CSV, ExportContent.NEXT),
    "Parquet": _written(FileFormat.PARQUET),
    "XLSX": _written(FileFormat.XLSX),
}


def told(url: str, work: str) -> str:
    """One line, in a process of its own: its memory is that of the work alone."""
    engine = make_engine(url)
    base, begun, worked = _peak(), time.perf_counter(), time.process_time()
    count = WORKS[work](engine)
    seconds, processor = time.perf_counter() - begun, time.process_time() - worked
    engine.dispose()
    return (
        f"{work:<19} {count:>9,} rows {seconds:7.2f} s {count / seconds:>9,.0f} a second "
        f"({count / processor:>9,.0f} of processor time), {_peak():4.0f} MB at most, {base:.0f} before"
    )


def _peak() -> float:
    """Of this program: what the system counts of a process goes on from the one that started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def main(arguments: list[str]) -> int:
    """Fills a database unless one is named, then prints a line a work."""
    parser = argparse.ArgumentParser(prog="python -m bench.exports")
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--database-url", help="one that is filled; by default a file that is gone afterwards")
    parser.add_argument("--work", choices=WORKS)
    chosen = parser.parse_args(arguments)
    if chosen.work:
        print(told(chosen.database_url, chosen.work))
        return 0
    with tempfile.TemporaryDirectory(prefix="desk-exports-") as folder:
        url = chosen.database_url or f"sqlite:///{Path(folder) / 'exports.db'}"
        if not chosen.database_url:
            fill(url, chosen.customers, template=min(TEMPLATE, chosen.customers))
        for work in WORKS:
            one = [sys.executable, "-m", "bench.exports", "--database-url", url, "--work", work]
            subprocess.run(one, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

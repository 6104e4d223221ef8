"""The real files imported where they stand, into a database of their own, and its sums held against the files."""

import csv
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine, case, func, select

from data_access.base.bookings import Kind
from data_access.base.clock import system_clock
from data_access.base.engine import make_engine
from data_access.base.errors import Refusal
from data_access.base.money import ZERO
from data_access.base.permissions import SYSTEM
from data_access.imports.batches import Run
from data_access.imports.customers import customer_mapping, import_customers
from data_access.imports.invoices import import_invoices, invoice_mapping
from data_access.imports.report import Report
from data_access.migrations import upgrade
from data_access.models.customers import Customer
from data_access.models.money import Allocation, Invoice, PaymentStatus, Transaction

ROOT = Path(__file__).resolve().parents[1]
MAPPINGS = ROOT / "data_access" / "imports" / "mappings"
CREDIT, RECEIVABLE = "credit-accounts", "accounts-receivable"

Figures = dict[str, Decimal | int]


def credit_in_file(rows: list[dict[str, str]]) -> Figures:
    """What the credit accounts add up to."""
    pairs = [(Decimal(row["BILL_AMT1"]), Decimal(row["CREDIT_LIMIT"])) for row in rows]
    return {
        "customers": len(rows),
        "balances": sum((balance for balance, _ in pairs), ZERO),
        "limits": sum((limit for _, limit in pairs), ZERO),
        "over their limit": sum(balance > limit for balance, limit in pairs),
        "in credit": sum(balance < 0 for balance, _ in pairs),
    }


def credit_in_database(engine: Engine) -> Figures:
    """The same figures, asked of the imported customers."""
    asked = select(
        func.count(Customer.id).label("customers"),
        func.sum(Customer.balance).label("balances"),
        func.sum(Customer.credit_limit).label("limits"),
        func.sum(case((Customer.balance > Customer.credit_limit, 1), else_=0)).label("over their limit"),
        func.sum(case((Customer.balance < ZERO, 1), else_=0)).label("in credit"),
    ).where(Customer.currency == "TWD")
    with engine.connect() as connection:
        return dict(connection.execute(asked).mappings().one())


def receivable_in_file(rows: list[dict[str, str]]) -> Figures:
    """What the invoices add up to; settled as they all are, they net to zero."""
    return {
        "invoices": len(rows),
        "amounts": sum((Decimal(row["InvoiceAmount"]) for row in rows), ZERO),
        "customers": len({row["customerID"] for row in rows}),
        "settled late": sum(int(row["DaysLate"]) > 0 for row in rows),
        "disputed": sum(row["Disputed"] == "Yes" for row in rows),
        "settled": len(rows),
        "net": ZERO,
    }


def receivable_in_database(engine: Engine) -> Figures:
    """The same figures, asked of the imported invoices, payments and customers."""
    invoices = select(
        func.count(Invoice.id).label("invoices"),
        func.sum(Invoice.total).label("amounts"),
        func.count(Invoice.customer_id.distinct()).label("customers"),
        func.sum(case((Invoice.disputed, 1), else_=0)).label("disputed"),
        func.sum(case((Invoice.payment_status == PaymentStatus.PAID, 1), else_=0)).label("settled"),
    ).where(Invoice.currency == "USD")
    late = (
        select(func.count(Allocation.id))
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .join(Transaction, Transaction.id == Allocation.payment_id)
        .where(Transaction.kind == Kind.MANUAL_PAYMENT, Transaction.value_on > Invoice.due_on)
    )
    net = select(func.sum(Transaction.amount)).where(Transaction.currency == "USD")
    with engine.connect() as connection:
        found = dict(connection.execute(invoices).mappings().one())
        return found | {"settled late": connection.scalar(late), "net": connection.scalar(net)}


def bring_in(engine: Engine, path: Path) -> Report:
    """Imports one of the two files by its mapping."""
    is_credit = CREDIT in path.name
    mapping, importing = (customer_mapping, import_customers) if is_credit else (invoice_mapping, import_invoices)
    of_file = mapping(MAPPINGS / f"{CREDIT if is_credit else RECEIVABLE}.toml")
    return importing(Run(engine, SYSTEM, system_clock, path, of_file, "ImportRealData"))


_READ: dict[str, tuple[Callable[[list[dict[str, str]]], Figures], Callable[[Engine], Figures]]] = {
    CREDIT: (credit_in_file, credit_in_database),
    RECEIVABLE: (receivable_in_file, receivable_in_database),
}


def main(folder: Path, database: Path) -> int:
    """Prints the figures of each file; 1 if the database says anything else, or a file is missing."""
    for left in database.parent.glob(f"{database.name}*"):
        left.unlink()
    engine = make_engine(f"sqlite:///{database}")
    upgrade(engine)
    started = time.perf_counter()
    wrong = [name for name in _READ if not _compare(engine, folder / f"{name}.csv", name)]
    print(f"Both in {time.perf_counter() - started:.1f} s, into {database}.")
    return 1 if wrong else 0


def _compare(engine: Engine, path: Path, name: str) -> bool:
    report = bring_in(engine, path)
    in_file, in_database = _READ[name]
    with path.open(newline="") as file:
        said = in_file(list(csv.DictReader(file)))
    found = in_database(engine)
    print(f"{path.name}: {report.summary(5, dry_run=False)}")
    for figure, value in said.items():
        print(f"  {figure}: {value:,} in the file, {found[figure]:,} in the database")
    return all(found[figure] == value for figure, value in said.items())


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]), ROOT / "var" / "real-data.db"))
    except Refusal as refusal:
        sys.exit(str(refusal))

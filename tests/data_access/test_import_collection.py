"""What an import says of collection: whom its open invoices limit, suspend and terminate, and on which day first."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from data_access.base.permissions import Role
from data_access.base.schedule import Job
from data_access.base.settings import settings
from data_access.cli.main import main
from data_access.imports import batches
from data_access.imports.report import Report
from data_access.jobs.runner import run_job
from data_access.models.customers import Customer
from data_access.models.history import StatusEvent
from data_access.models.money import Invoice
from data_access.queries.forecast.forecast_steps import BY_DEBT
from data_access.store.job_leases import Holder
from tests.data_access.test_imports import BILL_HEADING, BILL_MAPPING, MAPPING, Desk, desk, small_desk
from tests.data_access.test_pacing import TERMS
from tests.support.builders import a_class, a_customer, an_invoice
from tests.support.people import NOW, a_person

__all__ = ["desk", "small_desk"]
NOBODY = "If nobody pays what the file leaves open, collection will limit, suspend and terminate no customer."
STRICT = {"limit_after": 3, "limit_notices": [2], "suspend_after": 10, "suspend_notices": [5], "terminate_after": 30}
LONG_DUE = "02/01/2026,20/01/2026"
MAKES_CUSTOMERS = (
    BILL_MAPPING.replace("[fields]", "create_customers = true\n[fields]")
    + """
[customer]
customer_code = { column = "ID" }
customer_class = { constant = "Strict" }
balance_control = { constant = "postpaid" }
currency = { constant = "EUR" }
limit_choice = { constant = "unlimited" }
"""
)
KIND_OF = {move.name: kind for kind, move in BY_DEBT.items()}
DAYS = 75


def told(report: Report) -> str:
    said = report.summary(50, dry_run=False)
    return next(line for line in said.splitlines() if line.startswith("If nobody pays"))


def days_of(report: Report) -> dict[str, dict[int, date]]:
    assert report.ahead is not None
    return {kind.value: dict(days) for kind, days in report.ahead.first.items()}


def collected_from(desk: Desk, start: datetime) -> dict[str, dict[int, date]]:
    """What the collection runs of the days to come really did, by kind and customer."""
    for hour in range(0, DAYS * 24, 8):
        run_job(desk.engine, Job.COLLECT, lambda: start + timedelta(hours=hour), Holder("here"))  # noqa: B023  called at once
    done: dict[str, dict[int, date]] = {kind.value: {} for kind in BY_DEBT}
    for row in desk.rows(StatusEvent):
        if row.move in KIND_OF:
            done[KIND_OF[row.move].value].setdefault(row.customer_id, row.at.date())
    return done


@pytest.mark.parametrize("issued_and_due", [LONG_DUE, "10/03/2026,24/03/2026"])
def test_an_import_says_what_the_collection_runs_then_do(desk: Desk, issued_and_due: str) -> None:
    for number, terms in enumerate(TERMS):
        a_customer(desk.engine, customer_code=f"K-{number}", customer_class_id=a_class(desk.engine, **terms))
    rows = [f"K-{number},A-1,{issued_and_due},50,," for number in range(len(TERMS))]
    tried, report = desk.invoices(*rows, dry_run=True), desk.invoices(*rows)
    assert days_of(tried) == days_of(report) == collected_from(desk, NOW)
    assert all(days_of(report).values())


def test_the_report_counts_customers_and_names_the_first_day_of_each(desk: Desk) -> None:
    strict = a_class(desk.engine, **STRICT)
    for code in ("K-1", "K-2"):
        a_customer(desk.engine, customer_code=code, customer_class_id=strict)
    a_customer(desk.engine, customer_code="K-3", customer_class_id=a_class(desk.engine, suspend_after=100))
    rows = (
        f"K-1,A-1,{LONG_DUE},50,,", f"K-1,A-2,{LONG_DUE},9,,", "K-2,B-1,10/03/2026,24/03/2026,9,,",
        "K-3,C-1,10/03/2026,24/03/2026,9,,",
    )  # fmt: skip
    tried = desk.invoices(*rows, dry_run=True)
    assert told(tried) == (
        "If nobody pays what the file leaves open, collection will limit 2 customers (the first on 18 March 2026), "
        "suspend 3 customers (the first on 23 March 2026) and terminate 2 customers (the first on 24 March 2026)."
    )
    assert (desk.rows(Invoice), told(desk.invoices(*rows))) == ([], told(tried))


def test_one_customer_alone_is_told_with_its_day(desk: Desk) -> None:
    class_id = a_class(desk.engine, suspend_after=3)
    a_customer(desk.engine, customer_code="K-1", customer_class_id=class_id)
    assert told(desk.invoices("K-1,A-1,10/03/2026,24/03/2026,9,,")) == (
        "If nobody pays what the file leaves open, collection will limit no customer, "
        "suspend 1 customer (on 27 March 2026) and terminate no customer."
    )


def test_an_import_that_leads_to_nothing_says_so(desk: Desk) -> None:
    """Paid on its day or with money that lies here, under terms without consequences, or refused."""
    strict = a_class(desk.engine, **STRICT)
    a_customer(desk.engine, customer_code="PAID", customer_class_id=strict)
    a_customer(desk.engine, customer_code="RICH", customer_class_id=strict, unallocated=Decimal(50))
    a_customer(desk.engine, customer_code="MILD", customer_class_id=a_class(desk.engine))
    rows = (
        "PAID,A-1,02/01/2026,20/01/2026,50,01/03/2026,", f"RICH,A-1,{LONG_DUE},50,,", f"MILD,A-1,{LONG_DUE},50,,",
        f"NOBODY,A-1,{LONG_DUE},50,,",
    )  # fmt: skip
    assert told(desk.invoices(*rows, dry_run=True)) == NOBODY
    assert told(desk.invoices(*rows)) == NOBODY
    assert told(desk.invoices(*rows)) == NOBODY  # a file that comes again adds nothing


def test_what_an_invoice_that_stands_here_does_is_not_the_imports(desk: Desk) -> None:
    """It suspends before the one of the file could; of those of the file the earlier one counts."""
    class_id = a_class(desk.engine, suspend_after=3)
    mine = a_customer(desk.engine, customer_code="K-1", customer_class_id=class_id)
    an_invoice(desk.engine, mine, issued_on=date(2026, 3, 2), due_on=date(2026, 3, 20))
    assert told(desk.invoices("K-1,A-1,10/03/2026,24/03/2026,9,,")) == NOBODY
    assert days_of(desk.invoices("K-1,A-2,01/03/2026,17/03/2026,9,,"))["suspension"] == {mine: date(2026, 3, 20)}


def test_a_customer_is_counted_once_over_all_batches(small_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 1)
    mine = a_customer(
        small_desk.engine, customer_code="K-1", customer_class_id=a_class(small_desk.engine, suspend_after=3)
    )
    rows = (
        "K-1,A-1,10/03/2026,24/03/2026,9,,",
        "K-1,A-2,02/03/2026,20/03/2026,9,,",
        f"K-1,A-3,{LONG_DUE},9,02/03/2026,",
    )
    for is_trial in (True, False):
        assert days_of(small_desk.invoices(*rows, dry_run=is_trial))["suspension"] == {mine: date(2026, 3, 23)}


def test_a_day_is_that_of_the_customers_zone(small_desk: Desk) -> None:
    class_id = a_class(small_desk.engine, suspend_after=1, hour=0, spread_minutes=0, working_days_only=False)
    zones = {"K-1": "Pacific/Auckland", "K-2": "Pacific/Honolulu"}
    for code, zone in zones.items():
        a_customer(small_desk.engine, customer_code=code, customer_class_id=class_id, billing_zone=zone)
    report = small_desk.invoices(*(f"{code},A-1,10/03/2026,24/03/2026,9,," for code in zones), dry_run=True)
    assert set(days_of(report)["suspension"].values()) == {date(2026, 3, 25)}


def test_the_opening_debt_of_a_customer_who_arrives_is_told_too(desk: Desk) -> None:
    a_class(desk.engine, name="Strict", net_days=14, suspend_after=3)
    strict = MAPPING.replace("Homes", "Strict")
    assert desk.customers("K-0,None,5,0,,,", mapping=strict).ahead is None  # no debt: no matter of collection
    tried = desk.customers("K-1,Late,50,9,,,", "K-2,None,50,0,,,", mapping=strict, dry_run=True)
    report = desk.customers("K-1,Late,50,9,,,", "K-2,None,50,0,,,", mapping=strict)
    assert (
        told(tried)
        == told(report)
        == (
            "If nobody pays what the file leaves open, collection will limit no customer, "
            "suspend 1 customer (on 2 April 2026) and terminate no customer."
        )
    )
    made = desk.invoices_from(
        desk.file("bills.csv", f"{BILL_HEADING}\nK-3,A-1,{LONG_DUE},9,,"), desk.file("new.toml", MAKES_CUSTOMERS)
    )
    assert days_of(made)["suspension"] == {desk.rows(Customer)[-1].id: NOW.date()}


def test_the_command_line_tells_it_before_and_after(
    desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    settings.cache_clear()
    a_person(desk.engine, Role.ADMIN, login="ann")
    a_customer(desk.engine, customer_code="K-1", customer_class_id=a_class(desk.engine, suspend_after=3))
    bills = desk.file("bills.csv", f"{BILL_HEADING}\nK-1,A-1,10/03/2026,24/03/2026,9,,")
    words = ["import", "invoices", str(bills), "--mapping", str(desk.file("m.toml", BILL_MAPPING)), "--as", "ann"]
    for more in (["--dry-run"], []):
        assert main([*words, *more], lambda: NOW) == 0
        assert "suspend 1 customer (on 27 March 2026)" in capsys.readouterr().out
    settings.cache_clear()

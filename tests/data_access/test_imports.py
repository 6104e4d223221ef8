"""Files brought in: good rows, refused rows, files that are none, and a second time."""

import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, select

from data_access.base.bookings import Kind
from data_access.base.engine import make_engine
from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import Permission, Role
from data_access.base.schedule import Job
from data_access.base.statuses import BillStatus
from data_access.domain.editing import EDITABLE, FIXED, fixed
from data_access.domain.validation import CustomerInput
from data_access.imports.batches import BATCH, Run
from data_access.imports.customers import customer_mapping, import_customers
from data_access.imports.invoices import import_invoices, invoice_mapping
from data_access.imports.report import Report
from data_access.jobs.runner import run_job
from data_access.models.customers import Customer
from data_access.models.history import Change, CommandLog
from data_access.models.money import Invoice, InvoiceType, PaymentStatus, Transaction
from data_access.store.job_leases import Holder
from tests.data_access.test_money import booking
from tests.support.builders import a_class, a_customer, a_reseller, an_invoice
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW, a_person, access_for

HEADING = "ID,Name,Limit,Owes,Mail,Phone,Country"
MAPPING = """
[fields]
customer_code = { column = "ID" }
customer_class = { constant = "Homes" }
balance_control = { constant = "postpaid" }
currency = { constant = "EUR" }
credit_limit = { column = "Limit" }
balance = { column = "Owes" }
company_name = { column = "Name" }
email = { column = "Mail" }
phone = { column = "Phone" }
country = { column = "Country", values = { Germany = "DE", "" = "" } }
"""
BILL_HEADING = "ID,No,Issued,Due,Amount,Paid on,Contested"
BILL_MAPPING = """
date_format = "%d/%m/%Y"
[fields]
customer_code = { column = "ID" }
number = { column = "No" }
issued_on = { column = "Issued" }
due_on = { column = "Due" }
total = { column = "Amount" }
currency = { constant = "EUR" }
settled_on = { column = "Paid on" }
disputed = { column = "Contested", values = { Y = "yes" }, otherwise = "no" }
"""
DATA = Path(__file__).parents[1] / "data"
MAPPINGS = Path(__file__).parents[2] / "data_access" / "imports" / "mappings"


class Desk:
    """Files in a folder, and an administrator who imports them."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.class_id = a_class(engine, name="Homes", net_days=21)
        self.actor = a_person(engine, Role.ADMIN)

    def customers(self, *rows: str, mapping: str = MAPPING, **over: Any) -> Report:
        path = self.file("customers.csv", "\n".join([HEADING, *rows]))
        return self.customers_from(path, mapping=mapping, **over)

    def customers_from(self, path: Path, *, mapping: str = MAPPING, **over: Any) -> Report:
        read = customer_mapping(self.file("mapping.toml", mapping))
        return import_customers(self.run(path, read, **over))

    def invoices(self, *rows: str, mapping: str = BILL_MAPPING, **over: Any) -> Report:
        path = self.file("invoices.csv", "\n".join([BILL_HEADING, *rows]))
        return self.invoices_from(path, self.file("mapping.toml", mapping), **over)

    def invoices_from(self, path: Path, mapping: Path, **over: Any) -> Report:
        return import_invoices(self.run(path, invoice_mapping(mapping), **over))

    def run(self, path: Path, mapping: Any, **over: Any) -> Run:
        return replace(Run(self.engine, self.actor, lambda: NOW, path, mapping, "Import"), **over)

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def rows(self, model: Any, **where: Any) -> list[Any]:
        asked = select(model.__table__).filter_by(**where) if where else select(model.__table__)
        with self.engine.connect() as connection:
            return list(connection.execute(asked.order_by(model.__table__.c.id)))

    def rows_of_log(self) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(select(CommandLog.id)))

    def keeps_its_books(self) -> bool:
        kept = read_ledgers(self.engine)
        return not (
            kept.unlike_their_transactions() or kept.payments_overspent() or kept.summaries_gone_wrong()
            or kept.invoices_unlike_their_allocations() or kept.events_unlike_the_facts()
            or kept.invoices_of_wrong_payment_status() or kept.open_beside_money()
        )  # fmt: skip


@pytest.fixture
def desk(engine, tmp_path) -> Desk:
    return Desk(engine, tmp_path)


@pytest.fixture
def small_desk(sqlite_url, tmp_path) -> Iterator[Desk]:
    """For what is about files and not about databases."""
    engine = make_engine(sqlite_url)
    yield Desk(engine, tmp_path)
    engine.dispose()


def refusals(report: Report) -> list[tuple[int, str]]:
    return [(remark.line, remark.field) for remark in report.refused]


def test_a_row_becomes_a_customer(desk):
    report = desk.customers("K-1,Lindgren & Co,500,0,mail@example.com,+49 30 1234567,Germany")
    [row] = desk.rows(Customer)
    assert (report.created, report.refused) == (1, [])
    assert (row.customer_code, row.company_name, row.credit_limit) == ("K-1", "Lindgren & Co", Decimal(500))
    assert (row.email, row.phone, row.country, row.name_key) == (
        "mail@example.com", "+49 30 1234567", "DE", "lindgren & co",
    )  # fmt: skip


def test_a_debt_arrives_as_an_opening_invoice_with_the_terms_of_the_class(desk):
    desk.customers("K-1,Lindgren,500,120.50,,,")
    [invoice], [booked], [customer] = desk.rows(Invoice), desk.rows(Transaction), desk.rows(Customer)
    assert (invoice.type, invoice.total, invoice.payment_status) == (
        InvoiceType.OPENING, Decimal("120.50"), PaymentStatus.UNPAID,
    )  # fmt: skip
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 3, 16), date(2026, 4, 6))
    assert (booked.kind, booked.amount) == (Kind.OPENING_DEBT, Decimal("120.50"))
    assert (customer.balance, customer.outstanding) == (Decimal("120.50"), Decimal("120.50"))
    assert desk.keeps_its_books()


def test_a_credit_arrives_as_unallocated_money(desk):
    desk.customers("K-1,Lindgren,500,-40,,,")
    [booked], [customer] = desk.rows(Transaction), desk.rows(Customer)
    assert (booked.kind, booked.amount) == (Kind.OPENING_CREDIT, Decimal(-40))
    assert (customer.balance, customer.unallocated, desk.rows(Invoice)) == (Decimal(-40), Decimal(40), [])
    assert desk.keeps_its_books()


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("K-1,A,1,234,0,,,", "", "The row has 8 cells, the heading has 7"),
        ('K-1,A,"1.234,56",0,,,', "credit_limit", "can be read as"),
        ("K-1,A,-5,0,,,", "credit_limit", "cannot be negative"),
        ("K-1,A,,0,,,", "credit_limit", "Give the credit limit"),
        ("K-1,A,NaN,0,,,", "credit_limit", "is not an amount"),
        ("K-1,A,5,NaN,,,", "opening_balance", "is not an amount"),
        ("K-1,A,5,1e3,,,", "opening_balance", "is not an amount"),
        ("K-1,A,5,0.000001,,,", "opening_balance", "5 decimals"),
        ("K-1,A,5,-0.001,,,", "opening_balance", "EUR has 2 decimals"),
        ("K-1,A,5,10.00333,,,", "opening_balance", "EUR has 2 decimals"),
        (",A,5,0,,,", "customer_code", "Give the Customer ID"),
        ("K-1,=HYPERLINK(1),5,0,,,", "company_name", "formula"),
        ("K-1,@SUM(1),5,0,,,", "company_name", "formula"),
        ("=1+1,A,5,0,,,", "customer_code", "formula"),
        ("K-1,A\x07,5,0,,,", "company_name", "control character"),
        (f"K-1,{'A' * 101},5,0,,,", "company_name", "At most 100"),
        ("K-1,A,5,0,nobody,,", "email", "is not an e-mail address"),
        ("K-1,A,5,0,,call me,", "phone", "Write the phone number"),
        ("K-1,A,5,0,,,Atlantis", "country", "no translation for “Atlantis”"),
    ],
)
def test_a_bad_row_is_refused_with_line_field_and_reason(small_desk, row, field, reason):
    report = small_desk.customers("K-0,Good,5,0,,,", row)
    assert refusals(report) == [(3, field)]
    assert reason in report.refused[0].reason
    assert [customer.customer_code for customer in small_desk.rows(Customer)] == ["K-0"]


def test_every_complaint_about_a_row_is_told(small_desk):
    report = small_desk.customers("K-1,A,-5,x,nobody,,Atlantis")
    assert {field for _, field in refusals(report)} == {"credit_limit", "opening_balance", "email", "country"}


def test_an_id_that_stands_twice_is_refused_the_second_time(small_desk):
    report = small_desk.customers("K-1,First,5,0,,,", "k-1,Second,5,0,,,")
    assert "Line 2 already says this" in report.refused[0].reason
    assert [row.company_name for row in small_desk.rows(Customer)] == ["First"]


def test_an_id_that_stands_twice_is_refused_after_a_stop_too(small_desk):
    many = [f"K-{n},Name,5,0,,," for n in range(BATCH)]
    with pytest.raises(KeyboardInterrupt):
        small_desk.customers(*many, "K-7,Other,5,0,,,", progress=interrupt)
    report = small_desk.customers(*many, "K-7,Other,5,0,,,")
    assert (report.unchanged, refusals(report)) == (BATCH, [(BATCH + 2, "")])


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "a.csv is empty."),
        ("a.csv", b"\n\n", "no column"),
        ("a.csv", f"{HEADING}\nK-1,M\xfcller,5,0,,,".encode("latin-1"), "not written in UTF-8"),
        ("a.csv", b"ID,Name\nK-1,A", "has no column “Country”"),
        ("a.csv", f"{HEADING},ID\nK-1,A,5,0,,,,K".encode(), "more than one column “ID”"),
        ("a.csv", b"\x00\x01\x02\x03" * 50, "binary file"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "not written in UTF-8"),
        ("a.csv", b"PK\x03\x04 an archive", "XLSX file whose name says so"),
        ("a.csv", f'{HEADING}\nK-1,"open,5'.encode(), "is not CSV at line 2"),
        ("a.csv.gz", b"no gzip", "cannot be unpacked"),
        ("a.csv.gz", gzip.compress(HEADING.encode(), mtime=0)[:-6], "cannot be unpacked"),
        ("a.xlsx", b"no spreadsheet", "is not an XLSX spreadsheet"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(small_desk, name, content, sentence):
    with pytest.raises(Rejected) as refusal:
        small_desk.customers_from(small_desk.file(name, content))
    assert sentence in str(refusal.value)
    assert small_desk.rows(Customer) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read(small_desk):
    path = small_desk.folder / "large.csv"
    with path.open("wb") as file:
        file.truncate(600_000_000)
    with pytest.raises(Rejected, match=r"too large: files of up to 500,000,000 bytes"):
        small_desk.customers_from(path)


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(small_desk):
    path = small_desk.file("small.csv.gz", gzip.compress(b"A" * 100_000))
    with pytest.raises(Rejected, match="too large"):
        small_desk.customers_from(path, largest=50_000)


def test_a_missing_file_is_told(small_desk):
    with pytest.raises(Rejected, match="cannot be read"):
        small_desk.customers_from(small_desk.folder / "nowhere.csv")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("fields = ", "is not TOML"),
        ('[fields]\nshoe_size = { column = "A" }', "“shoe_size” is unknown"),
        ('[fields]\ncustomer_code = { column = "A" }', "does not say where balance_control"),
        (MAPPING + '\ncity = { column = "A", constant = "B" }', "either a column or a constant"),
        (MAPPING + "\ncity = { constant = 3 }", "as a text in quotes"),
        ('encoding = "klingon"\n' + MAPPING, "“klingon”, which does not exist"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_told(small_desk, text, sentence):
    with pytest.raises(Rejected, match=sentence):
        small_desk.customers("K-1,A,5,0,,,", mapping=text)


def test_another_encoding_can_be_named(small_desk):
    path = small_desk.file("a.csv", f"{HEADING}\nK-1,Müller,5,0,,,".encode("latin-1"))
    small_desk.customers_from(path, mapping='encoding = "latin-1"\n' + MAPPING)
    assert small_desk.rows(Customer)[0].company_name == "Müller"


def test_a_spreadsheet_is_read_like_a_csv_file(small_desk):
    book = Workbook()
    for row in (HEADING.split(","), ["K-1", "Lindgren", 500.0, 12.5, None, None, "Germany"], ["K-2", "=1+1", 5, 0]):
        book.active.append(row)
    book.save(small_desk.folder / "a.xlsx")
    report = small_desk.customers_from(small_desk.folder / "a.xlsx")
    [row] = small_desk.rows(Customer)
    assert (row.credit_limit, row.balance, row.country) == (Decimal(500), Decimal("12.5"), "DE")
    assert refusals(report) == [(3, "company_name")]


def test_an_unknown_class_is_refused_and_a_new_one_made_when_the_mapping_says_so(desk):
    elsewhere = MAPPING.replace("Homes", "Cabins")
    assert refusals(desk.customers("K-1,A,5,0,,,", mapping=elsewhere)) == [(2, "customer_class")]
    made = elsewhere + '\n[new_class]\nname = "Cabins"\nnet_days = 9\n'
    assert desk.customers("K-1,A,5,0,,,", mapping=made).created == 1


def test_a_class_of_another_currency_is_refused_like_in_the_form(desk):
    a_class(desk.engine, name="Pounds", currency="GBP")
    report = desk.customers("K-1,A,5,0,,,", mapping=MAPPING.replace("Homes", "Pounds"))
    assert str(report.refused[0]) == "line 2, K-1, Currency: Class Pounds is billed in GBP."


def test_a_dry_run_reports_and_writes_nothing(desk):
    before = len(desk.rows(Change))
    report = desk.customers("K-1,A,5,7,,,", "K-2,A,-5,0,,,", dry_run=True)
    assert (report.created, refusals(report)) == (1, [(3, "credit_limit")])
    assert (desk.rows(Customer), desk.rows(Transaction), len(desk.rows(Change))) == ([], [], before)


def test_the_same_file_again_does_nothing_but_try_what_was_refused(desk):
    elsewhere = MAPPING.partition("country")[0].replace('constant = "Homes"', 'column = "Country"')
    rows = ("K-1,A,5,7,,,Homes", "K-2,B,5,7,,,Cabins")
    assert refusals(desk.customers(*rows, mapping=elsewhere)) == [(3, "customer_class")]
    logged = len(desk.rows_of_log())
    again = desk.customers(*rows, mapping=elsewhere)
    assert (again.unchanged, refusals(again), len(desk.rows_of_log())) == (1, [(3, "customer_class")], logged)
    a_class(desk.engine, name="Cabins")
    assert desk.customers(*rows, mapping=elsewhere).created == 1
    assert len(desk.rows(Transaction)) == 2


def test_a_file_that_comes_after_another_is_applied_as_it_stands_then(desk):
    first, other = "K-1,First,5,7,,,", "K-1,Other,5,7,,,"
    for row in (first, other, first):
        desk.customers(row)
    assert [row.company_name for row in desk.rows(Customer)] == ["First"]
    assert len(desk.rows(Transaction)) == 1


def test_whoever_may_import_goes_on_with_what_somebody_else_began(small_desk):
    many = [f"K-{n},Name,5,0,,," for n in range(BATCH + 1)]
    with pytest.raises(KeyboardInterrupt):
        small_desk.customers(*many, progress=interrupt)
    small_desk.actor = a_person(small_desk.engine, Role.ADMIN)
    report = small_desk.customers(*many)
    assert (report.created, report.unchanged, report.refused) == (1, BATCH, [])


def test_a_changed_file_brings_customers_up_to_date_and_audits_what_changed(desk):
    desk.customers("K-1,Old name,5,0,,,", "K-2,Same,5,0,,,")
    report = desk.customers("k-1,New name,8,0,,,", "K-2,Same,5,0,,,", "K-3,New,5,0,,,")
    first = desk.rows(Customer)[0]
    changed = [row.field for row in desk.rows(Change, entity="Customer") if row.field != "*"]
    assert (report.created, report.changed, report.unchanged) == (1, 1, 1)
    assert (first.company_name, first.name_key, first.credit_limit) == ("New name", "new name", Decimal(8))
    assert (first.customer_code, first.version, sorted(changed)) == (
        "k-1", 2, ["company_name", "credit_limit", "customer_code"],
    )  # fmt: skip


def test_a_balance_is_never_booked_again_and_its_difference_told(desk):
    desk.customers("K-1,A,5,7,,,")
    report = desk.customers("K-1,A,5,9,,,")
    assert (
        str(report.differences[0])
        == "line 2, K-1, Balance (column “Owes”): The file says 9, here it is 7: nothing was booked."
    )
    assert [row.amount for row in desk.rows(Transaction)] == [Decimal(7)]


def test_what_is_fixed_after_the_first_save_is_refused(desk):
    a_customer(desk.engine, customer_code="K-1", currency="GBP", customer_class_id=desk.class_id)
    report = desk.customers("K-1,A,5,0,,,")
    assert refusals(report) == [(2, "currency")]


@pytest.mark.parametrize(
    ("field", "value"),
    [("billing_zone", "Pacific/Auckland"), ("billing_period", "weekly"), ("reseller_id", "Fern")],
)
def test_what_no_form_may_change_no_file_changes(desk, field, value):
    a_reseller(desk.engine, name="Fern")
    desk.customers("K-1,A,5,0,,,")
    said = {"reseller_id": "reseller"}.get(field, field)
    kept = "\n".join(line for line in MAPPING.splitlines() if not line.startswith(f"{said} "))
    report = desk.customers("K-1,A,5,0,,,", mapping=f'{kept}\n{said} = {{ constant = "{value}" }}\n')
    assert [(remark.field, remark.reason) for remark in report.refused] == [(field, FIXED[field])]
    assert desk.rows(Customer)[0].billing_zone == "UTC"


def test_every_field_of_a_file_is_one_that_can_be_edited_or_says_why_not():
    brought = {one.name for one in fields(CustomerInput)} - {"limit_choice", "opening_side"}
    assert brought <= {*EDITABLE, *FIXED}
    assert not fixed(EDITABLE)


def test_who_is_gone_for_good_is_not_edited(desk):
    a_customer(desk.engine, customer_code="K-1", bill_status=BillStatus.PERMANENTLY_TERMINATED)
    report = desk.customers("K-1,A,5,0,,,")
    assert "permanently terminated" in report.refused[0].reason


def test_each_batch_is_one_command_with_its_counts(small_desk):
    small_desk.customers(*(f"K-{n},Name,5,0,,," for n in range(BATCH + 5)))
    with small_desk.engine.connect() as connection:
        results = list(
            connection.scalars(select(CommandLog.result).where(CommandLog.name == "Import").order_by(CommandLog.number))
        )
    assert [result["created"] for result in results] == [BATCH, 5]


def test_an_import_that_was_stopped_goes_on(small_desk):
    many = [f"K-{n},Name,5,1,,," for n in range(BATCH + 5)]
    with pytest.raises(KeyboardInterrupt):
        small_desk.customers(*many, progress=interrupt)
    assert len(small_desk.rows(Customer)) == BATCH
    report = small_desk.customers(*many)
    assert (report.unchanged, report.created, len(small_desk.rows(Transaction))) == (BATCH, 5, BATCH + 5)


def interrupt(_rows: int) -> None:
    raise KeyboardInterrupt


def test_a_row_that_the_database_refuses_takes_no_other_with_it(desk):
    """Someone of another reseller has this Customer ID: the importer cannot see it, the database can."""
    a_customer(desk.engine, customer_code="K-2")
    desk.actor = a_person(desk.engine, Role.ADMIN, reseller_id=a_reseller(desk.engine))
    report = desk.customers("K-1,A,5,7,,,", "K-2,B,5,7,,,", "K-3,C,5,7,,,")
    own = [row.customer_code for row in desk.rows(Customer, reseller_id=desk.actor.reseller_id)]
    assert str(report.refused[0]) == "line 3, K-2, Customer ID (column “ID”): Customer ID is already used."
    assert (own, report.created) == (["K-1", "K-3"], 2)
    assert len(desk.rows(Change, entity="Customer")) == 3
    assert desk.keeps_its_books()


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ANALYST, Role.MANAGER])
def test_only_who_may_import_imports(desk, role):
    desk.actor = a_person(desk.engine, role)
    for bring_in in (lambda: desk.customers("K-1,A,5,0,,,"), lambda: desk.invoices()):
        with pytest.raises(NotPermitted, match="import files"):
            bring_in()


def test_the_right_to_import_does_not_bring_the_right_to_set_limits(desk):
    desk.actor = a_person(desk.engine, Role.SUPPORT, extra_grants=Permission.IMPORT_RUN.value)
    with pytest.raises(NotPermitted, match="credit limits"):
        desk.customers("K-1,A,5,0,,,")


def test_a_settled_invoice_is_charged_and_paid_on_its_days_and_nets_to_zero(desk):
    customer_id = a_customer(desk.engine, customer_code="K-1")
    report = desk.invoices("k-1,A-1,02/01/2026,01/02/2026,55.94,15/02/2026,Y")
    [invoice], booked = desk.rows(Invoice), desk.rows(Transaction)
    assert (report.created, report.refused) == (1, [])
    assert (invoice.customer_id, invoice.payment_status, invoice.disputed) == (customer_id, PaymentStatus.PAID, True)
    assert [(row.kind, row.amount, row.value_on) for row in booked] == [
        (Kind.INVOICED_CHARGE, Decimal("55.94"), date(2026, 1, 2)),
        (Kind.MANUAL_PAYMENT, Decimal("-55.94"), date(2026, 2, 15)),
    ]
    assert desk.rows(Customer)[0].balance == 0
    assert desk.keeps_its_books()


def test_an_unsettled_invoice_is_owed_beside_what_was_owed_before(desk):
    customer_id = a_customer(desk.engine, customer_code="K-1")
    an_invoice(desk.engine, customer_id, issued_on=date(2026, 2, 1), total=Decimal(30))
    desk.invoices("K-1,A-1,02/01/2026,20/01/2026,55.94,,", "K-1,A-2,02/03/2026,20/04/2026,4.06,,")
    [customer] = desk.rows(Customer)
    assert (customer.balance, customer.outstanding) == (Decimal(90), Decimal(90))
    assert customer.first_overdue_from == datetime(2026, 1, 21, tzinfo=UTC)
    assert desk.keeps_its_books()


def test_an_imported_invoice_is_paid_with_the_money_that_lies_there(desk):
    customer_id = a_customer(desk.engine, customer_code="K-1", unallocated=Decimal(100))
    desk.invoices("K-1,A-2,02/02/2026,20/02/2026,70,,", "K-1,A-1,02/01/2026,20/01/2026,50,,")
    first, second = desk.rows(Invoice)
    assert [(row.number, row.paid) for row in (first, second)] == [("A-1", Decimal(50)), ("A-2", Decimal(50))]
    [customer] = desk.rows(Customer)
    assert (customer.outstanding, customer.unallocated) == (Decimal(20), 0)
    access_for(desk.engine, Role.ADMIN).execute(booking(customer_id, Kind.MANUAL_PAYMENT, "25"))
    [customer] = desk.rows(Customer)
    assert (customer.outstanding, customer.unallocated) == (0, Decimal(5))
    assert desk.keeps_its_books()


def test_a_customer_whose_money_pays_the_imported_invoice_stays_in_service(desk):
    class_id = a_class(desk.engine, suspend_after=3)
    a_customer(desk.engine, customer_code="K-1", customer_class_id=class_id, unallocated=Decimal(100))
    desk.invoices("K-1,A-1,02/01/2026,20/01/2026,50,,")
    run_job(desk.engine, Job.COLLECT, lambda: NOW + timedelta(days=20), Holder("here"))
    [customer] = desk.rows(Customer)
    assert (customer.bill_status, customer.unallocated, customer.first_overdue_from) == (BillStatus.OPEN, 50, None)


def test_a_settled_invoice_is_paid_by_its_own_payment_and_not_by_the_money_that_lies_there(desk):
    a_customer(desk.engine, customer_code="K-1", unallocated=Decimal(100))
    desk.invoices("K-1,A-1,02/01/2026,01/02/2026,30,15/02/2026,", "K-1,A-2,03/01/2026,01/02/2026,40,,")
    assert [row.payment_status for row in desk.rows(Invoice)] == [PaymentStatus.PAID, PaymentStatus.PAID]
    assert desk.rows(Customer)[0].unallocated == Decimal(60)
    assert desk.keeps_its_books()


@pytest.mark.parametrize(
    ("reference", "hours", "is_asked"), [(" a-1", 24 * 400, True), ("CHQ 7", 0, True), ("CHQ 7", 1, False)]
)
def test_a_payment_that_stands_here_is_not_brought_in_once_more_unasked(desk, reference, hours, is_asked):
    customer_id = a_customer(desk.engine, customer_code="K-1")
    ann = access_for(desk.engine, Role.SUPPORT, NOW - timedelta(hours=hours), login="ann")
    ann.execute(booking(customer_id, Kind.MANUAL_PAYMENT, "55.94", reference=reference))
    settled = "K-1,A-1,02/01/2026,01/02/2026,55.94,15/02/2026,"
    report = desk.invoices(
        settled, "K-1,A-2,02/01/2026,01/02/2026,4,15/02/2026,", "K-1,A-3,02/01/2026,01/02/2026,4,15/02/2026,"
    )
    assert (report.created, refusals(report)) == ((2, [(2, "settled_on")]) if is_asked else (3, []))
    if is_asked:
        assert "A payment of 55.94 EUR with the reference" in report.refused[0].reason
        assert "by ann. If it is the same money, leave the day out" in report.refused[0].reason
        desk.invoices("K-1,A-1,02/01/2026,01/02/2026,55.94,,")
        assert {row.payment_status for row in desk.rows(Invoice)} == {PaymentStatus.PAID}
        assert desk.invoices(settled).refused == []
    assert desk.keeps_its_books()


@pytest.mark.parametrize("status", [BillStatus.EXPORTED, BillStatus.PERMANENTLY_TERMINATED])
def test_an_invoice_is_refused_for_whom_nothing_can_be_charged(desk, status):
    customer_id = a_customer(desk.engine, customer_code="K-1", bill_status=status)
    report = desk.invoices("K-1,A-1,02/01/2026,20/01/2026,10,,", "K-1,A-2,02/01/2026,20/01/2026,10,03/01/2026,")
    with pytest.raises(Rejected) as refused:
        access_for(desk.engine, Role.ADMIN).execute(booking(customer_id, Kind.MANUAL_CHARGE, "10", service="Calls"))
    assert {remark.reason for remark in report.refused} == {
        str(refused.value).replace("manual charge", "invoiced charge")
    }
    assert (len(report.refused), desk.rows(Invoice)) == (2, [])


def test_an_invoice_that_is_here_is_not_booked_again_and_its_difference_told(desk):
    a_customer(desk.engine, customer_code="K-1")
    desk.invoices("K-1,A-1,02/01/2026,20/01/2026,10,,")
    report = desk.invoices("K-1,A-1,02/01/2026,20/01/2026,12,,", "K-1,A-2,02/01/2026,20/01/2026,1,,")
    assert "The file says 12, here it is 10" in str(report.differences[0])
    assert (report.created, desk.rows(Customer)[0].balance) == (1, Decimal(11))


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("K-1,A-1,31/02/2026,20/03/2026,10,,", "issued_on", "“31/02/2026” is not a date of the form day/month/year"),
        ("K-1,A-1,2026-01-02,20/03/2026,10,,", "issued_on", "is not a date"),
        ("K-1,A-1,,20/03/2026,10,,", "issued_on", "Give the date"),
        ("K-1,A-1,02/01/2026,01/01/2026,10,,", "due_on", "due before it is issued"),
        ("K-1,A-1,02/01/2026,03/01/2026,10,01/01/2026,", "settled_on", "settled before it is issued"),
        ("K-1,A-1,02/01/2026,03/01/2026,10,17/03/2026,", "settled_on", "in the future"),
        ("K-1,A-1,02/01/2026,03/01/2026,-10,,", "total", "above zero"),
        ("K-1,A-1,02/01/2026,03/01/2026,0.001,,", "total", "EUR has 2 decimals"),
        ("K-1,,02/01/2026,03/01/2026,10,,", "number", "Give the invoice number"),
        ("K-9,A-1,02/01/2026,03/01/2026,10,,", "customer_code", "no customer with this ID"),
        (",A-1,02/01/2026,03/01/2026,10,,", "customer_code", "Give the Customer ID"),
        ("K-2,A-1,02/01/2026,03/01/2026,10,,", "currency", "billed in GBP"),
    ],
)
def test_a_bad_invoice_is_refused_with_line_field_and_reason(small_desk, row, field, reason):
    a_customer(small_desk.engine, customer_code="K-1")
    a_customer(small_desk.engine, customer_code="K-2", currency="GBP")
    report = small_desk.invoices("K-1,A-0,02/01/2026,03/01/2026,10,,", row)
    assert refusals(report) == [(3, field)]
    assert reason in report.refused[0].reason
    assert [invoice.number for invoice in small_desk.rows(Invoice)] == ["A-0"]


def made_up(desk: Desk, **over: Any) -> Report:
    mapping = invoice_mapping(MAPPINGS / "accounts-receivable.toml")
    return import_invoices(desk.run(DATA / "invoices.csv", mapping, **over))


def test_customers_who_are_repeated_rows_are_made_once(desk):
    report = made_up(desk)
    customers, invoices = desk.rows(Customer), desk.rows(Invoice)
    assert (len(customers), len(report.new_customers), len(invoices)) == (5, 5, 6)
    assert {(row.currency, row.country, row.credit_limit, row.balance) for row in customers} == {("USD", "", None, 0)}
    assert sum(row.total for row in invoices) == Decimal("398.00")
    assert desk.keeps_its_books()


def test_a_dry_run_counts_the_customers_that_it_would_make(desk):
    report = made_up(desk, dry_run=True)
    assert (report.created, len(report.new_customers), desk.rows(Customer)) == (6, 5, [])


def test_invoices_that_add_up_beyond_what_can_be_stored_are_refused(desk):
    a_customer(desk.engine, customer_code="K-1")
    a_customer(desk.engine, customer_code="K-2")
    most = "02/01/2026,20/01/2026,999999999999,,"
    report = desk.invoices(f"K-1,A-1,{most}", "K-2,B-1,02/01/2026,20/01/2026,5,,", f"K-1,A-2,{most}")
    assert (report.created, refusals(report)) == (1, [(2, ""), (4, "")])
    assert "twelve digits" in report.refused[0].reason
    assert desk.keeps_its_books()


def test_two_imports_of_one_file_at_once_bring_each_row_in_once(desk):
    rows = [f"K-{n},Name,5,1,,," for n in range(BATCH + 200)]
    path = desk.file("customers.csv", "\n".join([HEADING, *rows]))
    read = customer_mapping(desk.file("mapping.toml", MAPPING))
    with ThreadPoolExecutor(2) as both:
        runs = [both.submit(import_customers, desk.run(path, read)) for _ in range(2)]
        reports = [run.result() for run in runs]
    assert [report.refused for report in reports] == [[], []]
    assert sum(report.created for report in reports) == sum(report.unchanged for report in reports) == len(rows)
    assert len(desk.rows(Transaction)) == len(rows)


def test_payments_that_came_late_can_be_told_from_those_in_time(desk):
    made_up(desk)
    due = {row.number: row.due_on for row in desk.rows(Invoice)}
    paid = [row for row in desk.rows(Transaction) if row.kind is Kind.MANUAL_PAYMENT]
    assert sorted(row.reference[-1] for row in paid if row.value_on > due[row.reference]) == ["2", "3", "6"]


@pytest.mark.parametrize(
    ("zone", "now", "today", "tomorrow"),
    [
        ("Pacific/Auckland", datetime(2026, 3, 16, 12, 0, tzinfo=UTC), "17/03/2026", "18/03/2026"),
        ("Pacific/Honolulu", datetime(2026, 3, 16, 9, 59, tzinfo=UTC), "15/03/2026", "16/03/2026"),
        ("UTC", datetime(2026, 3, 16, 23, 59, tzinfo=UTC), "16/03/2026", "17/03/2026"),
    ],
)
def test_today_is_the_day_where_the_customer_is_billed(
    desk: Desk, zone: str, now: datetime, today: str, tomorrow: str
) -> None:
    a_customer(desk.engine, customer_code="HERE", billing_zone=zone)
    made = f"{BILL_MAPPING}\n[customer]\n" + "\n".join(
        f'{name} = {{ constant = "{text}" }}' for name, text in (
            ("customer_class", "Homes"), ("balance_control", "postpaid"), ("currency", "EUR"), ("credit_limit", "5"),
            ("billing_zone", zone),
        )
    ) + '\ncustomer_code = { column = "ID" }\n'  # fmt: skip
    made = made.replace("date_format", "create_customers = true\ndate_format", 1)
    rows = [f"{code},{day[:2]},{day},01/06/2026,10,{day},N" for code in ("HERE", "NEW") for day in (today, tomorrow)]
    report = desk.invoices(*rows, mapping=made, clock=lambda: now)
    assert report.created == 2
    assert refusals(report) == [(line, name) for line in (3, 5) for name in ("settled_on", "issued_on")]
    assert all("where the customer is billed it is" in remark.reason for remark in report.refused)


def test_a_class_is_made_by_a_file_only_for_who_may_change_classes(desk: Desk) -> None:
    desk.actor = a_person(desk.engine, Role.MANAGER, extra_grants=Permission.IMPORT_RUN.value)
    mapping = MAPPING.replace('"Homes"', '"Boats"') + '[new_class]\nname = "Boats"\nnet_days = 9\n'
    report = desk.customers("K-1,A,5,0,,,", mapping=mapping)
    assert [remark.field for remark in report.refused] == ["customer_class"]
    assert report.refused[0].reason == "There is no customer class with this name. An admin can make one."
    assert desk.customers("K-1,A,5,0,,,").created == 1


def test_who_sees_one_reseller_brings_customers_to_no_other(desk: Desk) -> None:
    own = a_reseller(desk.engine, name="Own")
    grants = f"{Permission.IMPORT_RUN} {Permission.PEOPLE_MANAGE}"
    desk.actor = a_person(desk.engine, Role.MANAGER, reseller_id=own, extra_grants=grants)
    mapping = f'create_resellers = true\n{MAPPING}reseller = {{ column = "Mail" }}\n'.replace(
        'email = { column = "Mail" }\n', ""
    )
    report = desk.customers("K-1,A,5,0,Other,,", "K-2,A,5,0,Own,,", "K-3,A,5,0,,,", mapping=mapping)
    assert (refusals(report), report.created) == ([(2, "reseller")], 2)
    assert {row.reseller_id for row in desk.rows(Customer)} == {own}

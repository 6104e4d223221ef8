"""What the import guide says is true: the fields, and the examples from their first to their last row."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from data_access.base.permissions import Role
from data_access.domain.entered.card_columns import ROWS, columns_of
from data_access.domain.sections import ADDRESS_INFO
from data_access.imports.batches import Run
from data_access.imports.bills import INVOICE_FIELDS
from data_access.imports.charges import CHARGE_FIELDS
from data_access.imports.customers import customer_mapping, import_customers
from data_access.imports.entries import CUSTOMER_FIELDS
from data_access.imports.files.record_columns import DID_FIELDS, RATE_FIELDS
from data_access.imports.invoices import import_invoices, invoice_mapping
from data_access.imports.report import Report
from data_access.imports.usage.samples import SAMPLE_FIELDS
from data_access.imports.usage.unrated import USAGE_FIELDS
from data_access.models.customers import Customer
from tests.support.people import NOW, a_person

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "importing.md").read_text()


def import_examples(engine: Engine) -> tuple[Report, Report]:
    """The customers, then their invoices, as an admin brings them in."""
    admin, folder = a_person(engine, Role.ADMIN), DOCS / "examples"
    of_customers = customer_mapping(folder / "customers.toml")
    of_invoices = invoice_mapping(folder / "invoices.toml")
    return (
        import_customers(Run(engine, admin, lambda: NOW, folder / "customers.csv", of_customers, "ImportCustomers")),
        import_invoices(Run(engine, admin, lambda: NOW, folder / "invoices.csv", of_invoices, "ImportInvoices")),
    )


@pytest.mark.parametrize(
    ("title", "fields"),
    [
        ("a customer", CUSTOMER_FIELDS),
        ("an invoice", INVOICE_FIELDS),
        ("a charge", CHARGE_FIELDS),
        ("a use without a price", USAGE_FIELDS),
        ("a sample", frozenset(SAMPLE_FIELDS)),
        ("a rate", frozenset(RATE_FIELDS)),
        ("a number", frozenset(DID_FIELDS)),
    ],
)
def test_every_field_is_told_and_no_other(title: str, fields: frozenset[str]) -> None:
    part = PAGE.partition(f"### Fields of {title}\n")[2].partition("\n#")[0]
    told = {name for row in re.findall(r"^\| (`.*?) \|", part, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert told - set(ADDRESS_INFO.names) == fields - set(ADDRESS_INFO.names)


def test_every_kind_of_rows_and_each_of_its_columns_is_told() -> None:
    part = PAGE.partition("### Rows beside a customer\n")[2].partition("\n#")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\| `.*", part, re.MULTILINE)
    ]
    told = {kind.strip("`"): {*f"{by}, {more}".split(", ")} - {""} for kind, by, more in rows}
    assert told == {kind: {one.field.label for one in columns_of(section)} for kind, section in ROWS.items()}


def test_the_examples_come_in_but_for_one_row_each(engine: Engine) -> None:
    found_customers, found_invoices = import_examples(engine)
    assert (found_customers.created, found_customers.refused_rows) == (4, 1)
    assert (found_invoices.created, found_invoices.refused_rows) == (4, 1)


def test_the_report_on_the_page_is_the_one_that_is_given(engine: Engine) -> None:
    found, _ = import_examples(engine)
    given = [f"    {line}" for line in found.summary(50, dry_run=False).splitlines()]
    assert "\n".join(given) in PAGE


def test_the_first_example_customer_owes_the_opening_debt_and_the_open_invoice(engine: Engine) -> None:
    import_examples(engine)
    with engine.connect() as connection:
        owed = connection.execute(select(Customer.balance).where(Customer.customer_code == "EX-1001")).scalar_one()
    assert owed == Decimal("412.80") + Decimal("131.90")

"""Exports: the whole filter, masked, harmless to spreadsheets, and noted in the audit."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import Engine, select

from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.base.text.sheets import as_csv, as_xlsx, harmless
from data_access.commands.customers.exports import ExportCustomers
from data_access.models.customers import BalanceControl
from data_access.models.history import CommandLog
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.lists.exports import HEADER, CustomersToExport, rows_of
from data_access.queries.pagination.by_key import Sort
from data_access.search.filters import LISTED, CustomerFilter
from data_access.store.access import new_command_id
from tests.support.builders import a_class, a_customer
from tests.support.people import access_for

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")']


def test_the_export_holds_every_row_of_the_filter_not_only_the_page(engine: Engine) -> None:
    class_id = a_class(engine)
    for number in range(30):
        a_customer(engine, customer_code=f"K-{number:02}", customer_class_id=class_id)
    a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    access = access_for(engine, Role.MANAGER)
    rows = list(rows_of(access, CustomersToExport, LISTED))
    shown = access.fetch(FindCustomers(sort=Sort.CUSTOMER_ID, size=100)).rows
    assert [row[0] for row in rows] == [row.customer_code for row in shown]
    assert all(len(row) == len(HEADER) for row in rows)


def test_prepaid_and_postpaid_amounts_stand_in_columns_of_their_own(engine: Engine) -> None:
    a_customer(engine, customer_code="1", balance=Decimal("12.34567"))
    a_customer(engine, customer_code="2", balance=Decimal(-5), balance_control=BalanceControl.PREPAID)
    postpaid, prepaid = access_for(engine).fetch(CustomersToExport()).rows
    balance, available = HEADER.index("Balance"), HEADER.index("Available funds")
    assert (postpaid[balance], postpaid[available]) == (Decimal("12.34567"), None)
    assert (prepaid[balance], prepaid[available]) == (None, Decimal(5))


@pytest.mark.parametrize(
    ("role", "name", "email"),
    [
        (Role.SUPPORT, "A•••••", "a•••••@•••••"),
        (Role.ANALYST, "A•••••", "a•••••@•••••"),
        (Role.MANAGER, "Aurora", "a@b.example"),
    ],
)
def test_personal_data_leaves_with_the_right_only(engine: Engine, role: Role, name: str, email: str) -> None:
    a_customer(engine, customer_code="1", company_name="Aurora", email="a@b.example", phone="123")
    (row,) = access_for(engine, role).fetch(CustomersToExport()).rows
    assert (row[1], row[HEADER.index("E-mail")]) == (name, email)
    assert (row[HEADER.index("Phone")] == "123") is (role is Role.MANAGER)


def test_an_export_leaves_a_trace_without_the_searched_name(engine: Engine) -> None:
    a_customer(engine, company_name="Aurora")
    order = ExportCustomers(command_id=new_command_id(), filter=CustomerFilter(q="aurora"), format="CSV")
    access_for(engine).execute(order)
    with engine.connect() as connection:
        log = CommandLog.__table__
        (result,) = connection.execute(select(log.c.result).where(log.c.name == "ExportCustomers")).scalars()
    assert result == {
        "customers": 1, "format": "CSV",
        "filter": "Customer ID or a word of the name starts with a text, not permanently terminated",
    }  # fmt: skip


def test_an_analyst_cannot_export_by_name(engine: Engine) -> None:
    order = ExportCustomers(command_id=new_command_id(), filter=CustomerFilter(q="aurora"), format="CSV")
    access = access_for(engine, Role.ANALYST)
    with pytest.raises(NotPermitted, match="see personal data"):
        access.execute(order)
    with pytest.raises(NotPermitted, match="see personal data"):
        access.fetch(CustomersToExport(order.filter))


def test_too_many_customers_are_refused_and_not_cut_short(engine: Engine) -> None:
    a_customer(engine)
    a_customer(engine)
    order = ExportCustomers(command_id=new_command_id(), filter=CustomerFilter(), format="CSV", most=1)
    with pytest.raises(Rejected, match="Nothing was exported"):
        access_for(engine).execute(order)


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_begins_like_a_formula_is_neutralised(text: str) -> None:
    read = next(csv.reader(io.StringIO(as_csv(["a"], [[text]]).decode("utf-8-sig").split("\n", 1)[1], newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(["a"], [[text]], title="x"))).active
    assert read[0] == f"'{text}"
    assert sheet is not None
    assert sheet["A2"].data_type == "s"
    assert str(sheet["A2"].value).startswith("'")


def test_numbers_are_never_touched() -> None:
    assert harmless(Decimal("-5.10000")) == Decimal("-5.10000")
    assert as_csv(["a"], [[Decimal("-5.10000"), 3, None]]).decode("utf-8-sig").splitlines()[1] == "-5.10000,3,"
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(["a"], [[Decimal("-5.1")]], title="x"))).active
    assert sheet is not None
    assert sheet["A2"].value == -5.1


def test_a_text_that_no_cell_of_a_spreadsheet_holds_is_refused_and_not_cut() -> None:
    assert as_xlsx(["Customer ID", "Notes"], [["C-1", "x" * 32_767]], title="Notes")
    with pytest.raises(Rejected, match=r"“Notes” of C-1 has 32,768 characters.*Export as CSV"):
        as_xlsx(["Customer ID", "Notes"], [["C-1", "x" * 32_768]], title="Notes")

"""Exports: the whole filter, masked, harmless to spreadsheets, and noted in the audit."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from data_access.base.clock import system_clock
from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.base.text.column_sheets import write_csv_columns, write_parquet
from data_access.base.text.sheets import as_csv, as_xlsx, harmless
from data_access.commands.customers.exports import ExportCustomers
from data_access.domain.shown_status import Shown
from data_access.models.customers import BalanceControl
from data_access.models.history import CommandLog
from data_access.queries.lists.counts import CountCustomers
from data_access.queries.lists.customers import FindCustomers, Selection
from data_access.queries.lists.exports import ExportFits
from data_access.queries.lists.listed import ListedColumns, WhoIsListed, for_people, parts_of_list
from data_access.queries.lists.sheet_columns import write_xlsx_columns
from data_access.queries.pagination.by_key import Sort
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.expression import Condition
from data_access.search.filters import LISTED, CustomerFilter
from data_access.search.operations import O
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class, a_customer, a_reseller
from tests.support.customers_of_all_kinds import KINDS
from tests.support.examples import examples
from tests.support.people import access_for

BESIDE = ("email", "phone", "country", "created_at")
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")']


def told(access: Access, selection: Selection = LISTED, **over: Any) -> list[dict[str, Any]]:
    """The rows of an export as a sheet has them."""
    return [row for part in parts_of_list(access, selection, **over) for row in for_people(part).to_pylist()]


def test_the_export_holds_every_row_of_the_filter_not_only_the_page(engine: Engine) -> None:
    class_id = a_class(engine)
    for number in range(30):
        a_customer(engine, customer_code=f"K-{number:02}", customer_class_id=class_id)
    a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    access = access_for(engine, Role.MANAGER)
    rows = told(access, size=7)
    shown = access.fetch(FindCustomers(sort=Sort.CUSTOMER_ID, size=100)).rows
    assert [row["Customer ID"] for row in rows] == [row.customer_code for row in shown]
    assert len(rows) == access.fetch(ExportFits(LISTED)) == access.fetch(CountCustomers(LISTED))


EVERYBODY = AdvancedFilter((Condition("status", O.IS_ONE_OF, tuple(Shown)),))


@pytest.mark.parametrize("selection", [LISTED, EVERYBODY], ids=["listed", "everybody"])
def test_each_column_says_what_the_list_says(engine: Engine, selection: Selection) -> None:
    for kind in KINDS:
        kind(engine)
    access = access_for(engine, Role.MANAGER, now=system_clock())
    shown = access.fetch(FindCustomers(selection, sort=Sort.CUSTOMER_ID, size=200)).rows
    rows = [row for part in parts_of_list(access, selection, has_next=True, size=20) for row in part.to_pylist()]
    assert {row["status"] for row in rows} > {"suspended", "active", "blocked"}
    assert [{name: row[name] for name in row if name not in BESIDE} for row in rows] == [
        {
            "customer_id": row.customer_code, "name": row.name, "status": row.shown, "also": ", ".join(row.secondary),
            "customer_class": row.class_name, "currency": row.currency, "balance_control": row.balance_control,
            "balance": row.balance, "available_funds": row.available, "credit_limit": row.credit_limit,
            "overdue_amount": row.overdue_amount, "days_overdue": row.days_overdue,
            "overdue_since": row.overdue_since, "next_step": row.next_step and row.next_step.says,
            "next_step_on": row.next_step and row.next_step.on,
        }
        for row in shown
    ]  # fmt: skip


def test_prepaid_and_postpaid_amounts_stand_in_columns_of_their_own(engine: Engine) -> None:
    a_customer(engine, customer_code="1", balance=Decimal("12.34567"))
    a_customer(engine, customer_code="2", balance=Decimal(-5), balance_control=BalanceControl.PREPAID)
    postpaid, prepaid = told(access_for(engine))
    assert (postpaid["Balance"], postpaid["Available funds"]) == (Decimal("12.34567"), None)
    assert (prepaid["Balance"], prepaid["Available funds"]) == (None, Decimal(5))


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
    (row,) = told(access_for(engine, role))
    assert (row["Name"], row["E-mail"]) == (name, email)
    assert (row["Phone"] == "123") is (role is Role.MANAGER)


def test_who_is_not_seen_is_not_told_by_id(engine: Engine) -> None:
    north = a_reseller(engine, name="North")
    own, other = a_customer(engine, customer_code="1", reseller_id=north), a_customer(engine, customer_code="2")
    confined = access_for(engine, reseller_id=north)
    assert confined.fetch(ListedColumns((other, own)))["customer_id"].to_pylist() == ["1"]
    assert list(confined.fetch(WhoIsListed())) == [own]


def cells_of(file: bytes) -> list[list[tuple[Any, ...]]]:
    sheet = openpyxl.load_workbook(io.BytesIO(file)).active
    assert sheet is not None
    return [[(cell.value, cell.data_type, cell.number_format) for cell in row] for row in sheet.iter_rows()]


CELLS = st.one_of(st.none(), st.text(), st.sampled_from([f"{sign}x" for sign in "=+-@\t\r\n＝＋－＠ \x85\u2028"]))


@settings(max_examples=examples(100))
@given(texts=st.lists(CELLS, min_size=1), amount=st.decimals(-(10**12) + 1, 10**12 - 1, places=5))
def test_columns_make_the_same_file_as_rows(texts: list[str | None], amount: Decimal) -> None:
    day, count = date(2026, 2, 28), len(texts)
    columns = {
        "a": pa.array(texts, pa.string()), "b": pa.array([amount] * count, pa.decimal128(24, 5)),
        "c": pa.array([day] * count), "d": pa.array([7] * count), "e": pa.array(texts[::-1], pa.string()),
    }  # fmt: skip
    file = io.BytesIO()
    assert write_csv_columns(file, [pa.RecordBatch.from_pydict(columns)]) == count
    rows = [(text, amount, day, 7, other) for text, other in zip(texts, texts[::-1], strict=True)]
    assert file.getvalue() == as_csv(list(columns), rows)
    sheet = io.BytesIO()
    assert write_xlsx_columns(sheet, [pa.RecordBatch.from_pydict(columns)], title="x") == count
    assert cells_of(sheet.getvalue()) == cells_of(as_xlsx(list(columns), rows, title="x"))


def test_an_export_of_nobody_has_its_headings(engine: Engine) -> None:
    access = access_for(engine)
    csv_file, parquet, sheet = io.BytesIO(), io.BytesIO(), io.BytesIO()
    assert write_csv_columns(csv_file, map(for_people, parts_of_list(access, LISTED))) == 0
    assert csv_file.getvalue().decode("utf-8-sig").startswith("Customer ID,Name,Status,")
    assert write_xlsx_columns(sheet, map(for_people, parts_of_list(access, LISTED)), title="x") == 0
    assert write_parquet(parquet, parts_of_list(access, LISTED)) == 0
    assert str(pq.read_schema(parquet).field("balance").type) == "decimal128(24, 5)"


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
        access.fetch(WhoIsListed(order.filter))


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
    part = pa.RecordBatch.from_pydict({"Customer ID": ["C-1"], "Notes": ["=" + "x" * 32_767]})
    with pytest.raises(Rejected, match=r"“Notes” of C-1 has 32,769 characters.*Export as CSV"):
        write_xlsx_columns(io.BytesIO(), [part], title="Notes")

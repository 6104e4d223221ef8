"""The export "everything": what one desk writes, another reads, and writes again just so."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from data_access.base.engine import make_engine
from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import SYSTEM, Permission, Role
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.base.text.sheets import as_csv, as_xlsx, harmless, unguarded
from data_access.domain.entered.card_columns import CARD, CARD_COLUMNS, ROWS
from data_access.domain.lifecycle import StatusFacts
from data_access.imports.classes import class_mapping, import_classes
from data_access.imports.customers import customer_mapping
from data_access.imports.debts import Debt, debts_of
from data_access.imports.entries import CUSTOMER_FIELDS
from data_access.imports.facts import FACTS
from data_access.imports.files.mapping import FieldRule, FileMapping
from data_access.imports.files.reading import opened
from data_access.models.card.custom_fields import CustomValue
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy, Section
from data_access.models.customers import BalanceControl, Customer
from data_access.models.money import CollectionStatus, Invoice, InvoiceType
from data_access.queries.classes.class_terms import CLASS_COLUMNS, ClassesToExport
from data_access.queries.lists import exports
from data_access.queries.lists.everything import (
    COLUMNS,
    OPEN_FIELDS,
    EverythingFitsXlsx,
    EverythingToExport,
    everything_of,
)
from data_access.queries.lists.exports import Profile, rows_of
from data_access.queries.lists.versions import HEADING, VERSION
from data_access.search.filters import LISTED
from data_access.seed.demo import seed
from data_access.store.access import Access
from data_access.store.bulk import bulk_load
from data_access.store.scope import SCOPES
from tests.data_access.test_imports import MAPPING as CUSTOMERS
from tests.data_access.test_imports import MAPPINGS, Desk
from tests.support.builders import a_class, a_customer, a_reseller, an_invoice
from tests.support.databases import SqliteDatabases
from tests.support.examples import examples
from tests.support.people import NOW, a_person, access_for
from tests.support.rows import arrangement
from tests.support.whole_card import beside_customers, copy_records, enable_custom_fields, fill_cards

D = Decimal
MAPPING = MAPPINGS / "everything.toml"
KEPT_HERE = {"auto_payment.method_id": "A stored card is known to its gateway alone."}
_BOOKS, _HISTORY = (
    "of the books, which come as open invoices and as what is not invoiced yet",
    "history of the other desk",
)
_CARD, _AGAIN = "of a card, which its gateway alone knows", "begins again on arrival"
_TYPED = "typed in"
NOT_IN_FILES = {
    "Allocation": _BOOKS, "InvoiceLine": _BOOKS, "InvoiceTax": _BOOKS, "Transaction": _BOOKS,
    "MeasuredUse": _BOOKS, "QuotaUse": _BOOKS, "WalletUse": _BOOKS, "PromisePayment": _BOOKS,
    "PaymentMethod": _CARD, "CardPayment": _CARD, "CardOperation": _CARD,
    "Archive": _HISTORY, "BulkRow": _HISTORY, "CallerVerification": _HISTORY, "StatusEvent": _HISTORY,
    "MeasuredSample": "a file of its own brings it", "CollectionStep": _AGAIN, "InvoiceRequest": _AGAIN,
    "Promise": _TYPED, "SearchText": "follows from what the files bring",
    "ForeseenStep": "follows from what the files bring",
}  # fmt: skip
NOT_OF_CUSTOMER = {
    "archived_at": _HISTORY, "erased_at": _HISTORY, "billing_counted_from": _AGAIN, "next_billing_period": _AGAIN,
    "billing_change_on": _AGAIN, "version": _AGAIN,
}  # fmt: skip
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")) | st.sampled_from("=+-@'\";,|_x0041_#\n\t"), max_size=12
).map(str.strip)


@pytest.fixture
def both(
    request: pytest.FixtureRequest, engine: Engine, sqlite_databases: SqliteDatabases, tmp_path: Path
) -> Iterator[tuple[Desk, Desk]]:
    """Two desks, one of them on SQLite: the one that exports, and the one that imports."""
    with sqlite_databases.fresh() as url:
        other = make_engine(url)
        desks = Desk(engine, tmp_path), Desk(other, tmp_path)
        yield desks if request.param == "there" else desks[::-1]
        other.dispose()


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    return Desk(engine, tmp_path)


def a_file(desk: Desk, **told: Any) -> Path:
    """A file of one customer."""
    usual = {"customer_code": "K", "customer_class": "Homes", "balance_control": "postpaid", "currency": "EUR"} | {
        "billing_zone": "UTC", "billing_period": "monthly", "balance": 0,
    }  # fmt: skip
    row = dict.fromkeys(COLUMNS) | usual | told
    return desk.file("everything.csv", as_csv(tuple(COLUMNS.values()), [tuple(row.values())]))


def profile(engine: Engine) -> Profile:
    return everything_of(Access(engine, SYSTEM, lambda: NOW))


def everything(desk: Desk) -> list[dict[str, Any]]:
    """All but the versions, which are of one desk."""
    return [{name: cell for name, cell in row.items() if name != HEADING} for row in with_versions(desk)]


def with_versions(desk: Desk) -> list[dict[str, Any]]:
    told = profile(desk.engine)
    rows = rows_of(Access(desk.engine, SYSTEM, lambda: NOW), told.query, LISTED)
    return [dict(zip(told.header, row, strict=True)) for row in rows]


def bring_classes(here: Desk, there: Desk) -> None:
    """The classes of a desk, by their file."""
    told = Access(here.engine, SYSTEM, lambda: NOW).fetch(ClassesToExport())
    path = here.file("classes.csv", as_csv(CLASS_COLUMNS, told))
    report = import_classes(there.run(path, class_mapping(MAPPINGS / "classes.toml")))
    assert [str(remark) for remark in report.refused] == []


def odd_customers(engine: Engine) -> None:
    """What a file loses most easily."""
    yen, dinars = a_class(engine, name="Yen", currency="JPY", net_days=30), a_class(engine, name="Dinars")
    a_customer(
        engine, customer_code="007", customer_class_id=yen, currency="JPY", reseller_id=a_reseller(engine),
        salutation="Dr", first_name="Ann", middle_initial="B", last_name="O'Hara; =1+1", country="CZ",
        address_line_1="=HYPERLINK(1)", address_line_2="-5", city="'=x", state='"quoted", |', postal_code="00120",
        email="a@b.example", phone="+420 602 123 456", alt_phone="+49 30 1234567", description="one\n=two\n\tthree",
    )  # fmt: skip
    a_customer(engine, customer_code="+1", customer_class_id=dinars, currency="KWD", credit_limit=None, contact="@x")
    a_customer(
        engine, customer_code="limits", credit_limit=D("123456789012.12345"), temporary_limit=D("0.00001"),
        temporary_limit_until=NOW + timedelta(days=3), daily_spending_limit=D(7), suspend_on_insufficient_funds=False,
    )  # fmt: skip
    late = a_customer(
        engine, customer_code="late", bill_status=BillStatus.SUSPENDED, suspended_at=NOW, blocked=True,
        suspension_cause=SuspensionCause.COLLECTION, billing_zone="Pacific/Auckland",
    )  # fmt: skip
    an_invoice(engine, late, issued_on=date(2026, 1, 5), due_on=date(2026, 1, 19), total=D("119.90"), paid=D("20.01"))
    an_invoice(engine, late, number='A;"1", Ü', issued_on=date(2026, 2, 5), due_on=date(2026, 2, 19), disputed=True)
    an_invoice(
        engine, late, type=InvoiceType.OUT_OF_TURN, issued_on=date(2026, 3, 5), due_on=date(2026, 3, 5),
        total=D("0.01"), collection_status=CollectionStatus.DO_NOT_COLLECT,
    )  # fmt: skip
    prepaid = a_customer(
        engine, customer_code="prepaid", balance_control=BalanceControl.PREPAID, credit_limit=None, currency="CZK"
    )  # fmt: skip
    an_invoice(engine, prepaid, issued_on=date(2026, 3, 1), due_on=date(2026, 3, 30), total=D("7.50"))
    gone = {"provisionally_terminated_at": NOW, "terminate_on": date(2026, 4, 30)}
    a_customer(engine, customer_code="ending", bill_status=BillStatus.PROVISIONALLY_TERMINATED, **gone)
    a_customer(engine, customer_code="away", bill_status=BillStatus.EXPORTED, exported_at=NOW, legal_hold=True)


@pytest.mark.parametrize(
    ("database_url", "both", "kind"),
    [("sqlite", "there", "xlsx"), ("postgresql", "there", "csv"), ("postgresql", "back", "xlsx")],
    indirect=["database_url", "both"],
)
def test_everything_of_a_desk_comes_into_an_empty_one_and_leaves_it_again_the_same(
    both: tuple[Desk, Desk], kind: str
) -> None:
    here, there = both
    seed(here.engine, 80, lambda: NOW, with_demo_people=False, actor=SYSTEM)
    odd_customers(here.engine)
    fill_cards(here.engine)
    copy_records(here.engine, there.engine)
    bring_classes(here, there)
    enable_custom_fields(there.engine)
    told, header = everything(here), profile(here.engine).header
    rows = [tuple(row.values()) for row in with_versions(here)]
    content = as_csv(header, rows) if kind == "csv" else as_xlsx(header, rows, title="Customers")
    path = here.file(f"everything.{kind}", content)
    report = there.customers_from(path, mapping=MAPPING.read_text())
    assert [str(remark) for remark in report.refused] == []
    assert (report.created, report.differences) == (len(told), [])
    assert everything(there) == told
    assert beside_customers(there.engine, KEPT_HERE) == beside_customers(here.engine, KEPT_HERE)
    assert there.keeps_its_books()
    again = there.customers_from(path, mapping=MAPPING.read_text())
    assert (again.unchanged + len(again.refused), again.changed, again.differences) == (len(told), 0, [])


def owed(**told: str) -> str:
    """An open invoice in a cell."""
    usual = {"number": "7", "issued_on": "2026-01-05", "due_on": "2026-01-19", "open": "50"}
    return json.dumps([{name: value for name, value in (usual | told).items() if value}])


def test_each_open_invoice_arrives_with_its_day_its_hold_and_its_dispute(desk: Desk) -> None:
    first, second = owed(disputed="yes", collection_status="do_not_collect"), owed(number="8", type="out_of_turn")
    told = {"balance": "100", "open_invoices": f"{first[:-1]},{second[1:]}", "credit_limit": 5}
    report = desk.customers_from(a_file(desk, **told), mapping=MAPPING.read_text())
    assert ([str(remark) for remark in report.refused], report.created) == ([], 1)
    held, other = desk.rows(Invoice)
    assert (held.disputed, held.collection_status, held.total) == (True, CollectionStatus.DO_NOT_COLLECT, 50)
    assert (other.type, other.issued_on, other.due_on) == (InvoiceType.OUT_OF_TURN, date(2026, 1, 5), date(2026, 1, 19))
    sections = {row.id: row.section for row in desk.rows(CollectionPolicy)}
    assert [sections[row.policy_id] for row in (held, other)] == [Section.REGULAR, Section.OUT_OF_TURN]
    assert desk.keeps_its_books()


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (owed(open="0"), "Invoice 7: The open amount must be above zero"),
        (owed(open="-5"), "Invoice 7: The open amount must be above zero"),
        (owed(open="NaN"), "Invoice 7: "),
        (owed(due_on="2026-01-04"), "cannot be due before"),
        (owed(due_on=""), "Invoice 7: Give the date"),
        (owed(due_on="9999-12-31"), "too far off"),
        (owed(type="imaginary"), "Its type must be one of"),
        (owed(number=" "), "has no number"),
        (owed(number="x" * 41), "40"),
        (owed(number="a\x00"), "cannot be"),
        (owed(more="x"), "not a list of open invoices"),
        (f"{owed()[:-1]},{owed()[1:]}", "there twice"),
        ("[1]", "not a list of open invoices"),
        ('[{"number": 7}]', "not a list of open invoices"),
        ("[" * 5000, "not a list of open invoices"),
    ],
)
def test_open_invoices_that_cannot_be_are_refused(cell: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        debts_of(cell)


def test_open_invoices_that_do_not_go_with_the_rest_of_the_row_are_refused(desk: Desk) -> None:
    cases = [
        ({"balance": "49.99"}, "They come to 50, but by its balance the customer owes 49.99 on invoices."),
        ({}, "They come to 50, but by its balance the customer owes 0 on invoices."),
        ({"balance": "0.01", "open_invoices": owed(open="0.005")}, "EUR has 2 decimals; 0.005 has more."),
        ({"balance": "0", "balance_control": "prepaid"}, "A prepaid customer pays in advance"),
    ]
    for told, says in cases:
        limit = None if "balance_control" in told else 5
        path = a_file(desk, **{"open_invoices": owed(), "credit_limit": limit} | told)
        report = desk.customers_from(path, mapping=MAPPING.read_text())
        assert [(one.label, one.reason[: len(says)]) for one in report.refused] == [("Open invoices", says)]
    assert desk.rows(Customer) == []


def test_money_that_is_there_already_pays_before_a_debt_leaves(engine: Engine) -> None:
    customer_id = a_customer(engine, customer_code="both")
    first = an_invoice(engine, customer_id, number="1", total=D(20))
    an_invoice(
        engine, customer_id, number="2", total=D(30), issued_on=date(2026, 2, 6), due_on=date(2026, 2, 5),
        replaces_id=first,
    )  # fmt: skip
    with bulk_load(engine, SYSTEM, arrangement()) as load:
        load.summarise(customer_id, {"balance": D(20), "unallocated": D(30)})
        load.complete({})
    [row] = Access(engine, SYSTEM, lambda: NOW).fetch(EverythingToExport(tuple(COLUMNS))).rows
    told = dict(zip(COLUMNS, row, strict=True))
    assert told["open_invoices"] == '[{"number":"2","issued_on":"2026-02-05","due_on":"2026-02-05","open":"20"}]'


def test_a_debt_keeps_its_day_and_what_is_not_invoiced_waits_for_the_next_invoice(desk: Desk) -> None:
    told = {"balance": "120.00333", "not_invoiced": "0.10333", "credit_limit": 5}
    mapping = MAPPING.read_text() + '\nbalance_due_on = { constant = "2026-01-19" }\n'
    desk.customers_from(a_file(desk, **told), mapping=mapping)
    [invoice], [customer] = desk.rows(Invoice), desk.rows(Customer)
    assert (invoice.due_on, invoice.issued_on, invoice.total) == (date(2026, 1, 19), date(2026, 1, 19), D("119.90"))
    assert (customer.balance, customer.outstanding) == (D("120.00333"), D("119.90"))
    assert desk.keeps_its_books()


def test_the_running_period_ends_as_it_would_at_the_other_desk(desk: Desk) -> None:
    told = {"created_at": "2025-09-08T12:00:00+00:00", "billing_period": "anniversary", "credit_limit": 5}
    desk.customers_from(a_file(desk, **told), mapping=MAPPING.read_text())
    [customer] = desk.rows(Customer)
    assert (customer.period_from, customer.period_to) == (NOW.date(), date(2026, 4, 7))


def test_a_status_changes_by_its_moves_and_never_by_a_file(desk: Desk) -> None:
    a_customer(desk.engine, customer_code="K", created_at=NOW, customer_class_id=desk.class_id, credit_limit=None)
    report = desk.customers_from(a_file(desk, blocked="yes"), mapping=MAPPING.read_text())
    assert [str(remark) for remark in report.differences] == ["line 2, K, Blocked: The file says yes, here it is no."]
    assert not desk.rows(Customer)[0].blocked


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"bill_status": "suspended"}, "bill_status"),
        ({"bill_status": "exported"}, "bill_status"),
        ({"bill_status": "somewhere"}, "bill_status"),
        ({"suspension_lifted_until": "2026-03-20T00:00:00+00:00"}, "bill_status"),
        ({"created_at": "2027-03-20T00:00:00+00:00"}, "created_at"),
        ({"created_at": "2026-03-20"}, "created_at"),
        ({"terminate_on": "9999-12-31"}, "terminate_on"),
        ({"blocked": "perhaps"}, "blocked"),
        ({"temporary_limit": "-5"}, "temporary_limit"),
        ({"customer_class": "New", "class_net_days": "4000"}, "class_net_days"),
        ({"customer_class": "New", "class_net_days": "5", "class_currency": "XXX"}, "class_currency"),
        ({"customer_class": "New", "class_net_days": "5", "class_currency": "GBP"}, "currency"),
        ({"not_invoiced": "much"}, "not_invoiced"),
    ],
)
def test_facts_that_cannot_be_are_refused(desk: Desk, told: dict[str, str], field: str) -> None:
    report = desk.customers_from(a_file(desk, **told), mapping=MAPPING.read_text())
    assert field in {remark.field for remark in report.refused}
    assert (desk.rows(Customer), [row.name for row in desk.rows(CustomerClass)]) == ([], ["Homes"])


@pytest.mark.parametrize(
    ("increase", "until", "field"),
    [
        ("10000", NOW + timedelta(days=90), ""),
        ("10000.00001", NOW + timedelta(days=90), "temporary_limit"),
        ("10000", NOW + timedelta(days=90, microseconds=1), "temporary_limit_until"),
        ("10000", None, "temporary_limit_until"),
        ("99999", NOW, ""),
    ],
)
def test_an_increase_comes_in_as_far_as_the_person_may_give_it(
    desk: Desk, increase: str, until: datetime | None, field: str
) -> None:
    until_told = until.isoformat() if until else ""
    file = a_file(desk, credit_limit="1000", temporary_limit=increase, temporary_limit_until=until_told)
    report = desk.customers_from(file, mapping=MAPPING.read_text())
    assert [remark.field for remark in report.refused] == ([field] if field else [])
    assert len(desk.rows(Customer)) == (0 if field else 1)


def test_a_status_comes_in_only_with_the_rights_to_give_it(desk: Desk) -> None:
    rights = (
        Permission.IMPORT_RUN, Permission.CUSTOMER_CREATE, Permission.CUSTOMER_EDIT, Permission.LIMIT_EDIT,
        Permission.PEOPLE_MANAGE,
    )  # fmt: skip
    desk.actor = a_person(desk.engine, Role.SUPPORT, extra_grants=" ".join(rights))
    with pytest.raises(NotPermitted, match="terminate"):
        desk.customers_from(a_file(desk), mapping=MAPPING.read_text())
    without = "\n".join(line for line in MAPPING.read_text().splitlines() if line.split(" ")[0] not in FACTS)
    assert desk.customers_from(a_file(desk, credit_limit=5), mapping=without).created == 1


def test_resellers_are_made_only_by_who_may_manage_people(desk: Desk) -> None:
    desk.actor = a_person(desk.engine, Role.MANAGER, extra_grants=Permission.IMPORT_RUN.value)
    with pytest.raises(NotPermitted, match="manage people"):
        desk.customers("K-1,A,5,0,,,", mapping=f"create_resellers = true\n{CUSTOMERS}")


def test_everything_leaves_only_with_the_right_to_personal_data(engine: Engine) -> None:
    with pytest.raises(NotPermitted, match="export personal data"):
        access_for(engine, Role.SUPPORT).fetch(EverythingToExport(tuple(COLUMNS)))


def test_every_column_is_a_field_and_every_fact_of_a_status_a_column() -> None:
    mapping = customer_mapping(MAPPING)
    headings = COLUMNS | {key: column.heading for key, column in CARD_COLUMNS.items()}
    assert headings.keys() | {"limit_choice", VERSION} == mapping.fields.keys()
    assert COLUMNS.keys() | {"limit_choice"} == CUSTOMER_FIELDS - {"balance_due_on", VERSION}
    assert len({*headings.values()}) == len(headings)
    assert OPEN_FIELDS.keys() == Debt.__dataclass_fields__.keys()
    assert FACTS.keys() >= StatusFacts.__dataclass_fields__.keys()
    assert {name: rule.column for name, rule in mapping.fields.items() if name in headings} == headings


def test_what_is_in_no_file_is_named_with_its_reason() -> None:
    beside = {
        model for model in SCOPES
        if (owner := model.__table__.columns.get("customer_id")) is not None and not owner.nullable
    }  # fmt: skip
    in_files = {section.model for section in (*CARD, *ROWS.values())} | {CustomValue, Invoice}
    assert {model.__name__ for model in beside - in_files} == NOT_IN_FILES.keys()
    own = {column.key for column in Customer.__table__.columns if not column.info.get("summary")}
    own = {name for name in own if not name.endswith(("_key", "id"))}
    assert own - COLUMNS.keys() == NOT_OF_CUSTOMER.keys()
    declared = {(section.name, field.name): field for section in CARD for field in section}
    told = {(column.section.name, column.field.name) for column in CARD_COLUMNS.values()}
    assert {".".join(place) for place in declared.keys() - told} == KEPT_HERE.keys()


def test_an_export_comes_part_by_part_and_whole(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_BATCH", 3)
    for number in range(7):
        a_customer(engine, customer_code=f"K-{number}")
    access = access_for(engine, Role.MANAGER)
    query = partial(EverythingToExport, tuple(COLUMNS))
    assert [row[0] for row in rows_of(access, query, LISTED)] == [f"K-{number}" for number in range(7)]
    assert len(access.fetch(EverythingToExport(tuple(COLUMNS))).rows) == 3


@settings(max_examples=examples(60))
@given(text=TEXTS)
def test_every_text_comes_back_out_of_a_sheet(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    assert unguarded(str(harmless(text))) == text
    mapping = FileMapping("", {"city": FieldRule("a"), "state": FieldRule("b")})
    folder = tmp_path_factory.mktemp("sheet")
    for name, content in (
        ("a.csv", as_csv(["a", "b"], [[text, "x"]])),
        ("a.xlsx", as_xlsx(["a", "b"], [[text, "x"]], title="x")),
    ):
        (folder / name).write_bytes(content)
        with opened(folder / name, mapping, 1_000_000) as table:
            [line] = table.lines()
            assert mapping.fields["city"].read(line.cells) == text


@settings(max_examples=examples(60))
@given(amount=st.decimals(-(10**12) + 1, 10**12 - 1, places=5))
def test_every_amount_comes_back_out_of_a_sheet_to_its_last_digit(
    tmp_path_factory: pytest.TempPathFactory, amount: Decimal
) -> None:
    mapping = FileMapping("", {"balance": FieldRule("a")})
    path = tmp_path_factory.mktemp("sheet") / "a.xlsx"
    path.write_bytes(as_xlsx(["a"], [[amount]], title="x"))
    with opened(path, mapping, 1_000_000) as table:
        [line] = table.lines()
    assert Decimal(mapping.fields["balance"].read(line.cells)) == amount


@pytest.mark.parametrize("sign", [",", ";", "|", "\t"])
def test_no_cell_of_a_csv_file_holds_a_formula_behind_a_separator_of_another_program(sign: str) -> None:
    line = as_csv(["a"], [[f"x{sign}=1+1", "y"]]).decode("utf-8-sig").splitlines()[1]
    assert line.startswith(f'"x{sign}=1+1"')
    assert next(csv.reader(io.StringIO(line))) == [f"x{sign}=1+1", "y"]


def test_open_invoices_that_no_cell_holds_are_told_before_the_file_is_made(engine: Engine) -> None:
    customer = a_customer(engine, customer_code="C-1")
    for number in range(5):
        an_invoice(engine, customer, number=f"{number:040}")
    access = access_for(engine, Role.MANAGER)
    (row,) = access.fetch(EverythingToExport(tuple(COLUMNS))).rows
    length = len(str(row[-1]))
    access.fetch(EverythingFitsXlsx(most=length))
    with pytest.raises(Rejected, match=rf"“Open invoices” of C-1 has {length} characters.*Export as CSV"):
        access.fetch(EverythingFitsXlsx(most=length - 1))
    with pytest.raises(NotPermitted):
        access_for(engine, Role.SUPPORT).fetch(EverythingFitsXlsx())
    access_for(engine, Role.MANAGER, reseller_id=a_reseller(engine)).fetch(EverythingFitsXlsx(most=1))

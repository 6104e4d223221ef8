"""Charges brought in by a file: whose they are, what is refused, and that none is booked twice."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.services.usage import BookCharges, Charge, ChargesBooked
from data_access.imports.batches import Run
from data_access.imports.charges import charge_mapping, import_charges
from data_access.imports.report import Report
from data_access.models.collection import ThresholdKind
from data_access.models.customers import BalanceControl, Customer
from data_access.models.money import Transaction
from data_access.models.quotas import Unit, WhenUsedUp
from data_access.models.services import Activation, Subscription
from data_access.queries.services.booked_charges import ChargedBefore, PartiesByAccount, PartiesByCode
from data_access.store.access import Access, new_command_id
from tests.data_access.test_balance_alerts import notices, warned_at
from tests.data_access.test_corrections import sound, undoing
from tests.support.builders import a_customer, a_plan, a_quota, a_reseller, a_subscription, an_account
from tests.support.people import NOW, a_person, access_for

D = Decimal
HEADING = "Line,Client,Ref,Cost,What,Day"
MAPPING = """
date_format = "%d.%m.%Y"
[fields]
account_code = { column = "Line" }
customer_code = { column = "Client" }
reference = { column = "Ref" }
amount = { column = "Cost" }
service = { column = "What", values = { voice = "Calls", data = "Internet access" } }
used_on = { column = "Day" }
"""


def brought_in(
    engine: Engine,
    folder: Path,
    *rows: str,
    mapping: str = MAPPING,
    role: Role = Role.ADMIN,
    heading: str = HEADING,
    **over: object,
) -> Report:
    """What became of these rows, brought in by someone of a role."""
    file, toml = folder / "charges.csv", folder / "charges.toml"
    file.write_text("\n".join([heading, *rows]))
    toml.write_text(mapping)
    reseller: dict[str, object] = {"reseller_id": over.pop("reseller_id", None)}
    if role is not Role.ADMIN:
        reseller["extra_grants"] = "import:run" if over.pop("granted", False) else ""
    actor = a_person(engine, role, **reseller)
    run = Run(engine, actor, lambda: NOW, file, charge_mapping(toml), "ImportCharges", **over)  # type: ignore[arg-type]
    return import_charges(run)


def balance(engine: Engine, customer_id: int) -> Decimal:
    with Session(engine) as session:
        return session.get_one(Customer, customer_id).balance


def charges(engine: Engine) -> list[tuple[str, Decimal, str | None, date, str]]:
    with Session(engine) as session:
        rows = session.scalars(
            select(Transaction).where(Transaction.kind == Kind.USAGE_CHARGE).order_by(Transaction.id)
        )
        return [(row.reference, row.amount, row.service, row.value_on, row.visible_comment) for row in rows]


def told(report: Report) -> list[tuple[int, str, str]]:
    return [(remark.line, remark.field, remark.reason) for remark in report.refused]


def test_charges_come_by_account_and_by_customer(engine: Engine, tmp_path: Path) -> None:
    customer = a_customer(engine, customer_code="C-1")
    an_account(engine, customer, account_code="line-1")
    report = brought_in(engine, tmp_path, "line-1,,r1,1.5,voice,15.03.2026", ",c-1,r2,0.00001,data,16.03.2026")
    assert (report.rows, report.created, report.refused) == (2, 2, [])
    assert charges(engine) == [
        ("r1", D("1.5"), "Calls", date(2026, 3, 15), "Account line-1"),
        ("r2", D("0.00001"), "Internet access", date(2026, 3, 16), ""),
    ]
    assert balance(engine, customer) == D("1.50001")
    assert sound(engine)


def test_a_file_that_comes_again_with_more_rows_books_only_what_is_new(engine: Engine, tmp_path: Path) -> None:
    customer = a_customer(engine, customer_code="C-1")
    row, more = ",C-1,r1,2,voice,15.03.2026", ",C-1,r2,3,voice,15.03.2026"
    brought_in(engine, tmp_path, row)
    again = brought_in(engine, tmp_path, row, more, more)
    assert (again.created, again.unchanged) == (1, 2)
    assert balance(engine, customer) == D(5)


def test_a_reference_of_another_amount_is_reported_and_not_booked(engine: Engine, tmp_path: Path) -> None:
    customer = a_customer(engine, customer_code="C-1")
    brought_in(engine, tmp_path, ",C-1,r1,2,voice,15.03.2026")
    again = brought_in(engine, tmp_path, ",C-1,r1,2.5,voice,15.03.2026")
    assert [str(remark) for remark in again.differences] == [
        "line 2, C-1, Amount (column “Cost”): The file says 2.5, here it is 2: nothing was booked."
    ]
    assert balance(engine, customer) == D(2)


def test_a_reversed_charge_is_not_booked_again_by_its_file(engine: Engine, tmp_path: Path) -> None:
    customer = a_customer(engine, customer_code="C-1")
    brought_in(engine, tmp_path, ",C-1,r1,2,voice,15.03.2026")
    with Session(engine) as session:
        booked = session.scalars(select(Transaction.id)).one()
    access_for(engine, Role.ADMIN).execute(undoing(booked))
    assert brought_in(engine, tmp_path, ",C-1,r1,2,voice,15.03.2026").unchanged == 1
    assert balance(engine, customer) == D(0)


def test_each_bad_row_is_told_with_its_field_and_the_good_ones_come_in(engine: Engine, tmp_path: Path) -> None:
    good = a_customer(engine, customer_code="C-1")
    a_customer(engine, customer_code="C-2")
    a_customer(engine, customer_code="gone", bill_status=BillStatus.PERMANENTLY_TERMINATED)
    a_customer(engine, customer_code="away", bill_status=BillStatus.EXPORTED)
    an_account(engine, good, account_code="line-1")
    an_account(engine, good, account_code="old", ended_on=date(2026, 3, 10))
    report = brought_in(
        engine, tmp_path,
        "nowhere,,r1,1,voice,15.03.2026",
        ",nobody,r1,1,voice,15.03.2026",
        ",,r1,1,voice,15.03.2026",
        "line-1,C-2,r1,1,voice,15.03.2026",
        "old,,r1,1,voice,11.03.2026",
        ",C-1,r1,1,voice,17.03.2026",
        ",C-1,,1,voice,15.03.2026",
        ",C-1,r1,0,voice,15.03.2026",
        ",C-1,r1,1.000001,voice,15.03.2026",
        ",C-1,r1,1,tea,15.03.2026",
        ",C-1,r1,1,voice,2026-03-15",
        ",gone,r1,1,voice,15.03.2026",
        ",away,r1,1,voice,15.03.2026",
        "too,few",
        "old,,r2,1,voice,10.03.2026",
    )  # fmt: skip
    assert sorted((line, name) for line, name, _ in told(report)) == [
        (2, "account_code"), (3, "customer_code"), (4, "account_code"), (5, "account_code"), (6, "account_code"),
        (7, "used_on"), (8, "reference"), (9, "amount"), (10, "amount"), (11, "service"), (12, "used_on"), (13, ""),
        (14, ""), (15, ""),
    ]  # fmt: skip
    assert (report.created, report.refused_rows, balance(engine, good)) == (1, 14, D(1))


def test_a_day_that_has_begun_where_the_customer_is_billed_is_not_in_the_future(engine: Engine, tmp_path: Path) -> None:
    a_customer(engine, customer_code="far", billing_zone="Pacific/Kiritimati")  # 23:00 of the same day
    a_customer(engine, customer_code="near", billing_zone="UTC")
    rows = (f",{code},r1,1,voice,17.03.2026" for code in ("far", "near"))
    assert [line for line, _, _ in told(brought_in(engine, tmp_path, *rows))] == [2, 3]


def test_a_charge_in_another_currency_is_refused(engine: Engine, tmp_path: Path) -> None:
    a_customer(engine, customer_code="C-1")
    mapping = f'{MAPPING}currency = {{ constant = "USD" }}\n'
    report = brought_in(engine, tmp_path, ",C-1,r1,1,voice,15.03.2026", mapping=mapping)
    assert told(report) == [(2, "currency", "This customer is billed in EUR.")]


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_balance_that_cannot_be_stored_is_refused_by_the_row_that_leads_there(
    engine: Engine, tmp_path: Path, dry_run: bool
) -> None:
    a_customer(engine, customer_code="C-1", balance=D(1))
    rows = (",C-1,r1,999999999998,voice,15.03.2026", ",C-1,r2,1,voice,15.03.2026", ",C-1,r3,0.5,voice,15.03.2026")
    report = brought_in(engine, tmp_path, *rows, dry_run=dry_run)
    assert (report.created, [(line, name) for line, name, _ in told(report)]) == (2, [(3, "amount")])


def test_a_customer_that_is_exported_meanwhile_is_told_by_its_row(engine: Engine) -> None:
    gone, here = a_customer(engine, bill_status=BillStatus.EXPORTED), a_customer(engine)
    charges = tuple((customer, Charge("r1", D(2), "Calls", NOW.date())) for customer in (gone, here))
    done = Access(engine, SYSTEM, lambda: NOW).execute(BookCharges(charges=charges, command_id=new_command_id()))
    assert (done, balance(engine, gone), balance(engine, here)) == (ChargesBooked(1, 0, [gone]), D(0), D(2))


def test_charges_of_many_customers_are_booked_as_those_of_one_are(engine: Engine) -> None:
    """The same charges at once and one by one leave the same ledgers, notices and subscriptions."""
    plan, left, ledgers = a_plan(engine, activation=Activation.ON_FIRST_USE), [], []
    for way in ("at once", "one by one"):
        plain, watched, measured = (a_customer(engine, customer_code=f"{way} {name}") for name in "abc")
        warned_at(engine, watched, (ThresholdKind.AMOUNT, "10"))
        a_subscription(engine, plain, plan_id=plan, activated_on=None)
        a_quota(engine, measured, allowance=D(15))
        uses = [
            (plain, Charge("r1", D("1.5"), "Calls", date(2026, 3, 12))),
            (measured, Charge("r1", D("1.2"), "Calls", date(2026, 3, 15), "", D(12), Unit.MINUTES)),
            (watched, Charge("r1", D(11), "Calls", date(2026, 3, 14))),
            (measured, Charge("r2", D("1.2"), "Calls", date(2026, 3, 15), "", D(12), Unit.MINUTES)),
            (plain, Charge("r2", D(2), "Messages", date(2026, 3, 11))),
        ]
        orders = [tuple(uses)] if way == "at once" else [(use,) for use in uses]
        for charges_now in orders:
            access_for(engine, Role.ADMIN).execute(BookCharges(charges=charges_now, command_id=new_command_id()))
        left.append([balance(engine, customer) for customer in (plain, watched, measured)])
        with Session(engine) as session:
            rows = session.scalars(select(Transaction).order_by(Transaction.customer_id, Transaction.id))
            mine = [row for row in rows if row.customer_id in (plain, watched, measured)]
            ledgers.append([(row.reference, row.amount, row.balance_after, row.service, row.value_on) for row in mine])
    assert left[0] == left[1] == [D("3.5"), D(11), D("0.9")]
    assert ledgers[0] == ledgers[1]
    assert notices(engine) == ["a balance of 10.00 EUR"] * 2
    with Session(engine) as session:
        started = session.scalars(select(Subscription.activated_on).order_by(Subscription.id)).all()
    assert started == [date(2026, 3, 11), date(2026, 3, 12)]
    assert sound(engine)


def test_a_dry_run_tells_all_and_books_nothing(engine: Engine, tmp_path: Path) -> None:
    customer = a_customer(engine, customer_code="C-1")
    rows = (",C-1,r1,2,voice,15.03.2026", ",C-1,r1,2,voice,15.03.2026", ",C-9,r1,2,voice,15.03.2026")
    report = brought_in(engine, tmp_path, *rows, dry_run=True)
    assert (report.created, report.unchanged, report.refused_rows) == (1, 1, 1)
    assert (charges(engine), balance(engine, customer)) == ([], D(0))


def test_what_was_used_is_charged_whatever_holds_now(engine: Engine, tmp_path: Path) -> None:
    suspended = a_customer(engine, customer_code="S", bill_status=BillStatus.SUSPENDED)
    prepaid = a_customer(engine, customer_code="P", balance_control=BalanceControl.PREPAID, balance=D(-1))
    brought_in(engine, tmp_path, ",S,r1,5,voice,15.03.2026", ",P,r1,5,voice,15.03.2026")
    assert (balance(engine, suspended), balance(engine, prepaid)) == (D(5), D(4))


def test_imported_charges_warn_at_thresholds_and_start_what_waits_for_use(engine: Engine, tmp_path: Path) -> None:
    customer = warned_at(engine, a_customer(engine, customer_code="C-1"), (ThresholdKind.AMOUNT, "10"))
    a_subscription(engine, customer, plan_id=a_plan(engine, activation=Activation.ON_FIRST_USE), activated_on=None)
    brought_in(engine, tmp_path, ",C-1,r1,6,voice,12.03.2026", ",C-1,r2,6,voice,11.03.2026")
    assert notices(engine) == ["a balance of 10.00 EUR"]
    with Session(engine) as session:
        assert session.scalars(select(Subscription.activated_on)).one() == date(2026, 3, 11)


MEASURED = f"""{MAPPING}
quantity = {{ column = "Amount used" }}
unit = {{ column = "In", values = {{ min = "minutes", "" = "" }} }}
"""


def test_a_measured_charge_is_covered_by_the_quota_of_its_day(engine: Engine, tmp_path: Path) -> None:
    customer = a_customer(engine, customer_code="C-1")
    a_quota(engine, customer, allowance=D(15), when_used_up=WhenUsedUp.BLOCK)
    rows = (
        ",C-1,r1,1.2,voice,15.03.2026,12,min", ",C-1,r2,1.2,voice,15.03.2026,12,min",
        ",C-1,r3,1.2,voice,28.02.2026,12,min", ",C-1,r4,1.2,voice,15.03.2026,,",
    )  # fmt: skip
    report = brought_in(engine, tmp_path, *rows, mapping=MEASURED, heading=f"{HEADING},Amount used,In")
    assert (report.created, report.refused) == (4, [])
    assert [amount for _, amount, *_ in charges(engine)] == [D(0), D("0.9"), D(0), D("1.2")]
    again = brought_in(engine, tmp_path, *rows, mapping=MEASURED, heading=f"{HEADING},Amount used,In")
    assert (again.created, again.unchanged, again.differences) == (0, 4, [])
    assert balance(engine, customer) == D("2.1")
    assert sound(engine)


def test_a_quantity_that_is_none_is_told_at_its_field(engine: Engine, tmp_path: Path) -> None:
    a_customer(engine, customer_code="C-1")
    rows = (
        ",C-1,r1,1,voice,15.03.2026,0,min", ",C-1,r2,1,voice,15.03.2026,much,min", ",C-1,r3,1,voice,15.03.2026,5,",
        ",C-1,r4,1,voice,15.03.2026,,min", ",C-1,r5,1,voice,15.03.2026,5,hours",
    )  # fmt: skip
    report = brought_in(engine, tmp_path, *rows, mapping=MEASURED, heading=f"{HEADING},Amount used,In")
    wrong = [(line, name) for line, name, _ in told(report)]
    assert wrong == [(2, "quantity"), (3, "quantity"), (4, "quantity"), (5, "quantity"), (6, "unit")]
    assert "above zero" in report.refused[0].reason
    assert "with its unit, or neither" in report.refused[2].reason


def test_the_mapping_has_to_say_whose_charge_it_is(engine: Engine, tmp_path: Path) -> None:
    mapping = "\n".join(line for line in MAPPING.splitlines() if "_code" not in line)
    with pytest.raises(Rejected, match="map account_code or customer_code"):
        brought_in(engine, tmp_path, mapping=mapping)


def test_only_who_may_import_brings_charges_in_and_only_for_customers_they_see(engine: Engine, tmp_path: Path) -> None:
    a_customer(engine, customer_code="C-1", reseller_id=a_reseller(engine))
    row = ",C-1,r1,2,voice,15.03.2026"
    with pytest.raises(NotPermitted, match="An admin can"):
        brought_in(engine, tmp_path, row, role=Role.SUPPORT)
    report = brought_in(engine, tmp_path, row, role=Role.MANAGER, granted=True, reseller_id=a_reseller(engine))
    assert [name for _, name, _ in told(report)] == ["customer_code"]


def test_two_files_that_bring_the_same_charge_at_once_book_it_once(engine: Engine) -> None:
    customer = a_customer(engine, customer_code="C-1")
    an_account(engine, customer, account_code="line-1")
    access = Access(engine, SYSTEM, lambda: NOW)
    asked = (
        access.fetch(PartiesByCode(frozenset({"c-1"})))["c-1"].customer_id,
        access.fetch(PartiesByAccount(frozenset({"line-1"})))["line-1"].customer_id,
        access.fetch(ChargedBefore(frozenset({customer}), frozenset({"r1"}))),
    )
    assert asked == (customer, customer, {})
    charge = Charge("r1", D(2), "Calls", NOW.date())
    done = [access.execute(BookCharges(charges=((customer, charge),), command_id=new_command_id())) for _ in range(2)]
    assert done == [ChargesBooked(1, 0, []), ChargesBooked(0, 1, [])]
    assert balance(engine, customer) == D(2)

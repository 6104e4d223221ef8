"""Measured services in the books: what was counted is charged when a period closes, each day once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid, NotPermitted, Rejected
from data_access.base.measured_parameters import ChargeBasis, MeasuredParameter
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.customers.status import ChangeStatus
from data_access.commands.usage.measuring import (
    AddMeasuredService,
    ChangeMeasuredService,
    CountedItems,
    RecordSamples,
    RemoveMeasuredService,
    SamplesRecorded,
)
from data_access.domain.billing.periods import Period
from data_access.domain.usage.measuring import MeasuredLevel
from data_access.models.money import InvoiceLine, Transaction
from data_access.models.usage.measuring import MEASURED_ROWS, MeasuredSample, MeasuredService
from data_access.queries.services.measured_services import CountedParameters, DailyLevels, MeasuredServicesOf, SamplesOf
from data_access.store.access import Access, new_command_id
from tests.data_access.test_periods_closing import CLOSES, close, happened, in_march, rows
from tests.support.builders import a_class, a_customer
from tests.support.people import NOW, access_for
from tests.support.rows import insert

D = Decimal
P, B = MeasuredParameter, ChargeBasis
FIRST = datetime(2026, 3, 1, tzinfo=UTC)


def measured(engine: Engine, customer_id: int, *values: tuple[float, int], **over: Any) -> None:
    """What a customer is charged for extensions, and what was counted on some days of March, from 1."""
    terms = {
        "customer_id": customer_id, "parameter": P.PBX_EXTENSIONS, "basis": B.MAXIMUM, "price": D("3.10"),
        "service": "Equipment",
    } | over  # fmt: skip
    insert(engine, MeasuredService, terms)
    counted(engine, customer_id, *values)


def counted(engine: Engine, customer_id: int, *values: tuple[float, int]) -> None:
    for day, value in values:
        at = FIRST + timedelta(days=day - 1)
        row = {"customer_id": customer_id, "parameter": P.PBX_EXTENSIONS, "at": at, "value": value}
        insert(engine, MeasuredSample, row)


def charges(engine: Engine, customer_id: int) -> list[tuple[Any, ...]]:
    return [
        (row.amount, row.value_on, row.service, row.visible_comment)
        for row in rows(engine, Transaction, customer_id)
        if row.kind is Kind.MEASURED_CHARGE
    ]


@pytest.mark.parametrize(
    ("basis", "amount", "figure"),
    [(B.AVERAGE, "46.5", "average 15"), (B.MAXIMUM, "62", "maximum 20"), (B.MINIMUM, "31", "minimum 10")],
)
def test_a_level_is_charged_when_the_period_closes_and_stands_on_its_invoice(
    engine: Engine, basis: ChargeBasis, amount: str, figure: str
) -> None:
    customer = in_march(engine)
    measured(engine, customer, (-10, 10), (16.5, 20), basis=basis, rate_code="EXT")
    close(engine, customer)
    says = f"PBX extensions (EXT), {figure}, 1 March to 31 March 2026"
    assert charges(engine, customer) == [(D(amount), date(2026, 3, 31), "Equipment", says)]
    (line,) = rows(engine, InvoiceLine, customer)
    assert (line.says, line.service, line.amount) == (says, "Equipment", D(amount))


@pytest.mark.parametrize(
    "over", [{"basis": B.NONE}, {"free_items": 20}, {"price": D(0)}, {"removed_at": NOW}, {"parameter": P.ACTIVE_CALLS}]
)
def test_what_costs_nothing_leaves_no_booking(engine: Engine, over: dict[str, Any]) -> None:
    customer = in_march(engine)
    measured(engine, customer, (1, 20), **over)
    close(engine, customer)
    assert charges(engine, customer) == []


@pytest.mark.parametrize(
    ("currency", "price", "amount"), [("JPY", "300", "6000"), ("KWD", "0.125", "2.5"), ("EUR", "0.00001", "0.0002")]
)
def test_a_price_is_in_the_currency_of_the_customer(engine: Engine, currency: str, price: str, amount: str) -> None:
    customer = in_march(engine, currency=currency)
    measured(engine, customer, (1, 20), price=D(price))
    close(engine, customer)
    assert [row[0] for row in charges(engine, customer)] == [D(amount)]


def test_a_class_gives_terms_and_own_ones_stand_in_their_place(engine: Engine) -> None:
    given = MEASURED_ROWS.join([["pbx_extensions", "maximum", "6.20", "0", "", "Other"]])
    of_class = a_class(engine, measured_services=given)
    inherits, has_own, opts_out = (in_march(engine, customer_class_id=of_class) for _ in range(3))
    counted(engine, inherits, (1, 2))
    measured(engine, has_own, (1, 2))
    measured(engine, opts_out, (1, 2), basis=B.NONE)
    for one in (inherits, has_own, opts_out):
        close(engine, one)
    amounts = [[row[0] for row in charges(engine, one)] for one in (inherits, has_own, opts_out)]
    assert amounts == [[D("12.4")], [D("6.2")], []]


@pytest.mark.parametrize(
    ("move", "amount", "last"),
    [
        ("block", "1550", 31),
        ("provisionally_terminate", "5", 10),
        ("permanently_terminate", "5", 10),
        ("mark_exported", "5", 10),
    ],
)
def test_days_on_which_a_customer_was_gone_cost_nothing(engine: Engine, move: str, amount: str, last: int) -> None:
    """As fees of numbers: domain 1.9."""
    customer = in_march(engine, customer_code="C-1")
    measured(engine, customer, (1, 5), (20, 500))
    access_for(engine, Role.ADMIN, FIRST + timedelta(days=10, hours=12)).execute(
        ChangeStatus(
            customer_id=customer, move=move, day=date(2026, 3, 11), confirm_customer_code="C-1", reason="because",
            command_id=new_command_id(),
        )
    )  # fmt: skip
    close(engine, customer)
    assert [(row[0], row[1].day) for row in charges(engine, customer)] == [(D(amount), last)]


def test_a_suspended_customer_is_charged_and_one_that_came_back_for_its_days_alone(engine: Engine) -> None:
    suspended, away = in_march(engine, bill_status=BillStatus.SUSPENDED), in_march(engine)
    for one in (suspended, away):
        measured(engine, one, (1, 10), (15, 500), (25, 20))
    happened(engine, away, "mark_exported", BillStatus.EXPORTED, FIRST + timedelta(days=10))
    happened(engine, away, "clear_exported", BillStatus.OPEN, FIRST + timedelta(days=24))
    for one in (suspended, away):
        close(engine, one)
    assert [row[0] for row in charges(engine, suspended)] == [D(1550)]
    assert [row[0] for row in charges(engine, away)] == [D(34)]


def test_each_day_is_charged_once_where_the_end_came_before_the_close(engine: Engine) -> None:
    customer = in_march(engine)
    measured(engine, customer, (1, 10), (15, 500), (25, 20))
    for move, days in (("mark_exported", 10), ("clear_exported", 24)):
        order = ChangeStatus(customer_id=customer, move=move, reason="because", command_id=new_command_id())
        access_for(engine, Role.ADMIN, FIRST + timedelta(days=days)).execute(order)
    close(engine, customer)
    assert [(row[0], row[1].day) for row in charges(engine, customer)] == [(D(10), 10), (D(14), 31)]


def test_days_before_anything_was_counted_cost_nothing(engine: Engine) -> None:
    customer = in_march(engine)
    measured(engine, customer, (30.5, 4))
    close(engine, customer)
    assert [(row[0], row[3]) for row in charges(engine, customer)] == [
        (D("0.8"), "PBX extensions, maximum 4, 30 March to 31 March 2026")
    ]


def test_a_reversed_charge_is_not_booked_again(engine: Engine) -> None:
    """Closed late: both periods at once, then the second again after its charge was taken back."""
    customer = in_march(engine)
    measured(engine, customer, (1, 1))
    close(engine, customer, CLOSES + timedelta(days=30))
    first, second = (row for row in rows(engine, Transaction, customer) if row.kind is Kind.MEASURED_CHARGE)
    assert [(row.amount, row.value_on) for row in (first, second)] == [
        (D("3.1"), date(2026, 3, 31)), (D("3.1"), date(2026, 4, 30)),
    ]  # fmt: skip
    now = CLOSES + timedelta(days=31)
    access_for(engine, Role.ADMIN, now).execute(
        ReverseTransaction(transaction_id=second.id, reason="wrong", command_id=new_command_id())
    )
    close(engine, customer, now)
    assert [row[0] for row in charges(engine, customer)] == [D("3.1"), D("3.1"), D("-3.1")]


def recording(*samples: tuple[int, CountedItems]) -> RecordSamples:
    return RecordSamples(samples=samples, command_id=new_command_id())


def test_samples_are_recorded_once_and_never_changed(engine: Engine) -> None:
    customer, gone = a_customer(engine), a_customer(engine, bill_status=BillStatus.EXPORTED)
    ago = CountedItems(P.ACTIVE_CALLS, NOW - timedelta(hours=1), 4)
    other = CountedItems(P.ACTIVE_CALLS, ago.at, 5)
    same_time = CountedItems(P.CONCURRENT_CALLS, ago.at, 4)
    system = Access(engine, SYSTEM, lambda: NOW)
    first = system.execute(recording((customer, ago), (customer, ago), (customer, other), (gone, ago)))
    assert first == SamplesRecorded(1, 1, [gone], [2])
    again = system.execute(recording((customer, other), (customer, ago), (customer, same_time)))
    assert again == SamplesRecorded(1, 1, [], [0])
    with Session(engine) as session:
        found = session.scalars(select(MeasuredSample).order_by(MeasuredSample.id)).all()
    assert [(row.parameter, row.value) for row in found] == [(P.ACTIVE_CALLS, 4), (P.CONCURRENT_CALLS, 4)]


@pytest.mark.parametrize(
    ("counted", "says"),
    [
        (CountedItems(P.ACTIVE_CALLS, NOW + timedelta(seconds=1), 1), "Nothing can have been counted in the future"),
        (CountedItems(P.ACTIVE_CALLS, NOW, -1), "Give a whole number from 0 to 10,000,000"),
        (CountedItems(P.ACTIVE_CALLS, NOW, 10**7 + 1), "Give a whole number from 0 to 10,000,000"),
    ],
)
def test_what_nobody_can_have_counted_is_refused(engine: Engine, counted: CountedItems, says: str) -> None:
    with pytest.raises(Rejected, match=says):
        access_for(engine, Role.ADMIN).execute(recording((a_customer(engine), counted)))


def test_samples_take_the_right_to_import(engine: Engine) -> None:
    sample = CountedItems(P.ACTIVE_CALLS, NOW, 1)
    with pytest.raises(NotPermitted):
        access_for(engine, Role.MANAGER).execute(recording((a_customer(engine), sample)))
    with pytest.raises(Rejected, match="Record between 1 and 10,000 samples"):
        access_for(engine, Role.ADMIN).execute(recording())


def test_a_tab_shows_terms_own_and_inherited_and_what_the_period_comes_to(engine: Engine) -> None:
    given = MEASURED_ROWS.join([["active_calls", "none", "0", "0", "", "Calls"]])
    customer = in_march(engine, customer_class_id=a_class(engine, measured_services=given))
    measured(engine, customer, (1, 5), (16.2, 8), price=D("3.10"))
    calls, extensions = access_for(engine).fetch(MeasuredServicesOf(customer))
    assert (calls.terms.parameter, calls.record_id, calls.newest, calls.so_far) == (P.ACTIVE_CALLS, 0, None, None)
    assert extensions.record_id > 0
    assert (extensions.newest and extensions.newest.value, extensions.so_far and extensions.so_far.amount) == (
        8, D("12.8"),
    )  # fmt: skip


def test_a_graph_is_told_by_the_day_and_value_by_value(engine: Engine) -> None:
    customer = in_march(engine, billing_zone="Europe/Berlin")
    counted(engine, customer, (-200, 7), (14.5, 10), (15 - 1 / 24, 12), (16, 1))
    access = access_for(engine)
    days = access.fetch(DailyLevels(customer, P.PBX_EXTENSIONS))
    assert (len(days), days[0].day, days[0].level) == (93, date(2025, 12, 14), MeasuredLevel(D(7), 7, 7))
    assert [(one.day.day, one.level.minimum, one.level.maximum) for one in days[-4:]] == [
        (13, 7, 7), (14, 7, 10), (15, 12, 12), (16, 1, 12),
    ]  # fmt: skip
    found = access.fetch(SamplesOf(customer, P.PBX_EXTENSIONS, Period(date(2026, 3, 14), date(2026, 3, 15))))
    assert [one.value for one in found] == [7, 10, 12]
    assert access.fetch(DailyLevels(customer, P.ACTIVE_CALLS)) == ()
    assert access.fetch(CountedParameters(customer)) == (P.PBX_EXTENSIONS,)
    assert access.fetch(CountedParameters(in_march(engine))) == ()


def test_own_terms_are_added_changed_and_given_back_to_the_class(engine: Engine) -> None:
    customer, access = a_customer(engine), access_for(engine)
    values = {"parameter": "pbx_extensions", "basis": "average", "price": "2.5", "service": "Calls"}
    adding = AddMeasuredService(customer_id=customer, values=values, command_id=new_command_id())
    row = access.execute(adding).row_id
    with pytest.raises(Invalid) as wrong:
        access.execute(replace(adding, command_id=new_command_id()))
    assert wrong.value.complaints == {"parameter": "Measured parameter “PBX extensions” is already used."}
    access.execute(
        ChangeMeasuredService(row_id=row, version=1, shown={}, changes={"price": "3"}, command_id=new_command_id())
    )
    (terms,) = access.fetch(MeasuredServicesOf(customer))
    assert (terms.record_id, terms.terms.price) == (row, D(3))
    access.execute(RemoveMeasuredService(row_id=row, version=2, command_id=new_command_id()))
    assert access.fetch(MeasuredServicesOf(customer)) == ()
    gone = a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    with pytest.raises(Rejected, match="permanently terminated"):
        access.execute(replace(adding, customer_id=gone, command_id=new_command_id()))
    with pytest.raises(NotPermitted):
        access_for(engine, Role.ANALYST).execute(replace(adding, command_id=new_command_id()))

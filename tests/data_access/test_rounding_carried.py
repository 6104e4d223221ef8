"""What rounding takes or gives comes back on the next invoice, and what is shown can be paid to the last digit."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid
from data_access.base.money import CURRENCIES, ZERO, decimals_of
from data_access.base.permissions import Role
from data_access.commands.billing.invoices import IssueOutOfTurn, ReissueInvoice, VoidInvoice
from data_access.commands.classes.classes import EditClass
from data_access.models.classes.customer_classes import CustomerClass, Rounding
from data_access.models.collection import CollectionStep
from data_access.models.customers import BalanceControl
from data_access.models.money import Invoice, PaymentStatus, Transaction
from data_access.queries.billing.paper import InvoicePaper
from data_access.services.facts.asking import asked_for
from data_access.store.access import new_command_id
from tests.data_access.test_money import booking
from tests.data_access.test_periods_closing import close, customer_of, in_march, rows
from tests.support.builders import a_class
from tests.support.ledgers import read_ledgers
from tests.support.people import access_for

FINE = st.integers(-(10**7), 10**7).map(lambda parts: Decimal(parts).scaleb(-5))
STEPS = {Rounding.AWAY_FROM_ZERO: 1, Rounding.HALF_AWAY_FROM_ZERO: 1, Rounding.TO_FIVE: 3}
START = datetime(2026, 3, 10, 12, tzinfo=UTC)
MONTHS = [datetime(2026, month, 1, 6, tzinfo=UTC) for month in range(4, 9)]


@given(
    st.lists(FINE, min_size=1, max_size=12), st.sampled_from(CURRENCIES), st.sampled_from(Rounding),
    st.none() | st.integers(0, 3),
)  # fmt: skip
def test_all_totals_are_all_bookings_but_for_less_than_a_step(sums, currency, method, decimals):
    of_class = CustomerClass(rounding=method, rounding_decimals=decimals)
    most = decimals_of(currency)
    step = STEPS[method] * Decimal(1).scaleb(-(most if decimals is None else min(most, decimals)))
    carried = remainder = total = used = ZERO
    for booked in sums:
        told = asked_for(booked, carried, remainder, of_class, currency)
        assert booked + sum((amount for _, _, amount in told.lines()), ZERO) == told.total >= 0
        assert told.total == told.total.quantize(Decimal(1).scaleb(-most))
        carried, remainder = told.carried_on, told.remainder_on
        total, used = total + told.total, used + booked
        assert total == used + carried + remainder
        assert abs(remainder) < step
        assert not (carried and told.total)


def charge(engine: Engine, customer: int, amount: str, now: datetime) -> int:
    access_for(engine, Role.ADMIN, now).execute(booking(customer, Kind.MANUAL_CHARGE, amount))
    return int(rows(engine, Transaction, customer)[-1].id)


def pay(engine: Engine, customer: int, amount: Decimal, now: datetime) -> None:
    access_for(engine, Role.ADMIN, now).execute(booking(customer, Kind.MANUAL_PAYMENT, f"{amount:f}"))


def test_a_prepaid_customer_who_used_what_it_paid_is_asked_for_nothing_more(engine: Engine) -> None:
    prepaid = {"balance_control": BalanceControl.PREPAID, "credit_limit": None}
    of_class = a_class(engine, suspend_after=3, late_fee=Decimal(5))
    customer = in_march(engine, customer_class_id=of_class, **prepaid)
    pay(engine, customer, Decimal(10), START)
    for amount, month in zip(("9.99333", "0.00667"), MONTHS, strict=False):
        charge(engine, customer, amount, month - timedelta(days=3))
        close(engine, customer, month)
    assert [(row.total, row.payment_status) for row in rows(engine, Invoice, customer)] == [(10, PaymentStatus.PAID)]
    found = customer_of(engine, customer)
    assert (found.balance, found.outstanding, found.unallocated, found.first_overdue_from) == (0, 0, 0, None)
    assert read_ledgers(engine).breaches() == []


def test_what_many_invoices_ask_too_much_comes_off_the_next_one(engine: Engine) -> None:
    customer = in_march(engine)
    for month in MONTHS:
        charge(engine, customer, "10.001", month - timedelta(days=3))
        close(engine, customer, month)
        pay(engine, customer, customer_of(engine, customer).outstanding, month)
    assert [row.total for row in rows(engine, Invoice, customer)] == [
        Decimal("10.01"), Decimal("10.00"), Decimal("10.00"), Decimal("10.00"), Decimal("10.00"),
    ]  # fmt: skip
    assert customer_of(engine, customer).balance == Decimal("-0.005")


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
@pytest.mark.parametrize("method", Rounding)
def test_what_is_shown_can_be_paid_and_nothing_is_lost(engine: Engine, currency: str, method: Rounding) -> None:
    customer = in_march(engine, currency=currency, customer_class_id=a_class(engine, rounding=method))
    unit = Decimal(1).scaleb(-decimals_of(currency))
    for at, month in enumerate(MONTHS):
        day = month - timedelta(days=3)
        chosen = charge(engine, customer, f"{Decimal('7.33333') * (at + 1):f}", day)
        charge(engine, customer, "3.14159", day)
        out = IssueOutOfTurn(customer_id=customer, transaction_ids=(chosen,), command_id=new_command_id())
        access_for(engine, Role.ADMIN, day).execute(out)
        close(engine, customer, month)
        found = customer_of(engine, customer)
        assert abs(found.balance - found.outstanding + found.unallocated) < STEPS[method] * unit
        assert read_ledgers(engine).breaches() == []
        pay(engine, customer, found.outstanding, month)
        assert {row.payment_status for row in rows(engine, Invoice, customer)} == {PaymentStatus.PAID}
        assert (customer_of(engine, customer).outstanding, customer_of(engine, customer).unallocated) == (0, 0)


def test_an_invoice_of_rounding_that_is_void_gives_back_what_it_took(engine: Engine) -> None:
    customer = in_march(engine)
    for month in MONTHS[:2]:
        charge(engine, customer, "10.001", month - timedelta(days=3))
        close(engine, customer, month)
    first, second = rows(engine, Invoice, customer)
    manager = access_for(engine, Role.MANAGER, MONTHS[1])
    manager.execute(VoidInvoice(invoice_id=first.id, command_id=new_command_id()))
    assert read_ledgers(engine).breaches() == []
    manager.execute(ReissueInvoice(invoice_id=second.id, command_id=new_command_id()))
    manager.execute(ReissueInvoice(invoice_id=first.id, command_id=new_command_id()))
    standing = [row.total for row in rows(engine, Invoice, customer) if row.payment_status is not PaymentStatus.VOID]
    assert sum(standing) == Decimal("20.01")
    assert read_ledgers(engine).breaches() == []


def test_the_paper_says_what_rounding_carries(engine: Engine) -> None:
    customer = in_march(engine)
    for month in MONTHS[:2]:
        charge(engine, customer, "10.001", month - timedelta(days=3))
        close(engine, customer, month)
    second = rows(engine, Invoice, customer)[1]
    paper = access_for(engine, Role.SUPPORT).fetch(InvoicePaper(second.id))
    assert [(line.says, line.amount) for line in paper.sections[-1].lines] == [
        ("From earlier invoices", Decimal("-0.009")), ("To the next invoice", Decimal("0.008")),
    ]  # fmt: skip
    assert (paper.sections[-1].service, paper.total) == ("Rounding", 10)
    assert rows(engine, CollectionStep, customer) == []


@pytest.mark.parametrize(
    ("currency", "allowed", "refused"), [("EUR", "2", "3"), ("JPY", "0", "1"), ("KWD", "3", "4"), (None, "3", "4")]
)
def test_a_class_rounds_no_finer_than_can_be_paid(engine: Engine, currency: str, allowed: str, refused: str) -> None:
    of_class = a_class(engine, currency=currency)
    admin = access_for(engine, Role.ADMIN)

    def sets(typed: str) -> EditClass:
        return EditClass(
            customer_class_id=of_class, version=1, changes={"rounding_decimals": typed}, command_id=new_command_id()
        )

    with pytest.raises(Invalid) as complained:
        admin.execute(sets(refused))
    assert set(complained.value.complaints) == {"rounding_decimals"}
    assert admin.execute(sets(allowed)).version == 2
    with pytest.raises(IntegrityError, match="rounding_decimals_in_bounds"):
        a_class(engine, currency=currency, rounding_decimals=int(refused))


def test_a_class_of_every_currency_asks_what_can_be_paid_in_each(engine: Engine) -> None:
    of_class = a_class(engine, rounding_decimals=2)
    customer = in_march(engine, currency="JPY", customer_class_id=of_class)
    charge(engine, customer, "10.25", START)
    close(engine, customer)
    assert rows(engine, Invoice, customer)[0].total == 11


def test_an_invoice_above_its_bookings_can_be_written_off_whole_and_never_by_a_part_of_a_cent(engine: Engine) -> None:
    customer = in_march(engine)
    charge(engine, customer, "10.001", START)
    close(engine, customer)
    admin = access_for(engine, Role.ADMIN, MONTHS[0])
    with pytest.raises(Invalid, match="EUR has 2 decimals"):
        admin.execute(booking(customer, Kind.WRITE_OFF, "10.001"))
    admin.execute(booking(customer, Kind.WRITE_OFF, "10.01"))
    assert [row.payment_status for row in rows(engine, Invoice, customer)] == [PaymentStatus.PAID]
    assert customer_of(engine, customer).balance == Decimal("-0.009")
    assert read_ledgers(engine).breaches() == []

"""How much can be given back or written off: to the last digit that was paid or is owed, and never more."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid
from data_access.base.permissions import Role
from data_access.models.customers import BalanceControl
from data_access.store.access import Access
from tests.data_access.test_cards import desk
from tests.data_access.test_corrections import sound
from tests.data_access.test_money import booking, row_of
from tests.support.builders import a_customer, an_invoice
from tests.support.people import access_for

D = Decimal
SMALLEST = {"EUR": D("0.01"), "JPY": D(1), "KWD": D("0.001")}


def admin(engine: Engine) -> Access:
    return access_for(engine, Role.ADMIN)


@pytest.mark.parametrize("currency", SMALLEST)
def test_a_write_off_takes_what_is_owed_and_no_more(engine: Engine, currency: str) -> None:
    """A credit has lowered what is owed; the invoice stays open in full."""
    customer = a_customer(engine, currency=currency)
    an_invoice(engine, customer, total=D(100), currency=currency)
    admin(engine).execute(booking(customer, Kind.PROMOTIONAL_CREDIT, "30"))
    with pytest.raises(Invalid, match=f"70[.0]* {currency} is owed in all: no more can be written off"):
        admin(engine).execute(booking(customer, Kind.WRITE_OFF, f"{70 + SMALLEST[currency]}"))
    admin(engine).execute(booking(customer, Kind.WRITE_OFF, "70"))
    assert (row_of(engine, customer).balance, row_of(engine, customer).outstanding) == (D(0), D(30))
    assert sound(engine)


def test_nothing_is_written_off_of_a_customer_who_owes_nothing(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, total=D(100))
    admin(engine).execute(booking(customer, Kind.PROMOTIONAL_CREDIT, "100"))
    with pytest.raises(Invalid, match=r"Invoices of 100.00 EUR are unpaid and 0.00 EUR is owed in all"):
        admin(engine).execute(booking(customer, Kind.WRITE_OFF, "0.01"))


@pytest.mark.parametrize("currency", SMALLEST)
def test_a_prepaid_customer_gets_back_what_is_available_and_no_more(engine: Engine, currency: str) -> None:
    customer = prepaid(engine, currency=currency)
    admin(engine).execute(booking(customer, Kind.MANUAL_PAYMENT, "100"))
    admin(engine).execute(booking(customer, Kind.MANUAL_CHARGE, "90"))
    with pytest.raises(Invalid, match=f"The available funds are 10[.0]* {currency}: no more can be given back"):
        admin(engine).execute(booking(customer, Kind.REFUND, f"{10 + SMALLEST[currency]}"))
    admin(engine).execute(booking(customer, Kind.REFUND, "10"))
    assert (row_of(engine, customer).balance, row_of(engine, customer).unallocated) == (D(0), D(90))
    assert sound(engine)


def test_funds_that_were_never_paid_are_not_given_back(engine: Engine) -> None:
    customer = prepaid(engine)
    admin(engine).execute(booking(customer, Kind.MANUAL_PAYMENT, "10"))
    admin(engine).execute(booking(customer, Kind.PROMOTIONAL_CREDIT, "90"))
    with pytest.raises(Invalid, match=r"Unallocated payments hold 10.00 EUR"):
        admin(engine).execute(booking(customer, Kind.REFUND, "10.01"))


def test_a_card_gets_back_no_more_than_a_prepaid_customer_has_left(engine: Engine) -> None:
    at = desk(engine, customer=prepaid(engine))
    paid = at.pay("100")
    at.access.execute(booking(at.customer, Kind.MANUAL_CHARGE, "90"))
    with pytest.raises(Invalid, match=r"The available funds are 10.00 EUR"):
        at.give_back(paid, "10.01")
    at.give_back(paid, "10")
    assert at.row().balance == D(0)


def test_a_postpaid_customer_may_get_back_what_leads_over_the_limit(engine: Engine) -> None:
    customer = a_customer(engine, credit_limit=D(50))
    admin(engine).execute(booking(customer, Kind.MANUAL_PAYMENT, "100"))
    admin(engine).execute(booking(customer, Kind.MANUAL_CHARGE, "60"))
    admin(engine).execute(booking(customer, Kind.REFUND, "100"))
    assert row_of(engine, customer).balance == D(60)


def prepaid(engine: Engine, **over: Any) -> int:
    return a_customer(engine, balance_control=BalanceControl.PREPAID, **over)

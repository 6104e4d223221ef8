"""Requested midterm invoices, and what became of them."""

from decimal import Decimal

from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.permissions import SYSTEM
from data_access.commands.billing.invoices import IssueMidterm, RequestMidterm
from data_access.commands.billing.money import BookTransaction
from data_access.queries.billing.invoices import FindInvoices, InvoicesAskedFor
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer
from tests.support.people import NOW, access_for


def test_a_request_is_followed_from_the_asking_to_its_invoice(engine: Engine) -> None:
    access, customer = access_for(engine, login="ann"), a_customer(engine)
    system = Access(engine, SYSTEM, access.now)
    charge = BookTransaction(
        customer_id=customer, kind=Kind.MANUAL_CHARGE, amount=Decimal(25), service="Calls",
        command_id=new_command_id(),
    )  # fmt: skip
    access.execute(charge)
    asked = access.execute(RequestMidterm(customer_id=customer, command_id=new_command_id()))
    (waiting,) = access.fetch(InvoicesAskedFor(customer))
    assert (waiting.at, waiting.login, waiting.state, waiting.number) == (NOW, "ann", "Requested", "")
    system.execute(IssueMidterm(request_id=asked.request_id, command_id=new_command_id()))
    (issued,) = access.fetch(InvoicesAskedFor(customer))
    (invoice,) = access.fetch(FindInvoices(customer)).rows
    assert (issued.state, issued.number, invoice.is_void) == ("Issued", invoice.number, False)

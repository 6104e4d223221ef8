"""The preview of a reversal: what it says is what the reversal does."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import NotFound
from data_access.base.permissions import Role
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.money import BookTransaction
from data_access.models.customers import Customer
from data_access.models.money import CollectionStatus, Invoice
from data_access.queries.billing.reversals import ReversalPreview
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class, a_customer, a_reseller, an_invoice
from tests.support.people import NOW, access_for
from tests.support.tables import only, rows


def booked(access: Access, customer_id: int, amount: str, kind: Kind = Kind.MANUAL_PAYMENT, **over: str) -> int:
    order = BookTransaction(
        customer_id=customer_id, kind=kind, amount=Decimal(amount), command_id=new_command_id(), **over
    )  # type: ignore[arg-type]
    return access.execute(order).transaction_id


def reverse(access: Access, transaction_id: int) -> None:
    access.execute(ReverseTransaction(transaction_id=transaction_id, reason="wrong", command_id=new_command_id()))


def test_the_invoices_that_a_payment_paid_are_named_and_then_open(engine: Engine) -> None:
    access, customer = access_for(engine, Role.MANAGER), a_customer(engine)
    late = an_invoice(engine, customer, number="A-1", issued_on=date(2026, 2, 1))
    an_invoice(engine, customer, number="A-2", issued_on=date(2026, 3, 10))
    payment = booked(access, customer, "150")
    preview = access.fetch(ReversalPreview(payment))
    assert [(one.number, one.amount, one.is_overdue) for one in preview.reopens] == [
        ("A-1", Decimal(100), True),
        ("A-2", Decimal(50), False),
    ]
    reverse(access, payment)
    assert only(engine, Customer).balance == preview.balance_after
    assert {row.number: row.total - row.paid for row in rows(engine, Invoice)} == {"A-1": 100, "A-2": 100}
    assert late


@pytest.mark.parametrize(
    ("total", "beside", "threshold", "issued_on", "zone", "overdue"),
    [
        ("8", "1", "0", date(2026, 3, 1), "UTC", True),
        ("8", "1", "10", date(2026, 3, 1), "UTC", False),  # too little to be collected
        ("8", "3", "10", date(2026, 3, 1), "UTC", True),  # together with what is open already it is enough
        ("8", "1", "0", date(2026, 3, 2), "UTC", False),  # due today
        ("8", "1", "0", date(2026, 3, 1), "Pacific/Honolulu", False),  # where it is the fifteenth, the due day, still
    ],
)
def test_an_invoice_is_called_overdue_as_collection_then_judges_it(
    engine: Engine, total: str, beside: str, threshold: str, issued_on: date, zone: str, overdue: bool
) -> None:
    of_class = a_class(engine, threshold=Decimal(threshold))
    customer = a_customer(engine, customer_class_id=of_class, billing_zone=zone)
    left = {"collection_status": CollectionStatus.DO_NOT_COLLECT} if Decimal(total) <= Decimal(threshold) else {}
    an_invoice(engine, customer, total=Decimal(total), issued_on=issued_on, **left)
    an_invoice(engine, customer, total=Decimal(beside), issued_on=date(2026, 3, 10), **left)
    access = access_for(engine, Role.MANAGER)
    payment = booked(access, customer, total)
    preview = access.fetch(ReversalPreview(payment))
    assert [one.is_overdue for one in preview.reopens] == [overdue]
    reverse(access, payment)
    with Session(engine) as session:
        assert session.scalars(select(Invoice).order_by(Invoice.id)).all()[0].is_overdue(NOW) is overdue


def test_an_invoice_that_another_payment_pays_at_once_is_not_named(engine: Engine) -> None:
    access, customer = access_for(engine, Role.MANAGER), a_customer(engine)
    an_invoice(engine, customer, number="A-1")
    wrong = booked(access, customer, "100")
    booked(access, customer, "70")
    preview = access.fetch(ReversalPreview(wrong))
    assert [(one.number, one.amount) for one in preview.reopens] == [("A-1", Decimal(30))]
    reverse(access, wrong)
    assert [row.total - row.paid for row in rows(engine, Invoice)] == [30]


def test_a_charge_opens_no_invoice(engine: Engine) -> None:
    access, customer = access_for(engine, Role.MANAGER), a_customer(engine)
    charge = booked(access, customer, "12.5", Kind.MANUAL_CHARGE, service="Calls")
    preview = access.fetch(ReversalPreview(charge))
    assert (preview.balance_before, preview.balance_after, preview.reopens) == (Decimal("12.5"), 0, ())


def test_what_was_reversed_or_refunded_says_why_it_stays(engine: Engine) -> None:
    access, customer = access_for(engine, Role.ADMIN), a_customer(engine)
    twice, refunded = booked(access, customer, "10"), booked(access, customer, "20")
    reverse(access, twice)
    booked(access, customer, "5", Kind.REFUND, reason="asked for it")
    assert access.fetch(ReversalPreview(twice)).obstacle == "This transaction is already reversed."
    assert "reverse the refund first" in access.fetch(ReversalPreview(refunded)).obstacle


def test_a_booking_of_another_resellers_customer_is_not_there(engine: Engine) -> None:
    payment = booked(access_for(engine, Role.MANAGER), a_customer(engine), "10")
    stranger = access_for(engine, Role.MANAGER, reseller_id=a_reseller(engine))
    with pytest.raises(NotFound):
        stranger.fetch(ReversalPreview(payment))

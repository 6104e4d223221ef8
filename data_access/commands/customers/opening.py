"""Opening balances: what a customer arrives with, as an invoice that can become overdue or as money to be used."""

from datetime import timedelta
from decimal import Decimal

from data_access.base.bookings import Kind
from data_access.base.clock import day_in, overdue_from
from data_access.models.customers import Customer
from data_access.models.money import Invoice, InvoiceType
from data_access.services.entering import book
from data_access.services.facts.cases import terms_in_force
from data_access.services.settlement import refresh, settle
from data_access.store.unit_of_work import UnitOfWork


def bring_in(work: UnitOfWork, customer: Customer, balance: Decimal) -> None:
    """The balance a customer arrives with: a debt becomes an opening invoice, a credit becomes unallocated money."""
    today = day_in(customer.billing_zone, work.now)
    if balance > 0:
        policy = terms_in_force(
            work.session, work.actor, of_class=customer.customer_class_id, of_type=InvoiceType.OPENING, at=work.now
        )
        due_on = today + timedelta(days=policy.net_days)
        work.add(
            Invoice(
                customer_id=customer.id,
                policy_id=policy.id,
                number="OPENING",
                type=InvoiceType.OPENING,
                issued_on=today,
                due_on=due_on,
                overdue_from=overdue_from(due_on, customer.billing_zone),
                currency=customer.currency,
                total=balance,
            )
        )
        book(work, customer, Kind.OPENING_DEBT, balance, value_on=today)
        refresh(work, customer)
    elif balance < 0:
        settle(work, customer, book(work, customer, Kind.OPENING_CREDIT, -balance, value_on=today))

"""The customer that a query is about: seen by this actor, or not found."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from data_access.base.clock import day_in
from data_access.base.errors import NotFound
from data_access.domain.shown_status import Shown, effective_limit
from data_access.models.customers import Customer
from data_access.store.access import Reader
from data_access.store.scope import visible

CALLED = "The customer"
AnyRow = Row[*tuple[Any, ...]]
SHOWN: dict[str, Shown] = {status.value: status for status in Shown}


@dataclass(frozen=True, slots=True)
class CustomerContext:
    """What the queries about one customer need to know of it; `credit_limit` is the one in force."""

    customer_id: int
    currency: str
    zone: str
    credit_limit: Decimal | None
    today: date


def customer_context(reader: Reader, customer_id: int) -> CustomerContext:
    """NotFound for a customer that does not exist for this actor."""
    query = visible(Customer, reader.actor).where(Customer.id == customer_id)
    row = reader.session.execute(
        query.with_only_columns(
            Customer.currency, Customer.billing_zone, effective_limit(reader.now).label("credit_limit")
        )
    ).one_or_none()
    if row is None:
        raise NotFound(CALLED)
    today = day_in(row.billing_zone, reader.now)
    return CustomerContext(customer_id, row.currency, row.billing_zone, row.credit_limit, today)

"""Terms that the class has no more: an overdue invoice keeps those under which it was issued."""

from dataclasses import dataclass
from datetime import date

from data_access.base.clock import day_in
from data_access.models.collection import CollectionPolicy
from data_access.models.money import Invoice
from data_access.store.access import Reader
from data_access.store.scope import visible


@dataclass(frozen=True, slots=True)
class OldTerms:
    """The terms of an invoice and the day from which they held; the class has had others since."""

    number: str
    since: date
    class_id: int


def old_terms(reader: Reader, customer_id: int, zone: str) -> OldTerms | None:
    """Of the oldest overdue invoice whose terms are not the present ones; None where all are."""
    query = (
        visible(Invoice, reader.actor)
        .join(CollectionPolicy, CollectionPolicy.id == Invoice.policy_id)
        .where(
            Invoice.customer_id == customer_id,
            Invoice.is_overdue(reader.now),
            ~CollectionPolicy.in_force(reader.now),
        )
        .with_only_columns(Invoice.number, CollectionPolicy.at, CollectionPolicy.customer_class_id)
        .order_by(Invoice.issued_on, Invoice.id)
        .limit(1)
    )
    row = reader.session.execute(query).one_or_none()
    return None if row is None else OldTerms(row.number, day_in(zone, row.at), row.customer_class_id)

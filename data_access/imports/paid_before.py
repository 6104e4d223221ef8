"""Paid before: existing payments that a file may contain again (ruling 54)."""

from typing import Any

from sqlalchemy import Row

from data_access.base.bookings import RECEIVED
from data_access.base.clock import moment_in_words
from data_access.base.money import exact_money
from data_access.base.text.text_keys import fold
from data_access.commands.billing.money import BookTransaction
from data_access.imports.bills import ImportedInvoice
from data_access.models.history import CommandLog
from data_access.models.money import Transaction
from data_access.services.facts.repeats import NEAR, earlier_payment
from data_access.store.bulk import BulkLoad

Paid = dict[int, list[Row[*tuple[Any, ...]]]]
_THEN = (
    "If it is the same money, leave the day out on which the invoice was settled: what is unused pays it. If it is "
    "another payment, leave it out too and book that payment by hand."
)


def paid_before(load: BulkLoad, customer_ids: list[int]) -> Paid:
    """The payments of these customers that were not taken back, by customer, the last first."""
    mine = load.select(Transaction).where(Transaction.customer_id.in_(customer_ids))
    query = (
        mine.join(CommandLog, CommandLog.id == Transaction.command_id)
        .where(Transaction.kind.in_(RECEIVED), Transaction.unreversed())
        .with_only_columns(
            Transaction.customer_id, Transaction.amount, Transaction.reference, Transaction.at, CommandLog.login,
            CommandLog.name,
        )
        .order_by(Transaction.id.desc())
    )  # fmt: skip
    found: Paid = {}
    for row in load.connection.execute(query):
        found.setdefault(row.customer_id, []).append(row)
    return found


def repeated(load: BulkLoad, bill: ImportedInvoice, customer_id: int, zone: str, paid: Paid) -> dict[str, str]:
    """A complaint where the settlement of an invoice may stand here: by its number, or booked by hand just now."""
    if bill.settled_on is None:
        return {}
    for one in paid.get(customer_id, ()):
        is_near = one.name == BookTransaction.__name__ and one.at >= load.now - NEAR
        if -one.amount == bill.total and (fold(one.reference) == fold(bill.number) or is_near):
            amount = exact_money(bill.total, bill.currency)
            sentence = earlier_payment(amount, one.reference, moment_in_words(one.at, zone), one.login)
            return {"settled_on": f"{sentence} {_THEN}"}
    return {}

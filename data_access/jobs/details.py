"""Details of a customer that can go to an archive: all that explains closed matters, nothing that is still open."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from data_access.base.bookings import SETTLING
from data_access.base.money import ZERO
from data_access.base.permissions import Actor
from data_access.models.base import Base
from data_access.models.cards import OPEN_STATES, CardOperation, CardPayment
from data_access.models.collection import CollectionStep, PromisePayment
from data_access.models.customers import Customer
from data_access.models.history import StatusEvent
from data_access.models.money import Allocation, Invoice, InvoiceLine, Transaction
from data_access.models.plans.wallets import TopUp, WalletUse
from data_access.models.quotas import MeasuredUse, QuotaUse
from data_access.models.taxation import InvoiceTax
from data_access.models.usage.measuring import MeasuredSample
from data_access.store.scope import visible

# What refers to others comes first: in this order rows can be deleted.
DETAILS: tuple[type[Any], ...] = (
    PromisePayment, CollectionStep, CardOperation, CardPayment, Allocation, InvoiceLine, InvoiceTax, QuotaUse,
    WalletUse, MeasuredUse, TopUp, Transaction, StatusEvent, MeasuredSample,
)  # fmt: skip
Rows = dict[type[Base], Sequence[Any]]


def details_to_archive(session: Session, actor: Actor, customer: Customer) -> Rows:
    """The rows that can go, by table.

    What an open invoice, an unused payment or an unanswered card payment rests on stays, and so does the last status
    event: a debt must still be able to end, and the status be explained.
    """
    rows: Rows = {model: _of(session, actor, model, customer) for model in DETAILS}
    invoices = {row.id for row in _of(session, actor, Invoice, customer) if row.is_open}
    kept = _kept(rows, invoices)
    return {model: [row for row in found if row.id not in kept[model]] for model, found in rows.items()}


def _of(session: Session, actor: Actor, model: Any, customer: Customer) -> Sequence[Any]:
    return session.scalars(visible(model, actor).where(model.customer_id == customer.id).order_by(model.id)).all()


def _kept(rows: Rows, open_invoices: set[int]) -> dict[type[Base], set[int]]:
    """The ids of what stays, by table."""
    payments = _unused(rows) | {row.payment_id for row in rows[Allocation] if row.invoice_id in open_invoices}
    cards = _open_cards(rows) | {row.id for row in rows[CardPayment] if row.payment_id in payments}
    allocations = [row for row in rows[Allocation] if row.payment_id in payments]
    lines = [row for row in rows[InvoiceLine] if row.invoice_id in open_invoices]
    bookings = (
        payments
        | {row.refund_id for row in allocations}
        | {row.transaction_id for row in lines}
        | {row.payment_id for row in rows[CardPayment] if row.id in cards}
        | {row.transaction_id for row in rows[CardOperation] if row.card_payment_id in cards}
    )
    kept = _with_reversals(rows[Transaction], bookings)
    top_ups = _top_ups(rows, kept)
    kept |= {row.transaction_id for row in rows[TopUp] if row.id in top_ups and row.transaction_id is not None}
    return {
        PromisePayment: _ids(row for row in rows[PromisePayment] if row.payment_id in payments),
        CollectionStep: _ids(row for row in rows[CollectionStep] if row.invoice_id in open_invoices),
        CardOperation: _ids(row for row in rows[CardOperation] if row.card_payment_id in cards),
        CardPayment: cards,
        Allocation: _ids(allocations),
        InvoiceLine: _ids(lines),
        InvoiceTax: _ids(row for row in rows[InvoiceTax] if row.invoice_id in open_invoices),
        QuotaUse: _ids(row for row in rows[QuotaUse] if row.transaction_id in kept),
        WalletUse: _ids(row for row in rows[WalletUse] if row.transaction_id in kept),
        TopUp: top_ups,
        MeasuredUse: _ids(row for row in rows[MeasuredUse] if row.transaction_id in kept),
        Transaction: kept,
        StatusEvent: _ids(rows[StatusEvent][-1:]),
        MeasuredSample: set(),
    }


def _top_ups(rows: Rows, kept: set[int]) -> set[int]:
    """The top-ups whose booking stays, and those of which a booking that stays took something."""
    used = {row.top_up_id for row in rows[WalletUse] if row.transaction_id in kept}
    return _ids(row for row in rows[TopUp] if row.transaction_id in kept or row.id in used)


def _ids(rows: Iterable[Any]) -> set[int]:
    return {row.id for row in rows}


def _unused(rows: Rows) -> set[int]:
    """Payments of which something is left; those that were reversed are over."""
    over = {row.reverses_id for row in rows[Transaction]}
    left: dict[int, Decimal] = {
        row.id: -row.amount
        for row in rows[Transaction]
        if row.kind in SETTLING and row.reverses_id is None and row.id not in over
    }
    for use in rows[Allocation]:
        if use.payment_id in left:
            left[use.payment_id] -= use.amount
    return {payment_id for payment_id, money in left.items() if money > ZERO}


def _open_cards(rows: Rows) -> set[int]:
    return {row.card_payment_id for row in rows[CardOperation] if row.state in OPEN_STATES}


def _with_reversals(bookings: Sequence[Any], ids: set[int]) -> set[int]:
    """Those bookings, with what they reverse and what reverses them."""
    back = {row.id: row.reverses_id for row in bookings if row.reverses_id is not None}
    return (
        ids
        | {back[key] for key in ids if key in back}
        | {key for key, reversed_id in back.items() if reversed_id in ids}
    )

"""Automatic payments: their state for a customer, and customers for whom one is due."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, ClassVar

from sqlalchemy import Select

from data_access.base.permissions import Permission
from data_access.models.card.invoicing import AutoPayment
from data_access.models.cards import OPEN_STATES, CardOperation, PaymentMethod
from data_access.models.customers import BalanceControl, Customer
from data_access.queries.customer_context import customer_context
from data_access.queries.due import DueIds
from data_access.services.facts.auto_payments import auto_payment_of, to_be_charged, usable_card, why_no_cards
from data_access.services.facts.invoicing import charges_invoices
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_BATCH = 200
_UNUSABLE = "This card was removed or has expired: choose another."


@dataclass(frozen=True, slots=True)
class AutoPaymentView:
    """`card`: which one is charged, empty if none is set; `why_not`: why it is not charged now, though it is set.

    `amount` and `level`: the rule, None if there is none; `frozen_at`: since when refusals have stopped it.
    """

    card: str
    expires_on: date | None
    why_not: str
    amount: Decimal | None
    level: Decimal | None
    is_prepaid: bool
    failures: int
    frozen_at: datetime | None
    charges_invoices: bool


@dataclass(frozen=True)
class AutoPaymentOf(Query[AutoPaymentView]):
    """How automatic payments of a customer stand."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> AutoPaymentView:
        of = customer_context(reader, self.customer_id)
        own = auto_payment_of(reader, self.customer_id) or AutoPayment(failures=0)
        held = visible(PaymentMethod, reader.actor).where(PaymentMethod.id == own.method_id)
        card = None if own.method_id is None else reader.session.scalars(held).one_or_none()
        is_usable = card is None or usable_card(reader, of.customer, card.id) is not None
        return AutoPaymentView(
            card=f"{card.brand}, ending {card.last_four}" if card else "",
            expires_on=card.expires_on if card else None,
            why_not=why_no_cards(of.currency) or ("" if is_usable else _UNUSABLE),
            amount=own.amount,
            level=own.level,
            is_prepaid=of.customer.balance_control is BalanceControl.PREPAID,
            failures=own.failures,
            frozen_at=own.frozen_at,
            charges_invoices=charges_invoices(of.own_invoicing, of.of_class),
        )


@dataclass(frozen=True)
class DueAutoPayments(DueIds):
    """Customers whose stored card is to be charged now, with no other request to the bank under way."""

    needs: ClassVar = Permission.SYSTEM_RUN

    def rows(self, reader: Reader) -> Select[Any]:
        under_way = visible(CardOperation, reader.actor).where(CardOperation.state.in_(OPEN_STATES))
        return (
            visible(Customer, reader.actor)
            .join(AutoPayment, AutoPayment.customer_id == Customer.id)
            .where(AutoPayment.method_id.is_not(None), AutoPayment.frozen_at.is_(None))
            .where(Customer.id.not_in(under_way.with_only_columns(CardOperation.customer_id)))
            .add_columns(AutoPayment)
        )

    def run(self, reader: Reader) -> list[int]:
        return list(islice(self._due(reader), self.limit))

    def _due(self, reader: Reader) -> Any:
        after = self.after
        while True:
            batch = reader.session.execute(
                self.rows(reader).where(Customer.id > after).order_by(Customer.id).limit(_BATCH)
            ).all()
            yield from (customer.id for customer, own in batch if to_be_charged(reader, customer, own))
            if len(batch) < _BATCH:
                return
            after = batch[-1][0].id

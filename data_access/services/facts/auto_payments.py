"""What a customer's card is charged automatically: by its own rule, or for its open invoices."""

from decimal import Decimal

from data_access.base.clock import day_in
from data_access.base.money import ZERO
from data_access.base.settings import settings
from data_access.base.statuses import BillStatus
from data_access.domain.billing.auto_payments import is_reached, may_try
from data_access.models.card.invoicing import AutoPayment
from data_access.models.cards import PaymentMethod
from data_access.models.customers import BalanceControl, Customer
from data_access.services.facts.fees_of_customer import Looks, class_of
from data_access.services.facts.invoicing import charges_invoices, own_invoicing
from data_access.store.scope import visible


def auto_payment_of(look: Looks, customer_id: int) -> AutoPayment | None:
    """Its settings; None where nothing was set."""
    mine = visible(AutoPayment, look.actor).where(AutoPayment.customer_id == customer_id)
    return look.session.scalars(mine).one_or_none()


def usable_card(look: Looks, customer: Customer, method_id: int | None) -> PaymentMethod | None:
    """The stored method, unless it was removed or has expired where the customer is billed."""
    card = look.session.scalars(visible(PaymentMethod, look.actor).where(PaymentMethod.id == method_id)).one_or_none()
    if card is None or card.customer_id != customer.id:
        return None
    return card if card.is_valid(day_in(customer.billing_zone, look.now)) else None


def why_no_cards(currency: str) -> str:
    """Why cards cannot be charged in a currency, as a sentence; empty where they can."""
    if currency in settings().card_currencies:
        return ""
    return f"No online payment system is configured for {currency}: payments come by transfer, cash or cheque."


def to_be_charged(look: Looks, customer: Customer, own: AutoPayment) -> Decimal:
    """How much is to be charged now: what is open where invoices are charged, else the amount of the rule."""
    if own.frozen_at is not None or not may_try(own.failures, own.tried_at, look.now):
        return ZERO
    if customer.bill_status is BillStatus.EXPORTED or why_no_cards(customer.currency):
        return ZERO
    if usable_card(look, customer, own.method_id) is None:
        return ZERO
    if customer.outstanding and charges_invoices(own_invoicing(look, customer.id), class_of(look, customer)):
        return customer.outstanding
    is_prepaid = customer.balance_control is BalanceControl.PREPAID
    if own.amount is not None and own.level is not None:
        return own.amount if is_reached(own.level, customer.balance, is_prepaid=is_prepaid) else ZERO
    return ZERO

"""How a customer is invoiced: by its own settings, and by those of its class where it has none."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select

from data_access.base.permissions import Actor
from data_access.models.card.invoicing import BillingLock, InvoicingSettings, OwnInvoices
from data_access.models.classes.customer_classes import CustomerClass, NumberScope
from data_access.services.facts.fees_of_customer import IDS, Looks
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.unit_of_work import of_customers

_LOCKED = (
    "The billing of this customer is locked while its books are brought over: nothing is corrected. Lift the "
    "lock in Invoices & taxation first."
)


def own_invoicing(look: Looks, customer_id: int) -> InvoicingSettings | None:
    """Its own settings; None where nothing was set."""
    return look.of(_own_settings, customer_id)


@of_customers(InvoicingSettings)
def _own_settings(look: Looks, ids: Sequence[int]) -> Mapping[int, InvoicingSettings | None]:
    found: dict[int, InvoicingSettings | None] = dict.fromkeys(ids)
    found.update((row.customer_id, row) for row in look.session.scalars(_settings(look.actor), {"ids": ids}))
    return found


@made_once
def _settings(actor: Actor) -> Select[InvoicingSettings]:
    return visible(InvoicingSettings, actor).where(InvoicingSettings.customer_id.in_(IDS))


def creates_invoices(own: InvoicingSettings | None, of_class: CustomerClass) -> bool:
    """Whether an invoice is issued when a billing period closes."""
    if own is None or own.invoices is None:
        return of_class.creates_invoices
    return own.invoices is not OwnInvoices.NONE


def sends_invoices(own: InvoicingSettings | None, of_class: CustomerClass) -> bool:
    return of_class.sends_invoices if own is None or own.sends_invoices is None else own.sends_invoices


def charges_invoices(own: InvoicingSettings | None, of_class: CustomerClass) -> bool:
    return of_class.charges_invoices if own is None or own.charges_invoices is None else own.charges_invoices


def number_scope(own: InvoicingSettings | None, of_class: CustomerClass) -> NumberScope:
    return of_class.number_scope if own is None or own.number_scope is None else own.number_scope


def closes_periods(own: InvoicingSettings | None) -> bool:
    """Whether its billing periods close."""
    return own is None or own.billing_lock is BillingLock.FREE


def why_no_correction(look: Looks, customer_id: int) -> str:
    """Why nothing of its billing can be corrected now, as a sentence; empty where it can."""
    own = own_invoicing(look, customer_id)
    is_locked = own is not None and own.billing_lock is BillingLock.CLOSING_AND_CORRECTIONS
    return _LOCKED if is_locked else ""

"""How a customer is invoiced, side by side: what is its own, what its class says, and what holds."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.base.text.labels import word
from data_access.domain.sections import CUSTOMER_CLASS, INVOICING
from data_access.fields.section import Names
from data_access.models.card.invoicing import InvoicingSettings, OwnInvoices, OwnTaxation
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.money import InvoiceType
from data_access.queries.customer_context import customer_context
from data_access.queries.records.record_names import names_of
from data_access.services.facts.asking import asked, free_bookings
from data_access.store.access import Query, Reader

_AS_CLASS = "As class"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting in words; `holds` is what the next invoice goes by."""

    label: str
    own: str
    of_class: str
    holds: str


@dataclass(frozen=True, slots=True)
class InvoicingView:
    """`sends`: whether its invoices are sent when they are issued."""

    settings: tuple[Setting, ...]
    sends: bool


@dataclass(frozen=True)
class InvoicingOf(Query[InvoicingView]):
    """The invoicing settings of a customer beside those of its class."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> InvoicingView:
        of = customer_context(reader, self.customer_id)
        own = of.own_invoicing or INVOICING.new()
        names = names_of(reader, _referred(own, of.of_class))
        settings = tuple(_settings(own, of.of_class, names))
        sends = of.of_class.sends_invoices if own.sends_invoices is None else own.sends_invoices
        return InvoicingView(settings, sends)


def _referred(own: InvoicingSettings, of_class: CustomerClass) -> dict[str, set[int]]:
    ids = {
        "invoice_templates": {own.invoice_template_id, of_class.invoice_template_id},
        "tax_profiles": {own.tax_profile_id, of_class.tax_profile_id},
    }
    return {name: {one for one in found if one is not None} for name, found in ids.items()}


def _settings(own: InvoicingSettings, of_class: CustomerClass, names: Names) -> list[Setting]:
    return [
        _setting("Invoices", _own_invoices(own, names), _class_invoices(of_class, names)),
        _setting("Sent by email", _yes(own.sends_invoices), _yes(of_class.sends_invoices)),
        _setting("Invoice numbers run for", word(own.number_scope) if own.number_scope else "",
                 word(of_class.number_scope)),
        _setting("Taxation", _own_taxation(own, names), _class_taxation(of_class, names)),
        _setting("Charged to the saved method", _yes(own.charges_invoices), _yes(of_class.charges_invoices)),
        _setting("Billing lock", INVOICING["billing_lock"].said(own.billing_lock), ""),
    ]  # fmt: skip


def _setting(label: str, own: str, of_class: str) -> Setting:
    return Setting(label, own or _AS_CLASS, of_class, own or of_class)


def _yes(value: bool | None) -> str:
    return "" if value is None else "Yes" if value else "No"


def _own_invoices(own: InvoicingSettings, names: Names) -> str:
    if own.invoices is OwnInvoices.TEMPLATE:
        return _named(names, "invoice_templates", own.invoice_template_id)
    return INVOICING["invoices"].said(own.invoices)


def _class_invoices(of_class: CustomerClass, names: Names) -> str:
    if not of_class.creates_invoices:
        return "No invoices are created"
    template = of_class.invoice_template_id
    return "The plain template" if template is None else _named(names, "invoice_templates", template)


def _own_taxation(own: InvoicingSettings, names: Names) -> str:
    if own.taxation is OwnTaxation.PROFILE:
        return _named(names, "tax_profiles", own.tax_profile_id)
    return INVOICING["taxation"].said(own.taxation)


def _class_taxation(of_class: CustomerClass, names: Names) -> str:
    if of_class.tax_profile_id is None:
        return CUSTOMER_CLASS["tax_profile_id"].stands_for.capitalize()
    return _named(names, "tax_profiles", of_class.tax_profile_id)


def _named(names: Names, of: str, key: int | None) -> str:
    return names[of][str(key)]


@dataclass(frozen=True, slots=True)
class NextInvoice:
    """What an invoice over all that is not invoiced would ask for now; `tax` of it is put on top."""

    total: Decimal
    tax: Decimal
    currency: str


@dataclass(frozen=True)
class InvoiceAhead(Query[NextInvoice]):
    """What a midterm invoice would ask for now, its taxes included: by the code that issues it."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> NextInvoice:
        of = customer_context(reader, self.customer_id)
        free = free_bookings(reader, self.customer_id)
        told = asked(reader, of.customer, of.of_class, InvoiceType.MIDTERM, free)
        return NextInvoice(told.total, told.tax, of.currency)

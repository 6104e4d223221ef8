"""Invoicing: the templates of invoices, and how each customer is invoiced, taxed and charged by card."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.money import ZERO
from data_access.fields.field import Control, Field, When, declared
from data_access.fields.kinds import AMOUNT, CHOICE, LINES, LISTED, PER_CLASS, REFERENCE, TEXT, at_least
from data_access.models.base import SUMMARY, Record, Removable, key_type
from data_access.models.classes.customer_classes import NumberScope

STANDING = sql("removed_at IS NULL")
COLUMNS = {"day": "Day", "says": "Description", "amount": "Amount"}
_POSITIVE = at_least(Decimal("0.00001"), "Give an amount above zero.")


class InvoiceTemplate(Removable):
    """How invoices are laid out: what stands above and below their lines, and which columns these have."""

    __tablename__ = "invoice_templates"
    __table_args__ = (
        Index(
            "uq_invoice_templates_name_key", "name_key", unique=True, sqlite_where=STANDING, postgresql_where=STANDING
        ),
    )

    name: Mapped[str] = declared(Field(TEXT, "Invoice template", 120, needed="Give the name."))
    name_key: Mapped[str] = mapped_column(key_type(160))
    title: Mapped[str] = declared(Field(TEXT, "Title", 60, stands_for="Invoice", help="Instead of “Invoice”."))
    header: Mapped[str] = declared(Field(LINES, "Text above the lines", 1000))
    footer: Mapped[str] = declared(Field(LINES, "Text below the sums", 1000))
    columns: Mapped[str] = declared(
        Field(LISTED, "Columns", choices=COLUMNS, needed="Choose at least one column."), default="\n".join(COLUMNS)
    )


class OwnInvoices(StrEnum):
    """What is done with a customer's invoices, where it is not what its class says."""

    NONE = "none"
    TEMPLATE = "template"


class OwnTaxation(StrEnum):
    """What a customer's own taxation is, where it is not that of its class."""

    INCLUDED = "included"
    PROFILE = "profile"


class BillingLock(StrEnum):
    """What billing leaves alone while a customer's books are brought over from elsewhere."""

    FREE = "free"
    CLOSING = "closing"
    CLOSING_AND_CORRECTIONS = "closing_and_corrections"


_LOCKS = {
    BillingLock.FREE.value: "None",
    BillingLock.CLOSING.value: "No billing period closes",
    BillingLock.CLOSING_AND_CORRECTIONS.value: "No billing period closes, nothing is corrected",
}
_INVOICES = {OwnInvoices.NONE.value: "No invoices are created", OwnInvoices.TEMPLATE.value: "Template of its own"}
_TAXATIONS = {
    OwnTaxation.INCLUDED.value: "Taxes are included in the rates", OwnTaxation.PROFILE.value: "Tax profile of its own",
}  # fmt: skip
_AS_CLASS = "As class"


class InvoicingSettings(Record):
    """The settings of the tab Invoices & taxation; what is blank is as the customer's class has it."""

    __tablename__ = "invoicing_settings"
    __table_args__ = (
        CheckConstraint(
            "(taxation IS NOT NULL AND taxation = 'profile') = (tax_profile_id IS NOT NULL)",
            name="profile_where_it_is_own",
        ),
        CheckConstraint(
            "(invoices IS NOT NULL AND invoices = 'template') = (invoice_template_id IS NOT NULL)",
            name="template_where_it_is_own",
        ),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), unique=True)
    invoices: Mapped[OwnInvoices | None] = declared(
        Field(
            CHOICE, "Invoices", of=OwnInvoices, choices=_INVOICES, stands_for=_AS_CLASS, inherits="invoice_template_id"
        )
    )
    invoice_template_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Invoice template", refers_to="invoice_templates",
              shown_when=When("invoices", frozenset({OwnInvoices.TEMPLATE.value}))),
        ForeignKey("invoice_templates.id"), index=True,
    )  # fmt: skip
    sends_invoices: Mapped[bool | None] = declared(
        Field(PER_CLASS, "Send invoices by email", stands_for=_AS_CLASS, inherits="sends_invoices")
    )
    number_scope: Mapped[NumberScope | None] = declared(
        Field(CHOICE, "Invoice numbers run for", of=NumberScope, stands_for=_AS_CLASS, inherits="number_scope")
    )
    taxation: Mapped[OwnTaxation | None] = declared(
        Field(CHOICE, "Taxation", of=OwnTaxation, choices=_TAXATIONS, stands_for=_AS_CLASS)
    )
    tax_profile_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Tax profile", refers_to="tax_profiles",
              shown_when=When("taxation", frozenset({OwnTaxation.PROFILE.value}))),
        ForeignKey("tax_profiles.id"), index=True,
    )  # fmt: skip
    charges_invoices: Mapped[bool | None] = declared(
        Field(PER_CLASS, "Charge invoices to the saved method", stands_for=_AS_CLASS, inherits="charges_invoices",
              help="The stored card is charged when an invoice is issued. Without a card it has no effect.")
    )  # fmt: skip
    billing_lock: Mapped[BillingLock] = declared(
        Field(CHOICE, "Billing lock", of=BillingLock, choices=_LOCKS, control=Control.LIST, needed="Choose the lock.",
              help="While the customer's books are brought over from elsewhere."),
        default=BillingLock.FREE,
    )  # fmt: skip


class AutoPayment(Record):
    """Which stored card is charged automatically, how much, and when: above a balance, or below the available funds.

    `failures`: refusals in a row. `frozen_at`: too many of them; nothing is charged until somebody enables it again.
    """

    __tablename__ = "auto_payments"
    __table_args__ = (
        CheckConstraint("(amount IS NULL) = (level IS NULL)", name="amount_has_its_level"),
        CheckConstraint("amount > 0", name="amount_above_zero"),
        Index(
            "ix_auto_payments_active", "customer_id", sqlite_where=sql("amount IS NOT NULL AND frozen_at IS NULL"),
            postgresql_where=sql("amount IS NOT NULL AND frozen_at IS NULL"),
        ),
    )  # fmt: skip

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), unique=True)
    method_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Payment method", refers_to="payment_methods", stands_for="Not set",
              help="The stored card that is charged automatically."),
        ForeignKey("payment_methods.id"), index=True,
    )  # fmt: skip
    amount: Mapped[Decimal | None] = declared(
        Field(AMOUNT, "Automatic payment", stands_for="none", rule=_POSITIVE, help="The amount of each payment.")
    )
    level: Mapped[Decimal | None] = declared(
        Field(AMOUNT, "When the balance exceeds, or the funds drop below", stands_for="never",
              rule=at_least(ZERO, "An amount cannot be negative here."))
    )  # fmt: skip
    failures: Mapped[int] = mapped_column(default=0, info=SUMMARY)
    tried_at: Mapped[datetime | None] = mapped_column(info=SUMMARY)
    frozen_at: Mapped[datetime | None]

"""Taxation: profiles of taxes, and the taxes on invoices."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.money import ZERO
from data_access.fields.field import Control, Field, When, declared
from data_access.fields.kinds import CHOICE, PER_CENT, ROWS, TEXT, json_rows
from data_access.models.base import Removable, WrittenOnce, key_type

STANDING = sql("removed_at IS NULL")


class TaxWay(StrEnum):
    """What the prices of a customer say about taxes."""

    ADDED = "added"
    INCLUDED = "included"
    EXEMPT = "exempt"


_WAYS = {
    TaxWay.ADDED.value: "Added to the prices",
    TaxWay.INCLUDED.value: "Included in the prices",
    TaxWay.EXEMPT.value: "Exempt",
}
_SAYS = {
    TaxWay.ADDED.value: "Each tax is put on top of what the invoice charges.",
    TaxWay.INCLUDED.value: "The invoice says how much of what it charges is tax.",
    TaxWay.EXEMPT.value: "No tax is charged, and the invoice says why.",
}
_TAXED = When("way", frozenset({TaxWay.ADDED.value, TaxWay.INCLUDED.value}))
_RATE = (
    Field(TEXT, "Tax", 40, needed="Name the tax.", name="tax"),
    Field(PER_CENT, "Per cent", 100, 0, needed="Give the per cent.", name="percent"),
)
RATES = json_rows(*_RATE, says="One row per tax. To remove a row, empty it.")


class TaxProfile(Removable):
    """Taxes that go together: what is charged as tax, and how it stands to the prices.

    Invoices keep the rates that they were issued with: a changed profile holds from the next invoice on.
    """

    __tablename__ = "tax_profiles"
    __table_args__ = (
        Index("uq_tax_profiles_name_key", "name_key", unique=True, sqlite_where=STANDING, postgresql_where=STANDING),
    )

    name: Mapped[str] = declared(Field(TEXT, "Tax profile", 120, needed="Give the name."))
    name_key: Mapped[str] = mapped_column(key_type(160))
    way: Mapped[TaxWay] = declared(
        Field(CHOICE, "Taxes are", choices=_WAYS, of=TaxWay, control=Control.RADIO, captions=_SAYS,
              needed="Say how the taxes stand to the prices."),
        default=TaxWay.ADDED,
    )  # fmt: skip
    rates: Mapped[str] = declared(Field(ROWS, "Rates", shown_when=_TAXED, rows=RATES))
    exempt_reason: Mapped[str] = declared(
        Field(TEXT, "Reason for the exemption", 200, help="Printed on invoices.",
              shown_when=When("way", frozenset({TaxWay.EXEMPT.value})))
    )  # fmt: skip


class InvoiceTax(WrittenOnce):
    """A tax of an invoice as it was when it was issued. `amount` is what it comes to on `base`, the net amount.

    `part`: the lines of the invoice that it is about, by their own `tax_part`. `name`: of the tax, or why none is due.
    """

    __tablename__ = "invoice_taxes"
    __table_args__ = (Index("ix_invoice_taxes_invoice", "invoice_id", "id"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"))
    part: Mapped[int]
    way: Mapped[TaxWay]
    name: Mapped[str] = mapped_column(String(200))
    percent: Mapped[Decimal] = mapped_column(default=ZERO)
    base: Mapped[Decimal]
    amount: Mapped[Decimal]

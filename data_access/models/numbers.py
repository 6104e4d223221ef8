"""Numbers held from vendors: each with its price and who holds it, and the batches that price many alike."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.money import ZERO
from data_access.fields.field import Field, declared
from data_access.fields.kinds import AMOUNT, COUNTRY, CURRENCY, INTERNATIONAL, PER_CENT, REFERENCE, TEXT, TICK, at_least
from data_access.models.base import SUMMARY, Removable, key_type, one_that_stands

_MOST_PERCENT = 1000
_CURRENCY = "Choose the currency from the list."


class NumberBatch(Removable):
    """How many numbers are priced alike: the vendor's cost, a share of it and a sum; what of it is charged changes
    from the next charge on."""

    __tablename__ = "number_batches"
    __table_args__ = (
        CheckConstraint("additional_fee >= 0 AND markup_percent >= 0", name="not_negative"),
        one_that_stands("number_batches", "name_key"),
    )

    name: Mapped[str] = declared(Field(TEXT, "Pricing batch", 60, needed="Give the name."))
    name_key: Mapped[str] = mapped_column(key_type(160))
    currency: Mapped[str] = declared(
        Field(CURRENCY, "Currency", needed=_CURRENCY, fixed="The currency of a pricing batch stays.")
    )
    additional_fee: Mapped[Decimal] = declared(
        Field(AMOUNT, "Additional fee", in_currency="currency", needed="Give the additional fee; 0 adds nothing.",
              rule=at_least(ZERO, "A fee cannot be negative; 0 adds nothing."),
              help="Added to the vendor's cost, for a billing period."),
        default=ZERO,
    )  # fmt: skip
    markup_percent: Mapped[Decimal] = declared(
        Field(PER_CENT, "Markup, per cent", _MOST_PERCENT, 0, needed="Give the markup; 0 adds nothing.",
              help="Of the vendor's cost."),
        default=ZERO,
    )  # fmt: skip


class Did(Removable):
    """A number held from a vendor; `customer_id` None: nobody's, and idle in the pool unless it is frozen.

    `fee` is the customer's for a billing period; None: what its batch makes of the vendor's cost. `charged_until` is
    the last day for which its fee has been booked to the customer who holds it.
    """

    __tablename__ = "dids"
    __table_args__ = (
        one_that_stands("dids", "number"),
        CheckConstraint("fee >= 0 AND vendor_cost >= 0", name="prices_not_negative"),
        CheckConstraint("fee IS NOT NULL OR batch_id IS NOT NULL", name="has_a_price"),
        CheckConstraint("customer_id IS NULL OR NOT frozen", name="frozen_is_held_by_nobody"),
        CheckConstraint("account_id IS NULL OR customer_id IS NOT NULL", name="on_an_account_of_its_holder"),
    )

    number: Mapped[str] = declared(
        Field(INTERNATIONAL, "DID number", needed="Give the number.",
              fixed="A number stays as it was added: add another one instead."),
        type_=String(20),
    )  # fmt: skip
    country: Mapped[str] = declared(Field(COUNTRY, "Country of the number", needed="Choose the country."))
    batch_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Pricing batch", refers_to="number_batches", stands_for="none: by its own fee"),
        ForeignKey("number_batches.id"), index=True,
    )  # fmt: skip
    vendor_cost: Mapped[Decimal] = declared(
        Field(AMOUNT, "Vendor cost", in_currency="vendor_currency", needed="Give the vendor's cost; 0 costs nothing.",
              rule=at_least(ZERO, "A cost cannot be negative."), help="What the vendor charges us for a period.")
    )  # fmt: skip
    vendor_currency: Mapped[str] = declared(Field(CURRENCY, "Vendor currency", needed=_CURRENCY))
    fee: Mapped[Decimal | None] = declared(
        Field(AMOUNT, "Fee", stands_for="as its pricing batch says",
              rule=at_least(ZERO, "A fee cannot be negative; 0 charges nothing."),
              help="For a billing period. Blank: as its pricing batch says.")
    )  # fmt: skip
    fee_currency: Mapped[str | None] = declared(
        Field(CURRENCY, "Currency of the fee", stands_for="that of the vendor's cost",
              help="Of a fee of its own: only customers of that currency can be given the number.")
    )  # fmt: skip
    free_of_charge: Mapped[bool] = declared(
        Field(TICK, "Free of charge", help="Its holder is not charged for it; the vendor's cost goes on.")
    )
    group_name: Mapped[str] = declared(Field(TEXT, "Group", 60))
    description: Mapped[str] = declared(Field(TEXT, "Description", 200))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    frozen: Mapped[bool] = mapped_column(default=False)
    assigned_on: Mapped[date | None]
    charged_until: Mapped[date | None] = mapped_column(info=SUMMARY)

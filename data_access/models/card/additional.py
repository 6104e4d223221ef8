"""Additional info of a customer: who looks after it, what it may do and its number elsewhere."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data_access.fields.field import Control, Field, When, declared
from data_access.fields.kinds import CHOICE, CODE, EMAIL, PER_CENT, PHONE, REFERENCE, TEXT, TICK
from data_access.models.base import Record, Removable, key_type, one_that_stands
from data_access.models.classes.customer_classes import SendStatistics

_WITH_EACH_INVOICE = {
    SendStatistics.FULL.value: "Every call, message and charge.",
    SendStatistics.SHORT.value: "The sums of each service.",
    SendStatistics.NONE.value: "Nothing beside the invoice.",
}


class OfficeType(StrEnum):
    """Whether a customer is one of the offices of a company."""

    NONE = "none"
    BRANCH = "branch"
    MAIN = "main"


class AdditionalInfo(Record):
    """What is known about a customer that no other tab holds. It settles no money but the discount on subscriptions."""

    __tablename__ = "additional_info"
    __table_args__ = (
        CheckConstraint("discount_rate >= 0", name="discount_rate_not_negative"),
        CheckConstraint(
            "office_type = 'branch' OR main_office_id IS NULL", name="only_a_branch_has_a_main_office"
        ),
        Index(
            "uq_additional_info_reference_number_key", "reference_number_key", unique=True,
            sqlite_where=sql("reference_number_key <> ''"), postgresql_where=sql("reference_number_key <> ''"),
        ),
    )  # fmt: skip

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), unique=True)
    reference_number: Mapped[str] = declared(
        Field(CODE, "Reference number", 64, help="By which other systems know the customer. Nobody else has the same.")
    )
    reference_number_key: Mapped[str] = mapped_column(key_type(100), default="")
    tax_id: Mapped[str] = declared(Field(CODE, "Tax ID", 40, personal=True))
    representative_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Representative", refers_to="representatives", stands_for="none",
              help="Who looks after the customer. For information only."),
        ForeignKey("representatives.id"), index=True,
    )  # fmt: skip
    distributor_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Distributor", refers_to="distributors", stands_for="none",
              help="Who brought the customer and earns a commission. For information only."),
        ForeignKey("distributors.id"), index=True,
    )  # fmt: skip
    discount_rate: Mapped[Decimal | None] = declared(
        Field(PER_CENT, "Subscription discount rate (%)", 100, least=0, stands_for="none",
              help="Taken off the fee of every subscription, from the next charge on."),
    )  # fmt: skip
    override_tariffs_enabled: Mapped[bool] = declared(
        Field(TICK, "Override tariffs enabled", help="Shows the tab Override tariffs, whose tariffs then apply.")
    )
    did_batch_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Auto-provision DIDs via batch", refers_to="number_batches", stands_for="none",
              help="The customer can choose free numbers of this batch, at its prices."),
        ForeignKey("number_batches.id"), index=True,
    )  # fmt: skip
    send_statistics: Mapped[SendStatistics | None] = declared(
        Field(CHOICE, "Send statistics", of=SendStatistics, captions=_WITH_EACH_INVOICE, inherits="send_statistics")
    )
    office_type: Mapped[OfficeType] = declared(
        Field(CHOICE, "Office type", of=OfficeType, control=Control.SIDE_BY_SIDE,
              choices={"none": "Not an office", "branch": "Branch office", "main": "Main office"}),
        default=OfficeType.NONE,
    )  # fmt: skip
    main_office_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Main office", refers_to="main_offices", needed="Choose the main office of the branch.",
              shown_when=When("office_type", frozenset({"branch"}))),
        ForeignKey("customers.id"), index=True,
    )  # fmt: skip
    balance_transfer_allowed: Mapped[bool] = declared(
        Field(TICK, "Balance transfer allowed", help="From one subscriber to another.")
    )
    callshop_enabled: Mapped[bool] = declared(Field(TICK, "Callshop enabled"))


class Representative(Removable):
    """Somebody of ours who looks after customers."""

    __tablename__ = "representatives"
    __table_args__ = (one_that_stands("representatives", "name_key"),)

    name: Mapped[str] = declared(Field(TEXT, "Representative", 120, needed="Give the name."))
    name_key: Mapped[str] = mapped_column(key_type(160))
    email: Mapped[str | None] = declared(Field(EMAIL, "E-mail", 254))
    phone: Mapped[str] = declared(Field(PHONE, "Phone", 40))
    description: Mapped[str] = declared(Field(TEXT, "Description", 400))


class Distributor(Removable):
    """A company that brings customers and earns a commission."""

    __tablename__ = "distributors"
    __table_args__ = (one_that_stands("distributors", "name_key"),)

    name: Mapped[str] = declared(Field(TEXT, "Distributor", 120, needed="Give the name."))
    name_key: Mapped[str] = mapped_column(key_type(160))
    commission: Mapped[Decimal | None] = declared(
        Field(PER_CENT, "Commission (%)", 100, least=0, stands_for="not agreed", help="For information only.")
    )
    email: Mapped[str | None] = declared(Field(EMAIL, "E-mail", 254))
    phone: Mapped[str] = declared(Field(PHONE, "Phone", 40))

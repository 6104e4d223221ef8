"""Customers, their accounts and notes."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, and_
from sqlalchemy import text as sql
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.clock import Instant
from data_access.base.events import Event
from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus, NumbersAtEnd, SuspensionCause
from data_access.fields.field import Control, Field, declared
from data_access.fields.kinds import (
    AMOUNT,
    CHOICE,
    CODE,
    COUNTRY,
    CURRENCY,
    DAY,
    EMAILS,
    LINES,
    PER_CLASS,
    PHONE,
    REFERENCE,
    TEXT,
    ZONE,
    at_least,
)
from data_access.models.base import PERSONAL, SUMMARY, Record, choice, key_type

_COMMAS = "separate several with commas"
_NEGATIVE = "A credit limit cannot be negative. Leave it blank for no limit, 0 for no credit at all."
_COUNTED = "its due days and periods were counted in it"
_PAYS = {
    "postpaid": "Pays afterwards, within a credit limit.",
    "prepaid": "Pays in advance; at zero nothing can be used.",
}
NAME, ADDRESS, CONTACT = Event.NAME_CHANGED, Event.ADDRESS_CHANGED, Event.CONTACT_CHANGED


class BalanceControl(StrEnum):
    """Whether a customer pays for services afterwards or in advance."""

    POSTPAID = "postpaid"
    PREPAID = "prepaid"


class BillingPeriod(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    SEMIMONTHLY = "semimonthly"
    MONTHLY = "monthly"
    ANNIVERSARY = "anniversary"
    THIRTY_DAYS = "thirty_days"


class AccountKind(StrEnum):
    PHONE_LINE = "phone_line"
    SIM = "sim"
    INTERNET = "internet"


LIVE = sql("bill_status <> 'permanently_terminated'")
_LIVE_ENDING = sql(f"terminate_on IS NOT NULL AND {LIVE.text}")
_LIVE_LATE = sql(f"first_overdue_from IS NOT NULL AND {LIVE.text}")
_TO_ERASE = sql("erased_at IS NULL AND bill_status = 'permanently_terminated'")
ORDERED = ("name_key", "created_at", "balance", "first_overdue_from", "customer_code_key")
NARROWED = ("currency", "country", "customer_class_id", "bill_status")
TIMED_BY = ("suspension_lifted_until", "temporary_limit_until")  # ends that may change what is shown
TIMED = sql(" OR ".join(f"{column} IS NOT NULL" for column in TIMED_BY))
ALIKE = ("balance_control", "bill_status", "blocked", "service_limited", "suspension_lifted_until")
KEPT_BY = (  # besides those: what counts are kept by
    "balance", "credit_limit", "temporary_limit", "temporary_limit_until", "currency", "customer_class_id",
    "reseller_id", "country",
)  # fmt: skip
COUNTED = (  # what a shown status follows from, then all that a filter asks for: counts read this index alone
    *ALIKE, *KEPT_BY, "created_at", "first_overdue_from", "terminate_on", "billing_zone",
    "customer_code_key", "name_key", "email_key", "phone_key", "city_key",
)  # fmt: skip


def _narrowed() -> Iterator[Index]:
    """What lists are narrowed to, in each order that they have: a page is read off its index, first or last.

    With the currency, so that a class and a currency that it never has are told apart without its customers.
    """
    for narrowed in NARROWED:
        beside = ("currency",) if narrowed == "customer_class_id" else ()
        for ordered in ORDERED:
            columns = (narrowed, ordered, "id", *beside)
            yield Index(f"ix_customers_live_{narrowed}_{ordered}", *columns, sqlite_where=LIVE, postgresql_where=LIVE)
    for ordered in ORDERED:
        if ordered != "first_overdue_from":
            columns = (ordered, "id", "first_overdue_from")
            yield Index(f"ix_customers_late_{ordered}", *columns, sqlite_where=_LIVE_LATE, postgresql_where=_LIVE_LATE)


class AddressInfo:
    """The tab Address info: who a customer is and how to reach them. Each field is a column of `customers`."""

    company_name: Mapped[str] = declared(Field(TEXT, "Company name", 100, personal=True, event=NAME))
    salutation: Mapped[str] = declared(Field(TEXT, "Salutation", 15, personal=True, event=NAME))
    first_name: Mapped[str] = declared(Field(TEXT, "First name", 60, personal=True, event=NAME))
    middle_initial: Mapped[str] = declared(Field(TEXT, "Middle initial", 5, personal=True, event=NAME))
    last_name: Mapped[str] = declared(Field(TEXT, "Last name", 60, personal=True, event=NAME))
    address_line_1: Mapped[str] = declared(
        Field(TEXT, "Address line 1", 120, personal=True, event=ADDRESS, found_as="place")
    )
    address_line_2: Mapped[str] = declared(
        Field(TEXT, "Address line 2", 167, personal=True, event=ADDRESS, found_as="place")
    )
    city: Mapped[str] = declared(Field(TEXT, "City", 60, personal=True, event=ADDRESS, found_as="place"))
    state: Mapped[str] = declared(Field(TEXT, "Province / state", 60, personal=True, event=ADDRESS))
    postal_code: Mapped[str] = declared(
        Field(TEXT, "ZIP / postal code", 20, personal=True, event=ADDRESS, found_as="place")
    )
    country: Mapped[str] = declared(Field(COUNTRY, "Country", stands_for="No country", event=ADDRESS))
    contact: Mapped[str] = declared(
        Field(TEXT, "Contact", 120, help="How to address the contact.", personal=True, event=CONTACT,
              found_as="contact")
    )  # fmt: skip
    phone: Mapped[str] = declared(Field(PHONE, "Phone", 40, personal=True, event=CONTACT, found_as="phone"))
    alt_phone: Mapped[str] = declared(
        Field(PHONE, "Alternative phone", 40, help="Used for text messages.", personal=True, event=CONTACT,
              found_as="phone")
    )  # fmt: skip
    fax: Mapped[str] = declared(Field(PHONE, "Fax", 40, personal=True, event=CONTACT))
    alt_contact: Mapped[str] = declared(
        Field(TEXT, "Alternative contact", 120, personal=True, event=CONTACT, found_as="contact")
    )
    email: Mapped[str] = declared(
        Field(EMAILS, "Email", 254, help=f"Notices and invoices go here; {_COMMAS}.", personal=True, event=CONTACT,
              found_as="email")
    )  # fmt: skip
    bcc: Mapped[str] = declared(
        Field(EMAILS, "Bcc", 254, help=f"Invisible copies; {_COMMAS}.", personal=True, event=CONTACT)
    )
    description: Mapped[str] = declared(Field(LINES, "Description", 4000, personal=True))


class CreditOptions:
    """What a customer decides about its credit that its class decides for the others."""

    suspend_on_insufficient_funds: Mapped[bool | None] = declared(
        Field(PER_CLASS, "Suspend on insufficient funds", stands_for="As class",
              inherits="suspend_on_insufficient_funds",
              help="For prepaid customers: whether funds that do not cover a fee suspend the services.")
    )  # fmt: skip


class Customer(AddressInfo, CreditOptions, Record):
    """The paying party. Balance: positive when the customer owes, for both balance controls.

    `first_overdue_from` is the earliest instant at which an unpaid invoice to be collected is late: a stored fact
    about the invoices, which the clock turns into overdue or not. `collect_at` is the next instant at which collection
    has something to do. `temporary_limit` is added to the credit limit until its instant. `period_from` and `period_to`
    are the first and last day of the running billing period, which closes at `closes_at`; None: no period runs.
    `next_billing_period` begins on `billing_change_on`; anniversaries and 30 days count from `billing_counted_from`, or
    from the creation. `texts_key` holds the folded copies that have no column of their own, by the name of their field.
    """

    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint("credit_limit >= 0", name="credit_limit_not_negative"),
        CheckConstraint("balance_control <> 'prepaid' OR credit_limit IS NULL", name="no_credit_limit_on_prepaid"),
        CheckConstraint("outstanding >= 0 AND unallocated >= 0", name="summaries_not_negative"),
        CheckConstraint("customer_code <> '' AND customer_code_key <> ''", name="customer_id_not_empty"),
        CheckConstraint(
            "(bill_status = 'suspended') = (suspended_at IS NOT NULL)"
            " AND (bill_status = 'suspended') = (suspension_cause IS NOT NULL)",
            name="suspended_has_cause_and_moment",
        ),
        CheckConstraint(
            "suspension_lifted_until IS NULL OR (bill_status = 'suspended' AND first_lifted_on IS NOT NULL)",
            name="only_suspended_is_lifted",
        ),
        CheckConstraint(
            "bill_status <> 'provisionally_terminated'"
            " OR (provisionally_terminated_at IS NOT NULL AND terminate_on IS NOT NULL)",
            name="provisional_has_its_end",
        ),
        CheckConstraint(
            "(bill_status = 'permanently_terminated') = (terminated_at IS NOT NULL)", name="terminated_has_its_moment"
        ),
        CheckConstraint("(bill_status = 'exported') = (exported_at IS NOT NULL)", name="exported_has_its_moment"),
        Index("ix_customers_name", "name_key", "id"),
        Index("ix_customers_live_name", "name_key", "id", sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_customers_live_balance", "balance", "id", sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_customers_live_created", "created_at", "id", sqlite_where=LIVE, postgresql_where=LIVE),
        *_narrowed(),
        Index("ix_customers_live_code", "customer_code_key", "id", sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_customers_status_name", "bill_status", "name_key", "id"),
        Index("ix_customers_counted", *COUNTED),
        Index("ix_customers_timed", *ALIKE, "id", *KEPT_BY, sqlite_where=TIMED, postgresql_where=TIMED),
        Index("ix_customers_live_overdue", "first_overdue_from", "id", sqlite_where=LIVE, postgresql_where=LIVE),
        Index(
            "ix_customers_overdue",
            "first_overdue_from",
            "id",
            sqlite_where=_LIVE_LATE,
            postgresql_where=_LIVE_LATE,
        ),
        Index(
            "ix_customers_live_ending",
            "terminate_on",
            "id",
            "billing_zone",
            "name_key",
            "bill_status",
            sqlite_where=_LIVE_ENDING,
            postgresql_where=_LIVE_ENDING,
        ),
        *(
            Index(
                f"ix_customers_{column}",
                column,
                "id",
                *beside,
                sqlite_where=sql(f"{column} IS NOT NULL"),
                postgresql_where=sql(f"{column} IS NOT NULL"),
            )
            for column, *beside in (
                ("collect_at",),
                ("closes_at",),
                ("temporary_limit_until",),
                ("suspension_cause",),
                ("suspension_lifted_until", "billing_zone", "name_key", "bill_status"),
                ("erased_at",),
            )
        ),
        Index(
            "ix_customers_closing",
            "closes_at",
            "billing_zone",
            "bill_status",
            sqlite_where=sql("closes_at IS NOT NULL"),
            postgresql_where=sql("closes_at IS NOT NULL"),
        ),
        Index(
            "ix_customers_held",
            "customer_code_key",
            "id",
            sqlite_where=sql("legal_hold IS 1"),
            postgresql_where=sql("legal_hold IS true"),
        ),
        Index(
            "ix_customers_to_erase",
            "customer_class_id",
            "terminated_at",
            "id",
            sqlite_where=_TO_ERASE,
            postgresql_where=_TO_ERASE,
        ),
    )

    customer_code: Mapped[str] = declared(Field(CODE, "Customer ID", 64, needed="Give the Customer ID."))
    customer_code_key: Mapped[str] = mapped_column(key_type(100), unique=True)
    reseller_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Reseller", stands_for="None", refers_to="resellers", imported_as="reseller",
              fixed="The reseller of a saved customer cannot be changed."),
        ForeignKey("resellers.id"), index=True,
    )  # fmt: skip
    customer_class_id: Mapped[int] = declared(
        Field(REFERENCE, "Customer class", needed="Choose the customer class.", refers_to="customer_classes",
              imported_as="customer_class"),
        ForeignKey("customer_classes.id"), index=True,
    )  # fmt: skip
    balance_control: Mapped[BalanceControl] = declared(
        Field(CHOICE, "Balance control", of=BalanceControl, needed="Choose the balance control.",
              control=Control.SIDE_BY_SIDE, captions=_PAYS,
              fixed="The balance control of a saved customer cannot be changed."),
    )  # fmt: skip
    currency: Mapped[str] = declared(
        Field(CURRENCY, "Currency", help="It cannot be changed later.", needed="Choose the currency from the list.",
              fixed="The currency of a saved customer cannot be changed."),
    )  # fmt: skip
    credit_limit: Mapped[Decimal | None] = declared(
        Field(AMOUNT, "Permanent credit limit", help="0 means no credit at all.", right=Permission.LIMIT_EDIT,
              rule=at_least(ZERO, _NEGATIVE)),
    )  # fmt: skip
    created_at: Mapped[datetime]

    balance: Mapped[Decimal] = mapped_column(default=ZERO, info=SUMMARY)
    outstanding: Mapped[Decimal] = mapped_column(default=ZERO, info=SUMMARY)
    unallocated: Mapped[Decimal] = mapped_column(default=ZERO, info=SUMMARY)
    first_overdue_from: Mapped[datetime | None] = mapped_column(info=SUMMARY)
    collect_at: Mapped[datetime | None] = mapped_column(info=SUMMARY)

    temporary_limit: Mapped[Decimal | None]
    temporary_limit_until: Mapped[datetime | None]
    first_raised_at: Mapped[datetime | None] = mapped_column(info=SUMMARY)
    raise_ended_at: Mapped[datetime | None] = mapped_column(info=SUMMARY)
    daily_spending_limit: Mapped[Decimal | None]

    bill_status: Mapped[BillStatus] = mapped_column(default=BillStatus.OPEN)
    blocked: Mapped[bool] = mapped_column(default=False)
    suspension_cause: Mapped[SuspensionCause | None]
    suspended_at: Mapped[datetime | None]
    suspension_lifted_until: Mapped[datetime | None]
    first_lifted_on: Mapped[date | None]
    service_limited: Mapped[bool] = mapped_column(default=False)
    limitation_lifted_until: Mapped[datetime | None]
    provisionally_terminated_at: Mapped[datetime | None]
    terminate_on: Mapped[date | None]
    terminated_at: Mapped[datetime | None]
    exported_at: Mapped[datetime | None]

    billing_zone: Mapped[str] = declared(
        Field(ZONE, "Billing time zone", needed="Choose a time zone from the list, such as Europe/Berlin.",
              fixed=f"The time zone of a saved customer cannot be changed: {_COUNTED}."),
        default="UTC",
    )  # fmt: skip
    billing_period: Mapped[BillingPeriod] = declared(
        Field(CHOICE, "Billing period", of=BillingPeriod, needed="Choose the billing period.",
              fixed="The billing period of a saved customer cannot be changed here."),
        default=BillingPeriod.MONTHLY,
    )  # fmt: skip
    billing_counted_from: Mapped[date | None]
    next_billing_period: Mapped[BillingPeriod | None] = mapped_column(choice(BillingPeriod))
    billing_change_on: Mapped[date | None]
    period_from: Mapped[date | None] = mapped_column(info=SUMMARY)
    period_to: Mapped[date | None] = mapped_column(info=SUMMARY)
    closes_at: Mapped[datetime | None] = mapped_column(info=SUMMARY)

    legal_hold: Mapped[bool] = mapped_column(default=False)
    erased_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]

    name_key: Mapped[str] = mapped_column(key_type(400), default="", info=PERSONAL)
    email_key: Mapped[str] = mapped_column(key_type(300), default="", index=True, info=PERSONAL)
    phone_key: Mapped[str] = mapped_column(key_type(60), default="", index=True, info=PERSONAL)
    city_key: Mapped[str] = mapped_column(key_type(400), default="", index=True, info=PERSONAL)
    texts_key: Mapped[dict[str, Any]] = mapped_column(default=dict, info=PERSONAL)

    @hybrid_method
    def is_overdue(self, now: Instant) -> bool:
        """Whether an invoice to be collected is late."""
        return self.first_overdue_from is not None and bool(self.first_overdue_from <= now)

    @is_overdue.expression
    @classmethod
    def _is_overdue(cls, now: Instant) -> ColumnElement[bool]:
        return and_(cls.first_overdue_from.is_not(None), cls.first_overdue_from <= now)


class Account(Record):
    """One service endpoint. Whether it can be used follows from its customer too, and is never stored here.

    `own_limit`: the most that its usage may cost in a billing period of the customer; None: no limit of its own.
    """

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("own_limit >= 0", name="own_limit_not_negative"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    account_code: Mapped[str] = declared(
        Field(
            CODE, "Account ID", 64, needed="Give the Account ID.", fixed="Usage arrives under the Account ID: it stays."
        ),
        unique=True,
    )
    kind: Mapped[AccountKind] = declared(
        Field(CHOICE, "Kind of account", of=AccountKind, needed="Choose the kind of account.",
              control=Control.SIDE_BY_SIDE),
    )  # fmt: skip
    product: Mapped[str] = declared(Field(TEXT, "Product", 80, needed="Give the product."))
    own_limit: Mapped[Decimal | None] = declared(
        Field(AMOUNT, "Own limit", stands_for="No limit of its own", rule=at_least(ZERO, "A limit cannot be negative."),
              help="The most that its usage may cost in a billing period; 0: nothing that costs."),
    )  # fmt: skip
    activated_on: Mapped[date] = declared(Field(DAY, "Activated on", needed="Give the day."))
    blocked: Mapped[bool] = mapped_column(default=False)
    ended_on: Mapped[date | None]
    numbers_at_end: Mapped[NumbersAtEnd] = mapped_column(
        choice(NumbersAtEnd), default=NumbersAtEnd.KEPT, server_default=NumbersAtEnd.KEPT.value
    )


class Note(Record):
    """A remark by a person about a customer; a sticky one stands under the head of the page."""

    __tablename__ = "notes"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    at: Mapped[datetime]
    author: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text, info=PERSONAL)
    sticky: Mapped[bool] = mapped_column(default=False)

"""Service configuration: the features that a customer, or an account, has of its own; the rest is as its class says."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.permissions import Permission
from data_access.fields.field import Field, declared
from data_access.fields.kinds import REFERENCE, TEXT, TICK
from data_access.models.base import Record, Removable, choice, one_that_stands
from data_access.models.classes.service_features import (
    ACCEPTED,
    CALLS,
    FORWARDED,
    INCOMING,
    INTERNATIONAL,
    LIMITS,
    MUSIC,
    MUSIC_FILE,
    NATIONAL,
    OUTGOING,
    OUTSIDE,
    PAGING,
    PAGING_PREFIX,
    PARKING,
    PROXY,
    RULES,
    SUPPLIED,
    IdentityAccepted,
    IdentitySupplied,
    ProxyLevel,
    own,
)


class OwnFeatures:
    """The features that may be a customer's own. What belongs to one that is left to the class is blank."""

    music_on_hold: Mapped[bool | None] = declared(own(MUSIC, "music_on_hold"))
    music_file: Mapped[str] = declared(MUSIC_FILE)
    call_parking: Mapped[bool | None] = declared(own(PARKING, "call_parking"))
    paging: Mapped[bool | None] = declared(own(PAGING, "paging"))
    paging_prefix: Mapped[str] = declared(PAGING_PREFIX)
    identity_accepted: Mapped[IdentityAccepted | None] = declared(
        own(ACCEPTED, "identity_accepted"), type_=choice(IdentityAccepted)
    )
    identity_supplied: Mapped[IdentitySupplied | None] = declared(
        own(SUPPLIED, "identity_supplied"), type_=choice(IdentitySupplied)
    )
    limits_calls: Mapped[bool | None] = declared(own(LIMITS, "limits_calls"))
    calls_total: Mapped[int | None] = declared(CALLS)
    calls_incoming: Mapped[int | None] = declared(INCOMING)
    calls_outgoing: Mapped[int | None] = declared(OUTGOING)
    calls_forwarded: Mapped[int | None] = declared(FORWARDED)
    dialing_rules: Mapped[bool | None] = declared(own(RULES, "dialing_rules"))
    outside_prefix: Mapped[str] = declared(OUTSIDE)
    international_prefix: Mapped[str] = declared(INTERNATIONAL)
    national_prefix: Mapped[str] = declared(NATIONAL)
    rtp_proxy: Mapped[ProxyLevel | None] = declared(own(PROXY, "rtp_proxy"), type_=choice(ProxyLevel))


class ServiceConfiguration(OwnFeatures, Record):
    """The features that a customer has of its own, a row a customer."""

    __tablename__ = "service_configurations"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), unique=True)


class AccountFeatures(OwnFeatures, Removable):
    """The features that one account has of its own; what is blank holds as for its customer."""

    __tablename__ = "account_features"
    __table_args__ = (one_that_stands("account_features", "account_id"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    account_id: Mapped[int] = declared(
        Field(REFERENCE, "Account", refers_to="accounts", needed="Choose the account.",
              fixed="The features are those of one account: give another one features of its own."),
        ForeignKey("accounts.id"),
    )  # fmt: skip


_INTERCEPTS = Permission.SERVICE_INTERCEPT


class LegalIntercept(Record):
    """That calls of a customer are handed over by order of a court. No class gives it, and few people see it."""

    __tablename__ = "legal_intercepts"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), unique=True)
    ordered: Mapped[bool] = declared(Field(TICK, "Legal intercept", right=_INTERCEPTS))
    court_order: Mapped[str] = declared(
        Field(
            TEXT,
            "Order",
            120,
            right=_INTERCEPTS,
            personal=True,
            help="The number of the order, and which court gave it.",
        )
    )

"""Web self-care: with which login a customer and its accounts come in, and what they see there."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.text.text_keys import fold
from data_access.fields.field import Field, declared
from data_access.fields.kinds import CODE, ZONE
from data_access.models.base import PERSONAL, SECRET, Record, choice, key_type
from data_access.models.classes.customer_classes import ACCESS, DAYS_SHOWN, LANGUAGE, TIMES_SHOWN, AccessLevel

LONGEST_LOGIN = 100


def _a_login(login: str) -> str:
    if any(sign.isspace() for sign in login):
        raise ValueError("A login is one word, without blanks.")
    if not fold(login) or len(fold(login)) > LONGEST_LOGIN:
        raise ValueError("This contains characters that cannot be part of a login.")
    return login


def _as_class(of_class: Field, column: str) -> Field:
    return replace(of_class, needed="", stands_for="As class", inherits=column)


def _format(of_class: Field, label: str, column: str) -> Field:
    return replace(_as_class(of_class, column), label=label)


class SelfCareLogin(Record):
    """The login of a customer, or of one of its accounts; None: it was taken away. Without a password nobody comes in.

    Logins differ whatever their case, those of customers and of accounts alike.
    """

    __tablename__ = "self_care_logins"
    __table_args__ = (
        Index(
            "uq_self_care_logins_customer_id", "customer_id", unique=True,
            sqlite_where=sql("account_id IS NULL"), postgresql_where=sql("account_id IS NULL"),
        ),
        Index("ix_self_care_logins_owner", "customer_id", "account_id"),
    )  # fmt: skip

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), unique=True)
    login: Mapped[str | None] = declared(
        Field(CODE, "Login", LONGEST_LOGIN, needed="Give the login.", rule=_a_login, personal=True,
              help="Unique whatever its case: the customer, or the account, is found by it."),
        default=None,
    )  # fmt: skip
    login_key: Mapped[str | None] = mapped_column(key_type(160), unique=True, info=PERSONAL)
    password_hash: Mapped[str | None] = mapped_column(String(200), info=SECRET)
    password_set_at: Mapped[datetime | None]


class SelfCare(Record):
    """What a customer sees in web self-care, and how; what is blank is as its class says. One row a customer.

    `api_token_hash`: programs of the customer present the token, of which nothing more is kept.
    """

    __tablename__ = "self_care"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), unique=True)
    access_level: Mapped[AccessLevel | None] = declared(
        _as_class(ACCESS, "self_care_access"), type_=choice(AccessLevel)
    )
    zone: Mapped[str | None] = declared(Field(ZONE, "Time zone", stands_for="As the billing time zone"), nullable=True)
    language: Mapped[str | None] = declared(_as_class(LANGUAGE, "self_care_language"), type_=String(2))
    input_date: Mapped[str | None] = declared(_format(DAYS_SHOWN, "Date input format", "self_care_date"))
    output_date: Mapped[str | None] = declared(_format(DAYS_SHOWN, "Date output format", "self_care_date"))
    input_time: Mapped[str | None] = declared(_format(TIMES_SHOWN, "Time input format", "self_care_time"))
    output_time: Mapped[str | None] = declared(_format(TIMES_SHOWN, "Time output format", "self_care_time"))
    api_token_hash: Mapped[str | None] = mapped_column(String(64), unique=True, info=SECRET)
    api_token_at: Mapped[datetime | None]

"""People, and the technical rows of their work: sessions, sign-in attempts, drafts."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.permissions import PEOPLE_ROLES, SYSTEM, Permission, Role
from data_access.base.text.text_keys import fold
from data_access.fields.field import Control, Field, declared
from data_access.fields.kinds import AMOUNT, CHOICE, CURRENCY, EMAIL, REFERENCE, SEVERAL, TEXT
from data_access.models.base import PERSONAL, SECRET, Base, Record, Removable, key_type, one_that_stands

OFFERED = tuple(right for right in Permission if right is not Permission.SYSTEM_RUN)


def _not_the_system(login: str) -> str:
    if len(fold(login)) > 100:
        raise ValueError("This contains characters that are too long when written out: shorten it.")
    if fold(login) == fold(SYSTEM.login):
        raise ValueError(f"“{login}” stands for what happens automatically: choose another name.")
    return login


def _few(grants: str) -> str:
    if len(grants) > 800:
        raise ValueError("These are too many additional rights: choose a role that has most of them.")
    return grants


class Reseller(Removable):
    """Who owns a retail customer, where it is not the operator itself."""

    __tablename__ = "resellers"
    __table_args__ = (one_that_stands("resellers", "name_key"),)

    name: Mapped[str] = declared(Field(TEXT, "Reseller name", 120, needed="Give the name."))
    name_key: Mapped[str] = mapped_column(key_type(160))
    description: Mapped[str] = declared(Field(TEXT, "Description", 400), server_default="")


class Person(Record):
    """Someone who signs in, by password or as the one identity that single sign-on bound at the first time."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("role <> 'system'", name="a_person_is_not_the_system"),
        Index("uq_people_oidc_issuer_oidc_subject", "oidc_issuer", "oidc_subject", unique=True),
    )

    login: Mapped[str] = declared(
        Field(TEXT, "Sign-in name", 100, needed="Give the sign-in name.", rule=_not_the_system, personal=True),
        type_=String(120),
    )  # fmt: skip
    login_key: Mapped[str] = mapped_column(key_type(160), unique=True, info=PERSONAL)
    name: Mapped[str] = declared(Field(TEXT, "Name", 120, needed="Give the name.", personal=True))
    email: Mapped[str | None] = declared(Field(EMAIL, "Email", 254, help="Used for single sign-on.", personal=True))
    role: Mapped[Role] = declared(
        Field(CHOICE, "Role", of=Role, choices={role.value: role.value.capitalize() for role in PEOPLE_ROLES},
              needed="Choose the role.", control=Control.SIDE_BY_SIDE),
    )  # fmt: skip
    reseller_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Reseller", stands_for="Sees every customer", refers_to="resellers",
              help="People of a reseller see its customers only."),
        ForeignKey("resellers.id"),
    )  # fmt: skip
    password_hash: Mapped[str | None] = mapped_column(String(200), info=SECRET)
    oidc_issuer: Mapped[str | None] = mapped_column(String(400))
    oidc_subject: Mapped[str | None] = mapped_column(String(255), info=PERSONAL)
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_active: Mapped[bool] = mapped_column(default=True)
    extra_grants: Mapped[str] = declared(
        Field(SEVERAL, "Additional rights", choices={right.value: right.label.capitalize() for right in OFFERED},
              help="Beyond those of the role, for this person alone. The tab Roles says what each role has.",
              rule=_few),
        type_=String(800),
    )  # fmt: skip
    created_at: Mapped[datetime]


class PersonalLimit(Record):
    """What a person may credit, give back, write off and reverse of charges in a currency; without a row, nothing."""

    __tablename__ = "personal_limits"
    __table_args__ = (
        UniqueConstraint("person_id", "currency"),
        CheckConstraint("per_booking >= 0 AND per_day >= 0", name="limits_not_negative"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    currency: Mapped[str] = declared(Field(CURRENCY, "Currency"))
    per_booking: Mapped[Decimal] = declared(Field(AMOUNT, "Limit per booking"))
    per_day: Mapped[Decimal] = declared(Field(AMOUNT, "Limit per 24 hours"))


class SignInSession(Base):
    """One signed-in browser; only the hash of its token is kept."""

    __tablename__ = "sign_in_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    ip: Mapped[str] = mapped_column(String(64), default="")


class SignInAttempt(Base):
    """One try to sign in; what the limits on attempts count."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index(None, "login_key", "at"), Index(None, "ip", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    login_key: Mapped[str] = mapped_column(key_type(160))
    ip: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class Draft(Base):
    """What a person has typed into a form so far, and the command id that saving it will carry.

    `last_…`: what the form did when it was sent the last time, and whether the person has read so.
    """

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("person_id", "form", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    form: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60), default="", server_default=sql("''"))
    command_id: Mapped[str] = mapped_column(String(36), unique=True)
    typed: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    began_at: Mapped[datetime | None]
    last_command_id: Mapped[str | None] = mapped_column(String(36))
    last_at: Mapped[datetime | None]
    last_said: Mapped[str] = mapped_column(Text, default="", server_default=sql("''"))
    last_told: Mapped[bool] = mapped_column(default=False, server_default=false())

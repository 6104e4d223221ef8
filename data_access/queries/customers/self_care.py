"""Web self-care of a customer: the logins of it and of its accounts, and whether anybody comes in with them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from data_access.base.clock import day_in
from data_access.base.permissions import Permission
from data_access.base.text.masking import mask
from data_access.domain.usage.self_care_access import SelfCareFacts, refusal_of_self_care
from data_access.models.card.self_care import SelfCare, SelfCareLogin
from data_access.models.customers import Account
from data_access.queries.customer_context import AnyRow, customer_context
from data_access.queries.pagination.newest_first import LIMIT
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_NO_PASSWORD = "It has no password yet: nobody can sign in with it."


@dataclass(frozen=True, slots=True)
class LoginRow:
    """A login, or that there is none yet. `account_code` is blank for the customer's own; `why`: why nobody comes in.

    `login` is masked for those who may not see it.
    """

    account_id: int | None
    account_code: str
    version: int
    login: str
    password_set_at: datetime | None
    why: str


@dataclass(frozen=True)
class SelfCareLogins(Query[tuple[LoginRow, ...]]):
    """The login of a customer, then those of its open accounts by Account ID; at most 200."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[LoginRow, ...]:
        customer = customer_context(reader, self.customer_id).customer
        own = visible(SelfCareLogin, reader.actor).where(
            SelfCareLogin.customer_id == customer.id, SelfCareLogin.account_id.is_(None)
        )
        first = reader.session.execute(own.with_only_columns(*_OF_LOGIN)).one_or_none()
        accounts = (
            visible(Account, reader.actor)
            .outerjoin(SelfCareLogin, SelfCareLogin.account_id == Account.id)
            .where(Account.customer_id == customer.id)
            .with_only_columns(Account.id, Account.account_code, Account.blocked, Account.ended_on, *_OF_LOGIN)
            .order_by(Account.ended_on.is_not(None), Account.account_code, Account.id)
            .limit(LIMIT)
        )
        today = day_in(customer.billing_zone, reader.now)
        facts = SelfCareFacts(customer.bill_status, customer.blocked, today)
        rows = [_row(reader, None, "", first, facts)]
        for row in reader.session.execute(accounts):
            of_account = facts._replace(account_blocked=row.blocked, account_ended_on=row.ended_on)
            rows.append(_row(reader, row.id, row.account_code, row, of_account))
        return tuple(rows)


_OF_LOGIN = (
    SelfCareLogin.version, SelfCareLogin.login, SelfCareLogin.password_hash.is_not(None).label("has_password"),
    SelfCareLogin.password_set_at,
)  # fmt: skip


def _row(reader: Reader, account_id: int | None, code: str, row: AnyRow | None, facts: SelfCareFacts) -> LoginRow:
    if row is None or row.login is None:
        return LoginRow(account_id, code, 0 if row is None else row.version or 0, "", None, "")
    why = refusal_of_self_care(facts) or ("" if row.has_password else _NO_PASSWORD)
    login = row.login if reader.actor.may(Permission.PERSONAL_READ) else mask(row.login)
    return LoginRow(account_id, code, row.version, login, row.password_set_at, why)


@dataclass(frozen=True)
class ApiTokenSince(Query[datetime | None]):
    """When the API token of a customer was made; None where there is none."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> datetime | None:
        customer = customer_context(reader, self.customer_id).customer
        mine = visible(SelfCare, reader.actor).where(SelfCare.customer_id == customer.id)
        return reader.session.scalar(mine.with_only_columns(SelfCare.api_token_at))


@dataclass(frozen=True, slots=True)
class Formats:
    """How days and times are shown to a customer in self-care, and the moment there, for a sample."""

    date: str
    time: str
    zone: str
    now: datetime


@dataclass(frozen=True)
class FormatsInForce(Query[Formats]):
    """The formats and the time zone that hold for a customer: its own, or those of its class."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> Formats:
        context = customer_context(reader, self.customer_id)
        mine = visible(SelfCare, reader.actor).where(SelfCare.customer_id == self.customer_id)
        own = reader.session.execute(
            mine.with_only_columns(SelfCare.output_date, SelfCare.output_time, SelfCare.zone)
        ).one_or_none() or (None, None, None)
        zone = own[2] or context.customer.billing_zone
        return Formats(
            own[0] or context.of_class.self_care_date, own[1] or context.of_class.self_care_time, zone,
            reader.now.astimezone(ZoneInfo(zone)),
        )  # fmt: skip

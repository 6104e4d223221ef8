"""Accounts of a customer: whether each can be used follows from the customer, and comes with the reason."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import or_

from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.base.text.masking import mask
from data_access.domain.usage.usage_authorization import UsageFacts, refusal_of_use
from data_access.models.card.self_care import SelfCareLogin
from data_access.models.customers import Account, AccountKind
from data_access.queries.customer_context import customer_context
from data_access.queries.pagination.newest_first import LIMIT
from data_access.services.facts.spending_limits import spent_by, use_by
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_LIMITED = "With limits: the customer has unpaid invoices."


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account; `why` says what stands in the way, or limits it. `spent`: of its own limit in this billing period.

    `login`: with which it comes into web self-care, masked for those who may not see it.
    """

    account_id: int
    version: int
    account_code: str
    kind: AccountKind
    product: str
    own_limit: Decimal | None
    spent: Decimal
    activated_on: date
    ended_on: date | None
    blocked: bool
    is_usable: bool
    why: str
    login: str


@dataclass(frozen=True)
class ListAccounts(Query[tuple[AccountRow, ...]]):
    """The accounts of a customer, those in service first, then by Account ID; at most 200."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[AccountRow, ...]:
        customer = customer_context(reader, self.customer_id).customer
        use = use_by(reader.session, reader.actor, customer, reader.now)
        limited = _LIMITED if customer.service_limited else ""
        accounts = (
            visible(Account, reader.actor)
            .where(Account.customer_id == self.customer_id)
            .outerjoin(SelfCareLogin, SelfCareLogin.account_id == Account.id)
            .add_columns(SelfCareLogin.login)
            .order_by(Account.ended_on.is_not(None), Account.account_code, Account.id)
            .limit(LIMIT)
        )
        rows = reader.session.execute(accounts).all()
        bounded = [account.id for account, _ in rows if account.own_limit is not None]
        spent = spent_by(reader.session, reader.actor, customer, bounded)
        return tuple(
            _account(account, use, limited, spent.get(account.id, ZERO), _login(reader, login))
            for account, login in rows
        )


def _login(reader: Reader, login: str | None) -> str:
    return (login or "") if reader.actor.may(Permission.PERSONAL_READ) else mask(login or "")


def _account(row: Account, use: UsageFacts, limited: str, spent: Decimal, login: str) -> AccountRow:
    """Judged as its usage is judged when it arrives."""
    own = replace(
        use, account_ended_on=row.ended_on, account_blocked=row.blocked, own_limit=row.own_limit, spent_by_account=spent
    )
    obstacle = "Not activated yet." if row.activated_on > use.today else refusal_of_use(own, ZERO)
    return AccountRow(
        row.id, row.version, row.account_code, row.kind, row.product, row.own_limit, spent, row.activated_on,
        row.ended_on, row.blocked, is_usable=obstacle is None, why=obstacle or limited, login=login,
    )  # fmt: skip


@dataclass(frozen=True)
class AccountChoices(Query[dict[int, str]]):
    """The accounts of a customer that have not ended, each id with its Account ID, in their order; at most 200."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> dict[int, str]:
        today = customer_context(reader, self.customer_id).today
        running = visible(Account, reader.actor).where(
            Account.customer_id == self.customer_id, or_(Account.ended_on.is_(None), Account.ended_on > today)
        )
        asked = running.with_only_columns(Account.id, Account.account_code).order_by(Account.account_code, Account.id)
        return {row.id: row.account_code for row in reader.session.execute(asked.limit(LIMIT))}

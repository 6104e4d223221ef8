"""Accounts of a customer: whether each can be used follows from the customer, and is told with the reason."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from data_access.access import Query, Reader
from data_access.clock import day_in
from data_access.errors import NotFound
from data_access.labels import word
from data_access.models.customers import Account, Customer
from data_access.permissions import Permission
from data_access.queries.seen import CALLED, SHOWN, AnyRow
from data_access.queries.stream import LIMIT
from data_access.scope import visible
from data_access.standing import Shown, shown_status

_UNUSABLE: dict[Shown, str] = {
    Shown.PERMANENTLY_TERMINATED: "The customer is permanently terminated.",
    Shown.EXPORTED: "The customer is exported to another installation.",
    Shown.BLOCKED: "The customer is blocked.",
    Shown.SUSPENDED: "The customer is suspended.",
    Shown.PROVISIONALLY_TERMINATED: "The customer is provisionally terminated.",
    Shown.NO_AVAILABLE_FUNDS: "The customer has no available funds.",
}
_RESTRICTED: dict[Shown, str] = {
    Shown.SERVICE_LIMITED: "With limits: the customer has unpaid invoices.",
    Shown.CREDIT_EXCEEDED: "Free destinations only: the customer is over the credit limit.",
}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account; `why` says what stands in the way, or limits it."""

    account_code: str
    kind: str
    product: str
    activated_on: date
    ended_on: date | None
    is_usable: bool
    why: str


@dataclass(frozen=True)
class ListAccounts(Query[tuple[AccountRow, ...]]):
    """The accounts of a customer, those in service first, then by Account ID; at most 200."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[AccountRow, ...]:
        asked = visible(Customer, reader.actor).where(Customer.id == self.customer_id)
        customer = reader.session.execute(
            asked.with_only_columns(Customer.billing_zone, shown_status(reader.now))
        ).one_or_none()
        if customer is None:
            raise NotFound(CALLED)
        status, today = SHOWN[customer.shown], day_in(customer.billing_zone, reader.now)
        accounts = (
            visible(Account, reader.actor)
            .where(Account.customer_id == self.customer_id)
            .with_only_columns(
                Account.account_code, Account.kind, Account.product, Account.activated_on, Account.ended_on
            )
            .order_by(Account.ended_on.is_not(None), Account.account_code, Account.id)
            .limit(LIMIT)
        )
        return tuple(_account(row, status, today) for row in reader.session.execute(accounts))


def _account(row: AnyRow, status: Shown, today: date) -> AccountRow:
    has_ended = row.ended_on is not None and row.ended_on <= today
    starts_later = row.activated_on > today
    obstacle = (
        "The account has ended." if has_ended else "Not activated yet." if starts_later else _UNUSABLE.get(status)
    )
    return AccountRow(
        row.account_code, word(row.kind), row.product, row.activated_on, row.ended_on,
        is_usable=obstacle is None,
        why=obstacle or _RESTRICTED.get(status, ""),
    )  # fmt: skip

"""What is shown about a customer. Never stored: of the conditions that hold, the first is the shown status."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ColumnElement, String, and_, case, literal_column, not_, or_, true

from data_access.lifecycle import BillStatus
from data_access.models.customers import BalanceControl, Customer
from data_access.money import ZERO


class Shown(StrEnum):
    """The statuses that a person sees, the highest priority first."""

    label: str

    def __new__(cls, value: str, label: str) -> "Shown":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    PERMANENTLY_TERMINATED = "permanently_terminated", "Permanently terminated"
    EXPORTED = "exported", "Exported"
    BLOCKED = "blocked", "Blocked"
    SUSPENDED = "suspended", "Suspended"
    PROVISIONALLY_TERMINATED = "provisionally_terminated", "Provisionally terminated"
    SERVICE_LIMITED = "service_limited", "Service limited"
    CREDIT_EXCEEDED = "credit_exceeded", "Credit exceeded"
    NO_AVAILABLE_FUNDS = "no_available_funds", "No available funds"
    SUSPENSION_LIFTED = "suspension_lifted", "Suspension lifted"
    ACTIVE = "active", "Active"


def conditions(now: datetime) -> dict[Shown, ColumnElement[bool]]:
    """What each shown status asks for, in order of priority; several may hold at once."""
    lifted = and_(
        Customer.bill_status == BillStatus.SUSPENDED,
        Customer.suspension_lifted_until.is_not(None),
        Customer.suspension_lifted_until > now,
    )
    stopped = Customer.bill_status == BillStatus.SUSPENDED
    postpaid = Customer.balance_control == BalanceControl.POSTPAID
    running = Customer.bill_status.in_((BillStatus.OPEN, BillStatus.SUSPENDED))
    return {
        Shown.PERMANENTLY_TERMINATED: Customer.bill_status == BillStatus.PERMANENTLY_TERMINATED,
        Shown.EXPORTED: Customer.bill_status == BillStatus.EXPORTED,
        Shown.BLOCKED: Customer.blocked.is_(True),
        Shown.SUSPENDED: and_(
            stopped, or_(Customer.suspension_lifted_until.is_(None), Customer.suspension_lifted_until <= now)
        ),
        Shown.PROVISIONALLY_TERMINATED: Customer.bill_status == BillStatus.PROVISIONALLY_TERMINATED,
        Shown.SERVICE_LIMITED: and_(running, Customer.service_limited),
        Shown.CREDIT_EXCEEDED: and_(running, postpaid, over_limit(now)),
        Shown.NO_AVAILABLE_FUNDS: and_(running, not_(postpaid), Customer.balance >= ZERO),
        Shown.SUSPENSION_LIFTED: lifted,
        Shown.ACTIVE: true(),
    }


def shown_status(now: datetime) -> ColumnElement[str]:
    """The shown status as a column."""
    whens = [(holds, literal_column(f"'{status.value}'", String)) for status, holds in conditions(now).items()]
    return case(*whens[:-1], else_=whens[-1][1]).label("shown")


def also_holds(now: datetime) -> list[ColumnElement[bool]]:
    """One boolean column a status but Active, in order of priority: those that hold are the badges."""
    return [
        holds.label(f"is_{status.value}") for status, holds in conditions(now).items() if status is not Shown.ACTIVE
    ]


def overdue(now: datetime) -> ColumnElement[bool]:
    """Whether an invoice to be collected is late."""
    return and_(Customer.first_overdue_from.is_not(None), Customer.first_overdue_from <= now)


def effective_limit(now: datetime) -> ColumnElement[Decimal | None]:
    """The credit limit in force: the permanent one, with the temporary increase while that runs. NULL: no limit."""
    raised = Customer.credit_limit + Customer.temporary_limit
    return case((Customer.temporary_limit_until > now, raised), else_=Customer.credit_limit)


def limit_at(customer: Customer, now: datetime) -> Decimal | None:
    """The same for one customer in hand."""
    until = customer.temporary_limit_until
    runs = until is not None and until > now
    raised = customer.temporary_limit if runs else None
    return customer.credit_limit if customer.credit_limit is None else customer.credit_limit + (raised or ZERO)


def over_limit(now: datetime) -> ColumnElement[bool]:
    """Whether the customer owes more than the credit limit in force."""
    return and_(Customer.credit_limit.is_not(None), Customer.balance > effective_limit(now))


def live() -> ColumnElement[bool]:
    """All but the permanently terminated; written as a literal so that partial indexes serve it."""
    return Customer.bill_status != literal_column("'permanently_terminated'", String)

"""What is shown about a customer. Never stored: of the conditions that hold, the first is the shown status."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache, reduce
from operator import add
from types import MappingProxyType

from sqlalchemy import ColumnElement, String, and_, case, literal_column, not_, or_, true

from data_access.base.clock import Instant
from data_access.base.labelled import Labelled
from data_access.base.money import ZERO
from data_access.base.statuses import RUNNING, BillStatus
from data_access.models.customers import TIMED_BY, BalanceControl, Customer

WITHOUT_INCREASE = timedelta(days=1)
USED_UP = "used_up"


class Shown(Labelled):
    """The statuses that a person sees, the highest priority first."""

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


@dataclass(frozen=True, eq=False)
class StatusColumns:
    """What a shown status follows from: columns of customers, or of groups of customers who are alike in them."""

    balance_control: ColumnElement[BalanceControl]
    bill_status: ColumnElement[BillStatus]
    blocked: ColumnElement[bool]
    service_limited: ColumnElement[bool]
    suspension_lifted_until: ColumnElement[datetime | None]
    used_up: ColumnElement[bool]  # over the credit limit, or without funds


def of_customers(now: Instant) -> StatusColumns:
    """The facts of each customer. `used_up` is named: kept counts and sums tell it by a column of their own."""
    postpaid = Customer.balance_control == BalanceControl.POSTPAID
    used_up = case((postpaid, over_limit(now)), else_=Customer.balance >= ZERO)
    return StatusColumns(
        Customer.balance_control.expression,
        Customer.bill_status.expression,
        Customer.blocked.expression,
        Customer.service_limited.expression,
        Customer.suspension_lifted_until.expression,
        used_up.label(USED_UP),
    )


def is_timed() -> ColumnElement[bool]:
    """Whether the shown status may follow from the clock: a lift or a temporary limit has an end, come or not."""
    return or_(*(getattr(Customer, column).is_not(None) for column in TIMED_BY))


@lru_cache(maxsize=8)  # a query asks several times for the same instant
def conditions(now: Instant, of: StatusColumns | None = None) -> Mapping[Shown, ColumnElement[bool]]:
    """What each shown status asks for, in order of priority; several may hold at once."""
    facts = of or of_customers(now)
    stopped, until = facts.bill_status == BillStatus.SUSPENDED, facts.suspension_lifted_until
    postpaid = facts.balance_control == BalanceControl.POSTPAID
    running = facts.bill_status.in_(RUNNING)
    holds: dict[Shown, ColumnElement[bool]] = {
        Shown.PERMANENTLY_TERMINATED: facts.bill_status == BillStatus.PERMANENTLY_TERMINATED,
        Shown.EXPORTED: facts.bill_status == BillStatus.EXPORTED,
        Shown.BLOCKED: facts.blocked.is_(True),
        Shown.SUSPENDED: and_(stopped, or_(until.is_(None), until <= now)),
        Shown.PROVISIONALLY_TERMINATED: facts.bill_status == BillStatus.PROVISIONALLY_TERMINATED,
        Shown.SERVICE_LIMITED: and_(running, facts.service_limited),
        Shown.CREDIT_EXCEEDED: and_(running, postpaid, facts.used_up),
        Shown.NO_AVAILABLE_FUNDS: and_(running, not_(postpaid), facts.used_up),
        Shown.SUSPENSION_LIFTED: and_(stopped, until.is_not(None), until > now),
        Shown.ACTIVE: true(),
    }
    return MappingProxyType(holds)


def shown_status(now: Instant, of: StatusColumns | None = None) -> ColumnElement[str]:
    """The shown status as a column."""
    whens = [(holds, literal_column(f"'{status.value}'", String)) for status, holds in conditions(now, of).items()]
    return case(*whens[:-1], else_=whens[-1][1]).label("shown")


def shows(those: frozenset[Shown], now: Instant) -> ColumnElement[bool]:
    """Whether one of these is shown. One alone says which bill status it comes with, so that an index is entered."""
    one = next(iter(those)) if len(those) == 1 else None
    if one in _COMES_WITH:
        return _is_shown(one, now)
    return shown_status(now).in_(sorted(those))


def _is_shown(one: Shown, now: Instant) -> ColumnElement[bool]:
    """Condition by condition: of a CASE, PostgreSQL does not know how many rows it is for.

    Whoever is suspended and shown as nothing before has a lift: its end is not asked for, or SQLite looks it up first.
    """
    holds, status = conditions(now), _COMES_WITH[one]
    own = true() if one is Shown.SUSPENSION_LIFTED else holds[one]
    before = [
        holds[other] for other in list(Shown)[: list(Shown).index(one)] if _COMES_WITH.get(other, status) is status
    ]
    return and_(Customer.bill_status == status, own, *(other.is_not(true()) for other in before))


_COMES_WITH = {
    Shown.PERMANENTLY_TERMINATED: BillStatus.PERMANENTLY_TERMINATED,
    Shown.EXPORTED: BillStatus.EXPORTED,
    Shown.SUSPENDED: BillStatus.SUSPENDED,
    Shown.PROVISIONALLY_TERMINATED: BillStatus.PROVISIONALLY_TERMINATED,
    Shown.SUSPENSION_LIFTED: BillStatus.SUSPENDED,
    Shown.ACTIVE: BillStatus.OPEN,
}


def also_holds(now: Instant) -> list[ColumnElement[bool]]:
    """One boolean column a status but Active, in order of priority: those that hold are the badges."""
    return [
        holds.label(f"is_{status.value}") for status, holds in conditions(now).items() if status is not Shown.ACTIVE
    ]


_MARKS = {status: 2**place for place, status in enumerate(Shown) if status is not Shown.ACTIVE}


def marks_of_all(now: Instant) -> ColumnElement[int]:
    """The same in one number, which `beside` reads."""
    holds = conditions(now)
    return reduce(add, (case((holds[status], mark), else_=0) for status, mark in _MARKS.items())).label("marks")


@cache
def beside(shown: str, marks: int) -> tuple[str, ...]:
    """The conditions that hold beside the shown status, the highest first."""
    return tuple(status.value for status, mark in _MARKS.items() if marks & mark and status != shown)


def effective_limit(now: Instant) -> ColumnElement[Decimal | None]:
    """The credit limit in force: the permanent one, with the temporary increase while that runs. NULL: no limit."""
    raised = Customer.credit_limit + Customer.temporary_limit
    return case((Customer.temporary_limit_until > now, raised), else_=Customer.credit_limit)


def limit_at(customer: Customer, now: datetime) -> Decimal | None:
    """The same for one customer in hand."""
    until = customer.temporary_limit_until
    runs = until is not None and until > now
    raised = customer.temporary_limit if runs else None
    return customer.credit_limit if customer.credit_limit is None else customer.credit_limit + (raised or ZERO)


def raised_since(customer: Customer, now: datetime) -> datetime:
    """From when the days of an increase count: from the first one of an unbroken row, as those of a lift; or now.

    A row is broken by a whole day without an increase. Ruling 53.
    """
    ended = customer.raise_ended_at or customer.temporary_limit_until
    is_unbroken = ended is not None and now < ended + WITHOUT_INCREASE
    return customer.first_raised_at if is_unbroken and customer.first_raised_at is not None else now


def over_limit_with(customer: Customer, balance: Decimal, now: datetime) -> Decimal:
    """How far a balance would be above the credit limit in force; zero if it is not, or if there is none."""
    limit = limit_at(customer, now)
    return ZERO if limit is None else max(balance - limit, ZERO)


def over_limit(now: Instant) -> ColumnElement[bool]:
    """Whether the customer owes more than the credit limit in force."""
    return and_(Customer.credit_limit.is_not(None), Customer.balance > effective_limit(now))


def live() -> ColumnElement[bool]:
    """All but the permanently terminated; written as a literal so that partial indexes serve it."""
    return Customer.bill_status != literal_column("'permanently_terminated'", String)

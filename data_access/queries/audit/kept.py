"""Verification of stored counts and sums: everything they contain, added up again row by row."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, func, inspect, literal, not_, or_, select

from data_access.base.money import BEYOND, ZERO, Amount
from data_access.base.statuses import BillStatus
from data_access.domain.shown_status import is_timed, live, of_customers
from data_access.models.counts import ADDED_UP, FINEST, CustomerCount, ExposureSum, KeptPart, OverdueSum, edges_by
from data_access.models.customers import BalanceControl, Customer
from data_access.models.money import Invoice
from data_access.queries.exposure.exposure import band, tenths
from data_access.store.access import Reader
from data_access.store.scope import visible

_EDGES = [Decimal(edge) for edge in edges_by(FINEST) if -BEYOND <= edge < BEYOND]
_STATUS = (
    "reseller_id",
    "currency",
    "country",
    "customer_class_id",
    "balance_control",
    "bill_status",
    "blocked",
    "service_limited",
)
_NONE = literal(ZERO, Amount)
Sums = dict[tuple[Any, ...], list[Any]]


def kept_wrongly(reader: Reader) -> Iterator[str]:
    """What kept counts and sums tell that customers and invoices do not, a sentence each; nothing is left over."""
    for says, kept, *found in (_counts(reader), _overdue(reader), _exposure(reader)):
        for sums in found:
            for group, added in sums.items():
                kept[group] = [a - b for a, b in zip(kept.get(group, [0] * len(added)), added, strict=True)]
        wrong = sum(any(difference) for difference in kept.values())
        if wrong:
            yield f"The {says} are not those of the customers: {wrong:,} of them are wrong."


def _counts(reader: Reader) -> tuple[str, Sums, Sums]:
    alike = [*_status(), of_customers(reader.now).used_up]
    counted = visible(Customer, reader.actor).where(not_(is_timed()))
    kept = _kept(reader, CustomerCount, *_STATUS, "used_up")
    return "kept counts", kept, _sums(reader, counted, alike, [literal(1), _owed()])


def _overdue(reader: Reader) -> tuple[str, Sums, Sums, Sums]:
    limit, postpaid = Customer.credit_limit, Customer.balance_control == BalanceControl.POSTPAID
    used_up = case((postpaid, and_(limit.is_not(None), Customer.balance > limit)), else_=Customer.balance >= ZERO)
    is_raised = and_(Customer.balance > limit, Customer.balance <= limit + Customer.temporary_limit)
    raised_until = case((is_raised, Customer.temporary_limit_until))
    alike = [*_status(), Customer.suspension_lifted_until, used_up, raised_until]
    is_late = or_(Customer.first_overdue_from.is_not(None), Customer.bill_status == BillStatus.SUSPENDED)
    late = visible(Customer, reader.actor).where(live(), is_late)
    unpaid = visible(Invoice, reader.actor).join(Customer, Customer.id == Invoice.customer_id)
    unpaid = unpaid.where(live(), Invoice.is_dunned)
    return (
        "kept sums of what is overdue",
        _kept(reader, OverdueSum, *_STATUS, "suspension_lifted_until", "used_up", "raised_until", "overdue_from"),
        _sums(reader, late, [*alike, Customer.first_overdue_from], [literal(1), _NONE, _owed()]),
        _sums(reader, unpaid, [*alike, Invoice.overdue_from], [literal(0), Invoice.open, _NONE]),
    )


def _exposure(reader: Reader) -> tuple[str, Sums, Sums]:
    alike = [Customer.reseller_id, Customer.currency, band(reader.now), tenths(reader.now), *_steps()]
    money = [Customer.balance, literal(1), func.coalesce(Customer.credit_limit, ZERO)]
    exposed = visible(Customer, reader.actor).where(live(), Customer.temporary_limit_until.is_(None))
    found = _sums(reader, exposed, alike, money)
    kept = _kept(reader, ExposureSum, "reseller_id", "currency", "band", "tenths", "limit_from", "balance_from")
    return "kept sums of exposure", kept, {(*key[:-2], *map(_edge, key[-2:])): sums for key, sums in found.items()}


@cache
def _steps() -> list[ColumnElement[int | None]]:
    """Of limit and balance: hundreds of conditions, put together once and not for each verification."""
    return [
        case((Customer.credit_limit.is_(None), None), else_=_step_of(amount, _EDGES))
        for amount in (Customer.credit_limit, Customer.balance)
    ]


def _edge(step: int | None) -> Decimal | None:
    return None if step is None else _EDGES[step]


def _step_of(amount: SQLColumnExpression[Any], edges: Sequence[Decimal], first: int = 0) -> ColumnElement[int]:
    """The number of the step that holds an amount: its lower edge belongs to it, its upper one does not.

    Halved again and again, so that an amount is compared with a handful of edges and not with all.
    """
    if len(edges) == 1:
        return literal(first)
    middle = len(edges) // 2
    lower, upper = _step_of(amount, edges[:middle], first), _step_of(amount, edges[middle:], first + middle)
    return case((amount < edges[middle], lower), else_=upper)


def _status() -> list[Any]:
    return [getattr(Customer, name) for name in _STATUS]


def _owed() -> ColumnElement[Decimal]:
    return case((Customer.balance > ZERO, Customer.balance), else_=_NONE)


def _kept(reader: Reader, model: type[KeptPart], *groups: str) -> Sums:
    adds = sorted({column.key for column in inspect(model).columns} & ADDED_UP)
    columns = ([getattr(model, name) for name in names] for names in (groups, adds))
    return _sums(reader, visible(model, reader.actor), *columns)


def _sums(reader: Reader, rows: Select[Any], alike: Sequence[Any], adds: Sequence[Any]) -> Sums:
    """What rows that are alike come to, added up."""
    named = [column.label(f"alike_{number}") for number, column in enumerate(alike)]
    added = [column.label(f"adds_{number}") for number, column in enumerate(adds)]
    each = rows.with_only_columns(*named, *added).subquery()
    groups = [each.c[column.key] for column in named]
    query = select(*groups, *(func.sum(each.c[column.key]) for column in added)).group_by(*groups)
    return {tuple(row[: len(groups)]): list(row[len(groups) :]) for row in reader.session.execute(query)}

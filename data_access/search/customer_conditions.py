"""Customer conditions: the SQL of filters and of Advanced search, one expression each."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, exists, func, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from data_access.base.clock import Instant, Present
from data_access.base.labelled import Labelled
from data_access.base.money import ZERO
from data_access.base.text.text_keys import fold
from data_access.domain.shown_status import effective_limit, of_customers
from data_access.models.card.tags import CustomerTag, Tag
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.counts import CustomerCount, OverdueSum
from data_access.models.customers import BalanceControl, Customer
from data_access.models.money import Invoice
from data_access.models.people import Reseller
from data_access.search import local_days

OWN = "-"  # a customer of the operator itself, not of a reseller


class Limit(Labelled):
    """What can be asked about a credit limit besides its use."""

    OVER = "over", "over the credit limit"
    NONE = "none", "no credit limit"


def use_at_least(share: Decimal, now: Instant) -> ColumnElement[bool]:
    """At least this much of the credit limit in force is used, in per cent; any debt uses up a limit of zero."""
    limit, used, whole = _multiplied(share, now)
    return and_(used >= whole, or_(limit > ZERO, Customer.balance > ZERO))


def use_below(share: Decimal, now: Instant) -> ColumnElement[bool]:
    """Less than this much of the credit limit in force is used; credits count as less than nothing."""
    limit, used, whole = _multiplied(share, now)
    return or_(and_(limit > ZERO, used < whole), and_(limit == ZERO, Customer.balance <= ZERO))


def use_exactly(share: Decimal, now: Instant) -> ColumnElement[bool]:
    """Just this much of the credit limit in force is used; of a limit of zero there is no share."""
    limit, used, whole = _multiplied(share, now)
    return and_(limit > ZERO, used == whole)


def _multiplied(share: Decimal, now: Instant) -> tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[Any]]:
    """The limit; balance and share of the limit, both multiplied out: a division would be wrong at the edges."""
    part, parts = (share / 100).as_integer_ratio()
    limit = effective_limit(now)
    return limit, type_coerce(Customer.balance, BigInteger) * parts, type_coerce(limit, BigInteger) * part


def limit_is(limit: Limit, now: Instant) -> ColumnElement[bool]:
    """Over it is asked as the status asks, so that kept counts and sums tell it."""
    if limit is Limit.OVER:
        return and_(by_the_order(Customer.balance_control) == BalanceControl.POSTPAID, of_customers(now).used_up)
    return and_(Customer.credit_limit.is_(None), Customer.balance_control == BalanceControl.POSTPAID)


def is_one_of(column: InstrumentedAttribute[Any], values: frozenset[Any] | Select[Any]) -> ColumnElement[bool]:
    """One value is looked up in an index that has it in the order of the list; of several, it has each apart."""
    return is_this(column, *values) if isinstance(values, frozenset) and len(values) == 1 else (
        by_the_order(column).in_(values)
    )  # fmt: skip


def is_this(column: InstrumentedAttribute[Any], value: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.expression == value
    return found


def by_the_order(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The column so written that none of its indexes is entered: the list is read in its order, as far as a page."""
    return func.coalesce(column, column)


def has_invoices(wanted: bool) -> ColumnElement[bool]:
    any_invoice = exists().where(Invoice.customer_id == Customer.id).correlate(Customer)
    return any_invoice if wanted else ~any_invoice


def class_is(names: frozenset[str]) -> ColumnElement[bool]:
    keys = [fold(name) for name in names]
    named = select(CustomerClass.id).where(CustomerClass.name_key.in_(keys))
    of = Customer.customer_class_id
    return is_this(of, named.scalar_subquery()) if len(keys) == 1 else is_one_of(of, named)


def tagged(names: frozenset[str] | None) -> ColumnElement[bool]:
    """Whether a customer has one of these tags; None: any tag."""
    theirs = exists().where(CustomerTag.customer_id == Customer.id, CustomerTag.removed_at.is_(None))
    if names is not None:
        keys = [fold(name) for name in names]
        theirs = theirs.where(Tag.id == CustomerTag.tag_id, Tag.name_key.in_(keys))
    return theirs.correlate(Customer)


def reseller_is(names: frozenset[str]) -> ColumnElement[bool]:
    keys = [fold(name) for name in names if name != OWN]
    theirs = exists().where(Reseller.id == Customer.reseller_id, Reseller.name_key.in_(keys))
    theirs = theirs.correlate(Customer, CustomerCount, OverdueSum)
    return or_(theirs, Customer.reseller_id.is_(None)) if OWN in names else theirs


def overdue_over(count: int, now: datetime | Present) -> ColumnElement[bool]:
    """More than so many calendar days late where the customer is billed, as the table counts them.

    Those who are late at all are found in the order of the list, and few of them are not late for so long.
    """
    late_from = by_the_order(Customer.first_overdue_from)
    is_late = and_(Customer.first_overdue_from.is_not(None), late_from <= now)
    return and_(is_late, late_from <= local_days.days_ago(count, now))


def lift_ends_within(count: int, now: datetime | Present) -> ColumnElement[bool]:
    until = Customer.suspension_lifted_until
    return and_(until.is_not(None), until > now, until <= local_days.days_ago(-count, now))


def terminates_within(count: int, now: datetime | Present) -> ColumnElement[bool]:
    """By the end of that day where the customer is billed."""
    latest = local_days.day_of(now) + timedelta(days=count + 1)
    return and_(Customer.terminate_on <= latest, Customer.terminate_on <= local_days.today(now, count))

"""What is measured over a large book: the works of its pages that are data access, each a query as a page asks it."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, func, select

from data_access.base.statuses import BillStatus
from data_access.domain.shown_status import Shown, live
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.queries.audit.audit import AuditChoices, FindChanges, FindCommands
from data_access.queries.audit.audit_filter import AuditFilter
from data_access.queries.billing.invoices import FindInvoices
from data_access.queries.billing.ledger import BalanceHistory, FindTransactions
from data_access.queries.collections.cases import FindCases
from data_access.queries.collections.sums import CollectionTotals, OwedByCurrency
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.exposure.exposed_customers import ExposurePoints
from data_access.queries.exposure.exposure import ExposureBins, ExposureTotals, UtilisationHistogram
from data_access.queries.finder.find import FindQuick
from data_access.queries.forecast.customer_forecast import WhatHappensNext
from data_access.queries.jobs.retention_rows import ErasuresAhead, GoneLately
from data_access.queries.lists.counts import BlockedCount, CountBefore, HiddenMatches, ShownCounts
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.lists.further import FurtherMatches
from data_access.queries.pagination.by_key import Sort
from data_access.queries.pagination.pages import Cursor, Direction
from data_access.queries.planned.planned import PeriodsClosing, PlannedChanges
from data_access.queries.status.why import WhyThisState
from data_access.queries.timeline.timeline import Timeline
from data_access.search.customer_conditions import Limit
from data_access.search.filters import LISTED, CustomerFilter
from data_access.search.text_match import Match
from data_access.store.access import Query

Work = tuple[str, Query[Any]]
F = CustomerFilter
_RARE = "JPY"


def works(engine: Engine) -> list[Work]:
    """All of them, asked of customers that are in this book."""
    with engine.connect() as connection:
        known = _Known(connection)
    return [*_lists(known), *_counts(known), *_searches(known), *_customer(known), *_reports(), *_audit(known)]


class _Known:
    """What the works ask for: places in the list, a class, a customer that is late and one that is suspended."""

    def __init__(self, connection: Any) -> None:
        named = select(Customer.name_key, Customer.id).where(live())
        whole = connection.scalar(select(func.count(Customer.id)))
        by_name = named.order_by(Customer.name_key, Customer.id).limit(1)
        self.thousandth, self.far = (
            str(Cursor(tuple(connection.execute(by_name.offset(skipped)).one())))
            for skipped in (min(25_000, whole // 3), whole // 2)
        )
        some_class = select(CustomerClass.name).where(CustomerClass.currency == "EUR").order_by(CustomerClass.id)
        self.class_name = connection.scalars(some_class.limit(1)).one()
        suspended = select(Customer).where(Customer.bill_status == BillStatus.SUSPENDED).order_by(Customer.id.desc())
        self.suspended = connection.execute(suspended.limit(1)).one()


def _lists(known: _Known) -> Iterator[Work]:
    after = {"direction": Direction.AFTER, "cursor": known.thousandth}
    yield "list: first page", FindCustomers()
    yield "list: page 1,000", FindCustomers(**after)
    yield "list: page before it", FindCustomers(**after | {"direction": Direction.BEFORE})
    yield "list: page before a far one", FindCustomers(direction=Direction.BEFORE, cursor=known.far)
    yield "list: last page", FindCustomers(direction=Direction.LAST)
    yield from ((f"list: {sort.label}", FindCustomers(sort=sort)) for sort in Sort if sort is not Sort.NAME)
    both = F(customer_class=frozenset((known.class_name,)), currency=frozenset(("EUR",)))
    for name, wanted in {
        "suspended": F(status=frozenset((Shown.SUSPENDED,))),
        "suspension lifted": F(status=frozenset((Shown.SUSPENSION_LIFTED,))),
        "active": F(status=frozenset((Shown.ACTIVE,))),
        "exported": F(status=frozenset((Shown.EXPORTED,))),
        "overdue over 10 days": F(overdue_over=10),
        "a rare currency": F(currency=frozenset((_RARE,))),
        "class and currency": both,
        "class and currency that exclude each other": replace(both, currency=frozenset((_RARE,))),
        "country": F(country=frozenset(("JP",))),
        "balance from 5,000, by name": F(balance_from=Decimal(5_000)),
        "lift ends within a day": F(lift_ends_within=1),
        "terminates within 8 days": F(terminates_within=8),
    }.items():
        yield f"list: {name}", FindCustomers(wanted)
    yield "list: suspended, by balance", FindCustomers(F(status=frozenset((Shown.SUSPENDED,))), sort=Sort.BALANCE)
    yield "list: country, newest", FindCustomers(F(country=frozenset(("JP",))), sort=Sort.NEWEST)
    yield "list: a rare currency, by balance", FindCustomers(F(currency=frozenset((_RARE,))), sort=Sort.BALANCE)


def _counts(known: _Known) -> Iterator[Work]:
    both = F(customer_class=frozenset((known.class_name,)), currency=frozenset(("EUR",)))
    yield "counts by status", ShownCounts()
    yield "counts by status: class and currency", ShownCounts(both)
    yield "counts by status: country", ShownCounts(F(country=frozenset(("JP",))))
    yield "counts by status: contains", ShownCounts(F(q="berg", match=Match.CONTAINS))
    yield "count of the blocked", BlockedCount()
    for status in (Shown.BLOCKED, Shown.CREDIT_EXCEEDED, Shown.SUSPENSION_LIFTED, Shown.ACTIVE):
        yield f"sums of a list: {status.label}", OwedByCurrency(F(status=frozenset((status,))))
    yield "sums of a list: balance from 5,000", OwedByCurrency(F(balance_from=Decimal(5_000)))
    yield "sums of a list: over the credit limit", OwedByCurrency(F(limit=Limit.OVER))
    yield "count before page 1,000", CountBefore(LISTED, None, known.thousandth)
    yield "count of the hidden", HiddenMatches(F(q="zzzq"))


def _searches(known: _Known) -> Iterator[Work]:
    one = known.suspended
    for name, text in {"a name": one.name_key, "7 digits": one.phone_key[-7:], "nothing": "zzzqxq"}.items():
        yield f"list contains {name}", FindCustomers(F(q=text, match=Match.CONTAINS))
    yield "list starts with a name", FindCustomers(F(q=one.name_key))
    for name, text in {"in few names": "berg", "in many e-mails": "example", "nothing": "zzzqxq"}.items():
        yield f"further matches: {name}", FurtherMatches(F(q=text))
    for name, text in {
        "Customer ID": one.customer_code, "name": one.name_key, "phone": one.phone, "nothing": "zzzqxq",
    }.items():  # fmt: skip
        yield f"finder: {name}", FindQuick(text)


def _customer(known: _Known) -> Iterator[Work]:
    key = known.suspended.id
    yield "customer: head", CustomerHead(key)
    yield "customer: why", WhyThisState(key)
    yield "customer: next", WhatHappensNext(key)
    yield "customer: history", BalanceHistory(key)
    yield "customer: timeline", Timeline(key)
    yield "customer: invoices", FindInvoices(key)
    yield "customer: transactions", FindTransactions(key)


def _reports() -> Iterator[Work]:
    yield "Collections: totals", CollectionTotals()
    yield "Collections: first page", FindCases()
    yield "Credit exposure: totals", ExposureTotals("EUR")
    yield "Credit exposure: histogram", UtilisationHistogram("EUR")
    yield "Credit exposure: cells", ExposureBins("EUR")
    yield "Credit exposure: points", ExposurePoints("EUR")
    yield "Planned changes: 14 days", PlannedChanges(14, limit=1000)
    yield "Planned changes: periods closing in 14 days", PeriodsClosing(14)
    yield "Retention: erased next", ErasuresAhead()
    yield "Retention: erased or archived last", GoneLately()


def _audit(known: _Known) -> Iterator[Work]:
    code = known.suspended.customer_code
    yield "audit: choices", AuditChoices()
    yield "audit: commands", FindCommands()
    yield "audit: commands of one customer", FindCommands(AuditFilter(customer=code))
    yield "audit: changes of one customer", FindChanges(AuditFilter(customer=code))
    yield "audit: a kind that nobody did", FindCommands(AuditFilter(kind="PurgeCustomer"))
    yield "audit: a field", FindChanges(AuditFilter(field="Customer.credit_limit"))
    yield "audit: a field that never changed", FindChanges(AuditFilter(field="Customer.fax"))

"""Rules that stand twice, in Python for one customer in hand and in SQL for many: at every bound both say the same."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, Engine, Table, and_, bindparam, label, literal, or_, select, update
from sqlalchemy import inspect as mapped
from sqlalchemy.ext.hybrid import HybridExtensionType
from sqlalchemy.orm import Session

import data_access
from data_access.base.clock import day_in, days_before, start_of
from data_access.base.engine import Door
from data_access.base.permissions import SYSTEM
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.domain import retention, shown_status
from data_access.domain.collections.visiting import lift_ends
from data_access.domain.lifecycle import facts_of
from data_access.domain.limit_use import band_of
from data_access.domain.shown_status import Shown
from data_access.domain.usage.usage_authorization import refusal_of_use
from data_access.models.base import Base
from data_access.models.customers import BalanceControl, Customer
from data_access.models.money import CollectionStatus, Invoice, PaymentStatus
from data_access.queries.collections import collections
from data_access.queries.collections.collections import Queue
from data_access.queries.exposure import exposure
from data_access.queries.jobs.lifecycle_due import DueTerminations
from data_access.queries.lists import customers as lists
from data_access.search import customer_conditions, derived_figures, local_days, search_fields
from data_access.search.operations import Operation
from data_access.services.facts.spending_limits import use_at
from data_access.store.access import Access
from tests.support.builders import a_customer, an_invoice
from tests.support.examples import examples

STOPPING = (
    Shown.PERMANENTLY_TERMINATED, Shown.EXPORTED, Shown.BLOCKED, Shown.SUSPENDED, Shown.PROVISIONALLY_TERMINATED,
    Shown.CREDIT_EXCEEDED, Shown.NO_AVAILABLE_FUNDS,
)  # fmt: skip
INSTANT, DAY = timedelta(microseconds=1), timedelta(days=1)
ZONES = ("UTC", "Pacific/Auckland", "Pacific/Honolulu", "Pacific/Kiritimati", "Asia/Kathmandu", "America/St_Johns")
UNITS = {"EUR": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}
FINEST = Decimal("0.00001")
DAYS = (date(2026, 3, 29), date(2026, 5, 31), date(2026, 9, 27), date(2028, 2, 29))  # clocks move, months end
MONTHS = 6
COUNTS = (0, 2)
SHARES = (Decimal(80), Decimal(100), Decimal("33.3"))

Row = dict[str, Any]


@dataclass(frozen=True)
class Twin:
    """A rule in SQL and the same in Python; `given`: what both are asked with, beside the instant."""

    sql: Callable[..., ColumnElement[Any]]
    python: Callable[..., object]
    given: tuple[Any, ...] = ()

    def column(self, now: datetime) -> ColumnElement[Any]:
        return self.sql(*self.given, now)

    def says(self, customer: Customer, now: datetime) -> object:
        return self.python(*self.given, customer, now)


def hybrids(model: type[Base]) -> Iterator[Twin]:
    """What a model says of its rows in both languages."""
    for name, found in mapped(model).all_orm_descriptors.items():
        if found.extension_type in HybridExtensionType and not name.startswith("_"):
            asked = partial(of, name, is_asked_when=found.extension_type is HybridExtensionType.HYBRID_METHOD)
            yield Twin(partial(asked, model), asked)


def of(name: str, subject: Any, now: datetime, *, is_asked_when: bool) -> Any:
    return getattr(subject, name)(now) if is_asked_when else getattr(subject, name)


def limit(customer: Customer, now: datetime) -> Decimal | None:
    return shown_status.limit_at(customer, now)


def is_over_limit(customer: Customer, now: datetime) -> bool:
    return shown_status.over_limit_with(customer, customer.balance, now) > 0


def use(customer: Customer, now: datetime) -> Any:
    return use_at(customer, now)  # no daily limit is set


def may_not_use(customer: Customer, now: datetime) -> bool:
    return refusal_of_use(use(customer, now), Decimal(0)) is not None


def holds(shown: Shown, now: datetime) -> ColumnElement[bool]:
    return shown_status.conditions(now)[shown]


def stops(now: datetime) -> ColumnElement[bool]:
    return or_(*(holds(shown, now) for shown in STOPPING))


def is_stopped(_shown: Shown, customer: Customer, now: datetime) -> bool:
    return bool(use(customer, now).is_stopped)


def is_live(customer: Customer, _now: datetime) -> bool:
    return customer.bill_status is not BillStatus.PERMANENTLY_TERMINATED


def used(customer: Customer, now: datetime, share: Decimal) -> int:
    """Below, at or above a share of the limit in force; any debt uses up a limit of zero, and no limit is none used."""
    most = limit(customer, now)
    if most is None:
        return 0
    if most == 0:
        return 1 if customer.balance > 0 else -1
    return 1 if customer.balance * 100 >= share * most else -1


def uses_at_least(share: Decimal, customer: Customer, now: datetime) -> bool:
    return used(customer, now, share) > 0


def uses_exactly(share: Decimal, customer: Customer, now: datetime) -> bool:
    most = limit(customer, now)
    return bool(most) and customer.balance * 100 == share * (most or 0)


def available(customer: Customer, now: datetime) -> Decimal | None:
    return lists.available(customer.balance_control, customer.balance, limit(customer, now))


def uses_less(share: Decimal, customer: Customer, now: datetime) -> bool:
    return used(customer, now, share) < 0


def band(customer: Customer, now: datetime) -> str:
    is_prepaid = customer.balance_control is BalanceControl.PREPAID
    return band_of(customer.balance, limit(customer, now), prepaid=is_prepaid)


def is_lifted(_shown: Shown, customer: Customer, now: datetime) -> bool:
    return customer.suspension_lifted_until is not None and not lift_ends(facts_of(customer), now)


def queue(customer: Customer, now: datetime) -> str | None:
    if customer.bill_status is BillStatus.SUSPENDED:
        return Queue.LIFTED if is_lifted(Shown.SUSPENSION_LIFTED, customer, now) else Queue.SUSPENDED
    return Queue.OVERDUE if customer.is_overdue(now) else None


def is_late_over(days: int, customer: Customer, now: datetime) -> bool:
    since = customer.first_overdue_from
    if since is None or not customer.is_overdue(now):
        return False
    return (day_in(customer.billing_zone, now) - day_in(customer.billing_zone, since) + DAY).days > days


def is_lifted_for(days: int, customer: Customer, now: datetime) -> bool:
    until = customer.suspension_lifted_until
    return until is not None and now < until <= days_before(now, -days, customer.billing_zone)


def ends_within(days: int, customer: Customer, now: datetime) -> bool:
    on = customer.terminate_on
    return on is not None and on <= day_in(customer.billing_zone, now) + days * DAY


def is_raised(customer: Customer, now: datetime) -> bool:
    return limit(customer, now) != customer.credit_limit


def raised(now: datetime) -> ColumnElement[bool]:
    return and_(
        search_fields.FIELDS["temporary_limit_ends"].asks[Operation.IS_NOT_EMPTY](None, now),
        Customer.credit_limit.is_not(None),
        Customer.temporary_limit > Decimal(0),
    )


def ended(now: datetime) -> ColumnElement[bool]:
    return retention.over(literal(MONTHS), [MONTHS], now)


def is_ended(customer: Customer, now: datetime) -> bool:
    return retention.is_over(customer, MONTHS, now)


def over_its_limit(now: datetime) -> ColumnElement[bool]:
    return customer_conditions.limit_is(customer_conditions.Limit.OVER, now)


def local_day(customer: Customer, now: datetime) -> date:
    return day_in(customer.billing_zone, now)


def as_late_before(days: int, customer: Customer, now: datetime) -> datetime:
    return days_before(now, days, customer.billing_zone)


def created_from(on: date, _now: datetime) -> ColumnElement[bool]:
    return local_days.is_from(Customer.created_at, on)


def created_before(on: date, _now: datetime) -> ColumnElement[bool]:
    return local_days.is_before(Customer.created_at, on)


def is_created_from(on: date, customer: Customer, _now: datetime) -> bool:
    return day_in(customer.billing_zone, customer.created_at) >= on


def is_created_before(on: date, customer: Customer, _now: datetime) -> bool:
    return day_in(customer.billing_zone, customer.created_at) < on


TWINS = (
    *hybrids(Customer),
    Twin(shown_status.effective_limit, limit),
    Twin(shown_status.over_limit, is_over_limit),
    Twin(lambda _now: shown_status.live(), is_live),
    Twin(holds, is_stopped, (Shown.SUSPENDED,)),
    Twin(holds, is_lifted, (Shown.SUSPENSION_LIFTED,)),
    Twin(stops, may_not_use),
    Twin(exposure.band, band),
    Twin(collections.queue_of, queue),
    Twin(over_its_limit, is_over_limit),
    Twin(raised, is_raised),
    Twin(ended, is_ended),
    Twin(local_days.today, local_day),
    Twin(local_days.days_ago, as_late_before, (30,)),
    *(Twin(created_from, is_created_from, (on,)) for on in DAYS),
    *(Twin(created_before, is_created_before, (on,)) for on in DAYS),
    *(Twin(customer_conditions.overdue_over, is_late_over, (days,)) for days in COUNTS),
    *(Twin(customer_conditions.lift_ends_within, is_lifted_for, (days,)) for days in COUNTS),
    *(Twin(customer_conditions.terminates_within, ends_within, (days,)) for days in COUNTS),
    *(Twin(customer_conditions.use_at_least, uses_at_least, (share,)) for share in SHARES),
    *(Twin(customer_conditions.use_below, uses_less, (share,)) for share in SHARES),
    *(Twin(customer_conditions.use_exactly, uses_exactly, (share,)) for share in SHARES),
    Twin(derived_figures.available_funds, available),
)

NEARLY = st.sampled_from((-FINEST, Decimal(0), FINEST))
NEAR = st.sampled_from((-INSTANT, timedelta(), INSTANT))
NOWS = st.builds(
    lambda on, zone, off: start_of(on, zone) + off,
    st.sampled_from(DAYS),
    st.sampled_from(ZONES),
    st.sampled_from((-INSTANT, timedelta(), INSTANT, timedelta(hours=12))),
)


@st.composite
def facts(draw: st.DrawFn, now: datetime) -> Row:
    """The facts of a customer, each near a bound of some rule."""
    status, zone = draw(st.sampled_from(BillStatus)), draw(st.sampled_from(ZONES))
    today = day_in(zone, now)
    is_prepaid, unit = draw(st.booleans()), draw(st.sampled_from((*UNITS.values(), FINEST)))
    most = None if is_prepaid else draw(st.sampled_from((None, Decimal(0), 10 * unit, Decimal(1000))))
    more = draw(st.sampled_from((Decimal(0), unit, Decimal(500))))
    bounds = (
        Decimal(0),
        most or unit,
        (most or unit) + more,
        (most or unit) * 8 / 10,
        ((most or unit) + more) * 8 / 10,
    )
    days = st.integers(-3, 9).map(lambda count: today + count * DAY)
    is_suspended, is_over = status is BillStatus.SUSPENDED, status is BillStatus.PERMANENTLY_TERMINATED
    moments = st.none() | NEAR.map(lambda off: now + off) | days.map(lambda on: start_of(on, zone))
    ends_on = draw(days if status is BillStatus.PROVISIONALLY_TERMINATED else st.none() | days)
    return {
        "bill_status": status,
        "billing_zone": zone,
        "blocked": draw(st.booleans()),
        "balance_control": BalanceControl.PREPAID if is_prepaid else BalanceControl.POSTPAID,
        "credit_limit": most,
        "temporary_limit": more,
        "temporary_limit_until": draw(st.none() | NEAR.map(lambda off: now + off)),
        "balance": draw(st.sampled_from(bounds)).quantize(FINEST) + draw(NEARLY),
        "suspended_at": now - DAY if is_suspended else None,
        "suspension_cause": SuspensionCause.COLLECTION if is_suspended else None,
        "suspension_lifted_until": draw(moments) if is_suspended else None,
        "first_lifted_on": today if is_suspended else None,
        "first_overdue_from": draw(moments),
        "provisionally_terminated_at": now if status is BillStatus.PROVISIONALLY_TERMINATED else None,
        "terminate_on": ends_on,
        "terminated_at": retention.months_before(now, MONTHS) + draw(NEAR) if is_over else None,
        "exported_at": now if status is BillStatus.EXPORTED else None,
        "created_at": start_of(draw(st.sampled_from(DAYS)), zone) + draw(NEAR),
    }


def keep(engine: Engine, rows: Sequence[Row]) -> None:
    """Writes the facts over customers, round all commands: what is asked here is how they are read."""
    table = Customer.__table__
    assert isinstance(table, Table)
    change = update(table).where(table.c.id == bindparam("key"))
    with engine.execution_options(door=Door(is_open=True)).begin() as connection:
        connection.execute(change.values({name: bindparam(name) for name in rows[0] if name != "key"}), rows)


def differences(engine: Engine, now: datetime) -> list[str]:
    """Where SQL and Python say something else about a customer."""
    asked = select(Customer, *(twin.column(now).label(f"t{number}") for number, twin in enumerate(TWINS)))
    with Session(engine) as session:
        found = session.execute(asked.order_by(Customer.id)).all()
    judged = [
        (twin, customer, twin.says(customer, now), said)
        for customer, *columns in found
        for twin, said in zip(TWINS, columns, strict=True)
    ]
    return [
        f"{twin} of {customer.id}: {judgement}, in SQL {said}"
        for twin, customer, judgement, said in judged
        if judgement != (bool(said) if isinstance(judgement, bool) else said)
    ]


def test_sql_and_python_judge_every_customer_alike(engine: Engine) -> None:
    keys = [a_customer(engine, currency=currency) for currency in [*UNITS] * 12]

    @given(st.data())
    @settings(max_examples=examples(6), phases=(Phase.generate,))
    def alike(data: st.DataObject) -> None:
        now = data.draw(NOWS)
        keep(engine, [data.draw(facts(now)) | {"key": key} for key in keys])
        assert differences(engine, now) == []
        assert due(engine, now) == {one.id for one in kept(engine) if is_live(one, now) and ends_within(0, one, now)}

    alike()


def kept(engine: Engine) -> Sequence[Customer]:
    with Session(engine) as session:
        return session.scalars(select(Customer)).all()


def due(engine: Engine, now: datetime) -> set[int]:
    return set(Access(engine, SYSTEM, lambda: now).fetch(DueTerminations()))


@pytest.mark.parametrize("off", [-INSTANT, timedelta(), INSTANT])
def test_sql_and_python_judge_every_invoice_alike(engine: Engine, off: timedelta) -> None:
    customer = a_customer(engine)
    stood = [an_invoice(engine, customer, collection_status=one) for one in CollectionStatus for _ in PaymentStatus]
    table = Invoice.__table__
    assert isinstance(table, Table)
    with engine.execution_options(door=Door(is_open=True)).begin() as connection:
        for key, status in zip(stood, [*PaymentStatus] * 2, strict=True):
            connection.execute(update(table).where(table.c.id == key).values(payment_status=status))
    with Session(engine) as session:
        now = session.scalars(select(Invoice.overdue_from)).first() + off
        twins = list(hybrids(Invoice))
        for invoice, *said in session.execute(select(Invoice, *(label(None, twin.column(now)) for twin in twins))):
            assert said == [twin.says(invoice, now) for twin in twins]


def test_every_rule_of_a_model_is_tried_here() -> None:
    assert {mapper.class_ for mapper in Base.registry.mappers if list(hybrids(mapper.class_))} == {Customer, Invoice}


HELD_ABOVE = {
    "shown_status.effective_limit", "shown_status.over_limit", "shown_status.live",
    "shown_status.shown_status",
    "shown_status.also_holds", "shown_status.marks_of_all",
    "local_days.today", "local_days.days_ago", "local_days.is_from", "local_days.is_before",
    "local_days._begins", "local_days._by_zone", "customer_conditions.use_at_least", "customer_conditions.use_below",
    "customer_conditions.use_exactly", "derived_figures.available_funds", "customer_conditions._multiplied",
    "customer_conditions.limit_is", "customer_conditions.overdue_over",
    "customer_conditions.lift_ends_within", "customer_conditions.terminates_within",
    "retention.over",
    "collections.queues", "collections.queue_of", "exposure.band",
    "lifecycle_due._has_begun",
}  # fmt: skip
ALONE = {
    "which rows a list or a search finds: nobody in hand is asked the same": {
        "customer_conditions.class_is", "customer_conditions.has_invoices", "customer_conditions.reseller_is",
        "customer_conditions.tagged", "customer_conditions.is_one_of", "customer_conditions.is_this",
        "customer_conditions.by_the_order", "shown_status.shows", "shown_status._is_shown",
        "search_fields._promised", "operations._not", "operations._both", "operations.compared",
        "operations.empty", "search_fields._moment",
        "declared_search._matches", "declared_search._compares", "derived_figures.overdue_amount",
        "derived_figures.balance_change", "derived_figures.broken_promises", "derived_figures._sum_of",
        "search_fields._subscribed",
        "search_fields.subscription_runs", "text_match._compared", "text_match._every",
        "text_match._held", "text_match._in_index", "customers._first_plan",
        "text_match._like", "text_match._starts_a_word", "text_match.any_begins", "text_match.any_holds",
        "text_match.any_matches",
        "finding.found_by", "text_match.login_holds", "trigrams.held_by",
        "kept_counts.asked_of_counts", "kept_counts.asked_of_few", "kept_counts.asked_of_kept",
        "kept_counts.said_of_kept", "shown_status.is_timed",
        "text_match.key_matches", "text_match.loosely", "text_match.text_matches", "further._holds", "further._size",
        "audit._is_field",
    },
    "where a row stands in an order or a chart": {
        "timeline_kinds._issued_below",
        "kept._owed", "kept._step_of", "exposure.tenths", "exposure._word",
        "money.ratio",
    },
    "how a column is read, or whose rows one sees": {
        "customers.now_for",
        "masking.unmasked", "stored.as_stored", "scope.reaches", "books._archived", "columns._plainly",
        "books._parts", "scope._everyone",
        "scope._of_own_customer", "scope._of_own_reseller", "wallets_of_customer.covered_by",
    },
    "rows that no rule in Python looks at": {
        "attempts._recent_failures", "outbox_delivery._has_predecessor", "outbox_delivery._is_awake",
        "counts._size", "numbers._begins", "text_match.folded_matches",
        "text_match._beside", "references._is_main_office", "text_match.login_holds",
        "outbox_delivery._is_due", "paid_when._outcome", "export_files._to_be_written", "export_files._to_be_cleared",
        "outbox_delivery._is_for", "drafts._this", "wallets_of_customer.is_charged",
        "wallets_of_customer.used_of_top_up",
    },
    "what may be due: each is then asked in Python": {
        "periods._lags", "wallets._comes", "steps_taken.notice_waits",
    },
}  # fmt: skip


def rules_in_sql() -> Iterator[str]:
    """The functions that give a condition or another column."""
    for found in pkgutil.walk_packages(data_access.__path__, "data_access."):
        if "migrations" in found.name or found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == found.name and "ColumnElement" in str(function.__annotations__.get("return")):
                yield f"{found.name.rpartition('.')[2]}.{name}"


def test_somebody_decided_whether_each_rule_in_sql_has_a_twin() -> None:
    assert set(rules_in_sql()) == HELD_ABOVE.union(*ALONE.values())

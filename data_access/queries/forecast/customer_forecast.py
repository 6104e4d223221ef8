"""What happens next to one customer by itself, dated, as far as the present terms and facts tell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from data_access.base.clock import time_in_words
from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.domain.collections.dunning import InvoiceCase
from data_access.domain.lifecycle import STATUS_FACTS, facts_of
from data_access.models.collection import Promise, PromiseState
from data_access.models.customers import Customer, CustomerClass
from data_access.models.history import InvoiceRequest, PlannedMove, PlanState, RequestState
from data_access.queries.customer_context import CALLED, AnyRow
from data_access.queries.forecast.forecast_steps import ForecastStep, Foreseen, Outlook, Plan, steps_ahead
from data_access.services.facts.cases import cases_of
from data_access.services.facts.fees_of_customer import wait_of
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

BILLED = (BillStatus.OPEN, BillStatus.SUSPENDED, BillStatus.PROVISIONALLY_TERMINATED)
LIMIT_ENDS = "The temporary increase of the credit limit by {amount} ends."
_LIMIT = 100
WITHIN = timedelta(hours=1)  # a midterm invoice comes within the hour of its request


@dataclass(frozen=True)
class WhatHappensNext(Query[tuple[ForecastStep, ...]]):
    """The automatic steps ahead of a customer, soonest first, if nobody pays and nobody decides anything.

    Here alone is told when a wait for funds ends without a payment: it takes all the fees of the customer to know.
    """

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[ForecastStep, ...]:
        rows = situations(reader, [self.customer_id])
        if not rows:
            raise NotFound(CALLED)
        row, outlook = rows[0]
        outlook = replace(outlook, funded_on=_funded_on(reader, row))
        return tuple(sorted([*steps_ahead(outlook), *_beside(reader, row, outlook)], key=lambda one: one.at))


def _funded_on(reader: Reader, row: AnyRow) -> date | None:
    if row.suspension_cause is not SuspensionCause.INSUFFICIENT_FUNDS:
        return None
    mine = visible(Customer, reader.actor).where(Customer.id == row.id)
    return wait_of(reader, reader.session.scalars(mine).one()).ends_on


def situations(reader: Reader, customer_ids: Sequence[int]) -> list[tuple[AnyRow, Outlook]]:
    """The customers that the actor may see, each with what its steps follow from."""
    query = (
        visible(Customer, reader.actor)
        .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
        .where(Customer.id.in_(customer_ids))
        .with_only_columns(
            *(getattr(Customer, name) for name in STATUS_FACTS),
            Customer.id,
            Customer.billing_zone,
            Customer.currency,
            Customer.closes_at,
            Customer.period_from,
            Customer.period_to,
            Customer.temporary_limit,
            Customer.temporary_limit_until,
            CustomerClass.reactivation_window_days,
        )
        .order_by(Customer.id)
    )
    rows = reader.session.execute(query).all()
    ids = [row.id for row in rows]
    cases, plans = cases_of(reader.session, reader.actor, ids, reader.now), _plans(reader, ids)
    return [(row, _outlook(reader, row, cases.get(row.id, []), plans.get(row.id, []))) for row in rows]


def ahead_of(reader: Reader, customer_ids: Sequence[int]) -> dict[int, list[ForecastStep]]:
    """The steps of status and collection ahead of these customers, each with its own in order."""
    rows = situations(reader, customer_ids) if customer_ids else []
    return {row.id: steps_ahead(outlook) for row, outlook in rows}


def _plans(reader: Reader, ids: list[int]) -> dict[int, list[Plan]]:
    planned = (
        visible(PlannedMove, reader.actor)
        .where(PlannedMove.customer_id.in_(ids), PlannedMove.state == PlanState.PLANNED)
        .with_only_columns(
            PlannedMove.id, PlannedMove.customer_id, PlannedMove.move, PlannedMove.due_on, PlannedMove.login
        )
        .order_by(PlannedMove.due_on, PlannedMove.id)
    )
    plans: dict[int, list[Plan]] = {}
    for row in reader.session.execute(planned):
        plans.setdefault(row.customer_id, []).append(Plan(row.id, row.move, row.due_on, row.login))
    return plans


def _outlook(reader: Reader, row: AnyRow, cases: list[InvoiceCase], plans: list[Plan]) -> Outlook:
    facts = facts_of(row)
    return Outlook(facts, cases, row.billing_zone, row.reactivation_window_days, reader.now, plans)


def _beside(reader: Reader, row: AnyRow, outlook: Outlook) -> Iterator[ForecastStep]:
    """What is ahead beside status and collection."""
    if row.closes_at is not None and outlook.facts.bill_status in BILLED:
        yield outlook.told(row.closes_at, Foreseen.PERIOD, period_closes(row.period_from, row.period_to))
    if row.temporary_limit_until is not None and row.temporary_limit_until > reader.now:
        yield outlook.told(row.temporary_limit_until, Foreseen.LIMIT_END, LIMIT_ENDS, amount=row.temporary_limit)
    yield from _promises(reader, row, outlook)
    requests = visible(InvoiceRequest, reader.actor).where(
        InvoiceRequest.customer_id == row.id, InvoiceRequest.state == RequestState.REQUESTED
    )
    for at in reader.session.scalars(requests.with_only_columns(InvoiceRequest.requested_at).limit(_LIMIT)):
        yield outlook.told(at + WITHIN, Foreseen.INVOICE, midterm_comes(at, row.billing_zone))


def _promises(reader: Reader, row: AnyRow, outlook: Outlook) -> Iterator[ForecastStep]:
    running = visible(Promise, reader.actor).where(
        Promise.customer_id == row.id, Promise.state == PromiseState.OPEN, Promise.due_at > reader.now
    )
    columns = (Promise.due_at, Promise.amount, Promise.received)
    for one in reader.session.execute(running.with_only_columns(*columns).order_by(Promise.due_at).limit(_LIMIT)):
        says, missing = promise_ends(one.amount, one.received)
        yield outlook.told(one.due_at, Foreseen.PROMISE, says, amount=missing)


def promise_ends(promised: Decimal, received: Decimal) -> tuple[str, Decimal | None]:
    """What happens when a promise has come to its day, and what is missing of it; None where nothing is."""
    if received >= promised:
        return "The promise to pay is kept: all of it has been received.", None
    return "The promise to pay is decided: {amount} of it has not been received yet.", promised - received


def midterm_comes(requested_at: datetime, zone: str) -> str:
    """When a requested midterm invoice is there."""
    return f"The requested midterm invoice is issued by {time_in_words(requested_at + WITHIN, zone)}."


def period_closes(first: date, last: date) -> str:
    """What happens when a billing period has ended."""
    return f"The billing period from {first:%-d %B %Y} to {last:%-d %B %Y} closes, and its invoice is issued."

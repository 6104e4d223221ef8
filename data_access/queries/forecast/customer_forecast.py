"""What happens next to one customer automatically, with dates, as far as the current terms and facts determine it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BindParameter, Select, bindparam

from data_access.base.clock import long_day, time_in_words
from data_access.base.measured_parameters import ChargeBasis
from data_access.base.money import ZERO
from data_access.base.permissions import Actor, Permission
from data_access.base.statuses import BILLED, INVOICED_ON_REQUEST
from data_access.domain.collections.dunning import InvoiceCase
from data_access.domain.lifecycle import STATUS_FACTS, facts_of
from data_access.domain.usage.measuring import MeasuredTerms, in_force, of_rows
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.history import PlannedMove, PlanState
from data_access.queries.customer_context import AnyRow
from data_access.queries.customer_situation import CustomerSituation, situation_of
from data_access.queries.forecast.forecast_steps import ForecastStep, Foreseen, Outlook, Plan, steps_ahead
from data_access.services.facts.cases import NO_DEBT, debts_in, holidays, open_parts
from data_access.services.facts.together import apart, together
from data_access.store.access import Query, Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible

LIMIT_ENDS = "The temporary increase of the credit limit by {amount} ends."
_LIMIT = 100
WHO = (
    Customer.billing_zone, Customer.customer_code, Customer.company_name, Customer.first_name, Customer.last_name,
    Customer.currency,
)  # fmt: skip  # what a forecast of many customers tells of each
WITHIN = timedelta(hours=1)  # a midterm invoice comes within the hour of its request


@dataclass(frozen=True)
class WhatHappensNext(Query[tuple[ForecastStep, ...]]):
    """The automatic steps ahead of a customer, soonest first, if nobody pays and nobody decides anything.

    Here alone is told when a wait for funds ends without a payment: it takes all the fees of the customer to know.
    """

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[ForecastStep, ...]:
        case = situation_of(reader, self.customer_id)
        outlook, steps = outlook_of(case), steps_of(reader, self.customer_id)
        if case.wait is not None:
            steps = steps_ahead(replace(outlook, funded_on=case.wait.ends_on))
        return tuple(sorted([*steps, *_beside(case, outlook)], key=lambda one: one.at))


def steps_of(reader: Reader, customer_id: int) -> list[ForecastStep]:
    """The steps of status and collection ahead of one customer, in order; played forward once a run."""
    return reader.once(_played, customer_id)


def _played(reader: Reader, customer_id: int) -> list[ForecastStep]:
    return steps_ahead(outlook_of(situation_of(reader, customer_id)))


def outlook_of(case: CustomerSituation) -> Outlook:
    plans = [Plan(plan.id, plan.move, plan.due_on, plan.login) for plan in case.beside["plans"]]
    zone, window = case.of.customer.billing_zone, case.of.of_class.reactivation_window_days
    return Outlook(case.facts, case.debt.cases, zone, window, case.of.now, plans)


def situations(reader: Reader, customer_ids: Sequence[int]) -> list[tuple[AnyRow, Outlook]]:
    """The customers that the actor may see, by id, each with what its steps follow from."""
    if not customer_ids:
        return []
    found = apart(reader.session.execute(_of_many(reader.actor), {"ids": customer_ids, "now": reader.now}))
    plans: dict[int, list[Plan]] = {}
    for row in sorted(found["plans"], key=lambda row: (row.due_on, row.id)):
        plans.setdefault(row.customer_id, []).append(Plan(row.id, row.move, row.due_on, row.login))
    customers = sorted(found["customers"], key=lambda row: row.id)
    debts = debts_in(reader, found, frozenset(row.day for row in found["holidays"]))
    return [(row, _outlook(reader, row, debts.get(row.id, NO_DEBT).cases, plans.get(row.id, []))) for row in customers]


@made_once
def _of_many(actor: Actor) -> Select[*tuple[Any, ...]]:
    ids: BindParameter[list[int]] = bindparam("ids", expanding=True)
    customers = (
        visible(Customer, actor)
        .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
        .where(Customer.id.in_(ids))
        .with_only_columns(
            *(getattr(Customer, name) for name in STATUS_FACTS),
            Customer.id,
            Customer.reseller_id,
            *WHO,
            CustomerClass.reactivation_window_days,
        )
    )
    plans = (
        visible(PlannedMove, actor)
        .where(PlannedMove.customer_id.in_(ids), PlannedMove.state == PlanState.PLANNED)
        .with_only_columns(
            PlannedMove.id, PlannedMove.customer_id, PlannedMove.move, PlannedMove.due_on, PlannedMove.login
        )
    )
    return together({"customers": customers, "plans": plans, "holidays": holidays(actor), **open_parts(actor)})


def ahead_of(reader: Reader, customer_ids: Sequence[int]) -> dict[int, list[ForecastStep]]:
    """The steps of status and collection ahead of these customers, each with its own in order."""
    return {row.id: steps_ahead(outlook) for row, outlook in situations(reader, customer_ids)}


def _outlook(reader: Reader, row: AnyRow, cases: Sequence[InvoiceCase], plans: list[Plan]) -> Outlook:
    facts = facts_of(row)
    return Outlook(facts, cases, row.billing_zone, row.reactivation_window_days, reader.now, plans)


def _beside(case: CustomerSituation, outlook: Outlook) -> Iterator[ForecastStep]:
    """What is ahead beside status and collection."""
    own = case.of.customer
    if own.closes_at is not None and own.period_from and own.period_to and own.bill_status in BILLED:
        yield outlook.told(own.closes_at, Foreseen.PERIOD, _closes(case, own.period_from, own.period_to))
    if own.temporary_limit_until is not None and own.temporary_limit_until > case.of.now:
        yield outlook.told(own.temporary_limit_until, Foreseen.LIMIT_END, LIMIT_ENDS, amount=own.temporary_limit)
    for one in case.beside["promises"]:
        says, missing = promise_ends(one.amount, one.received)
        yield outlook.told(one.due_at, Foreseen.PROMISE, says, amount=missing)
    for one in case.beside["requests"] if own.bill_status in INVOICED_ON_REQUEST else ():
        yield outlook.told(one.at + WITHIN, Foreseen.INVOICE, midterm_comes(one.at, own.billing_zone))


def promise_ends(promised: Decimal, received: Decimal) -> tuple[str, Decimal | None]:
    """What happens when a promise has come to its day, and what is missing of it; None where nothing is."""
    if received >= promised:
        return "The promise to pay is kept: all of it has been received.", None
    return "The promise to pay is decided: {amount} of it has not been received yet.", promised - received


def midterm_comes(requested_at: datetime, zone: str) -> str:
    """When a requested midterm invoice is there."""
    return f"The requested midterm invoice is issued by {time_in_words(requested_at + WITHIN, zone)}."


def _closes(case: CustomerSituation, first: date, last: date) -> str:
    """With what is charged then beside fees: what both come to stands in Next invoice."""
    own = [MeasuredTerms(one.parameter, one.basis, ZERO, 0, "", "") for one in case.beside["measured"]]
    terms = in_force(own, of_rows(case.of.of_class.measured_services))
    named = [
        *(["measured services are charged"] if any(one.basis is not ChargeBasis.NONE for one in terms) else []),
        *(["the volume discount is taken off"] if case.beside["discounts"] else []),
    ]
    beside = f" Before that, {' and '.join(named)}." if named else ""
    return period_closes(first, last) + beside


def period_closes(first: date, last: date) -> str:
    """What happens when a billing period has ended."""
    return f"The billing period from {long_day(first)} to {long_day(last)} closes, and its invoice is issued."

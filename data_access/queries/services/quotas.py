"""Quotas of a customer as of today: granted, used, left and rolled over, period by period."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.domain.usage.quotas import Grant, Used, grants
from data_access.models.customers import BillingPeriod
from data_access.models.quotas import Quota, Unit, WhenUsedUp
from data_access.queries.customer_context import customer_context
from data_access.services.facts.quota_coverage import terms_of, used_of
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_MOST = 200
_PERIODS_SHOWN = 12
_DAY = timedelta(days=1)


class QuotaState(StrEnum):
    """LEFT_OVER: nothing is granted any more, but something is left that can be used."""

    PENDING = "pending"
    ACTIVE = "active"
    LEFT_OVER = "left_over"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """One quota. `grants`: by period, newest first, a dozen at most; `today` is where the customer is billed."""

    quota_id: int
    version: int
    service: str
    unit: Unit
    allowance: Decimal
    renewal: BillingPeriod
    rollovers: int
    when_used_up: WhenUsedUp
    started_on: date
    ended_on: date | None
    state: QuotaState
    is_untouched: bool
    today: date
    grants: tuple[Grant, ...]

    @property
    def running(self) -> Grant | None:
        """The grant of the period that runs."""
        return next((grant for grant in self.grants if self.today in grant.period), None)

    @property
    def rolled_over(self) -> tuple[Grant, ...]:
        """The grants of earlier periods of which something can still be used."""
        return tuple(grant for grant in self.grants if grant.is_rolled_over(self.today) and grant.left > ZERO)

    @property
    def left(self) -> Decimal:
        """What can be used today."""
        return sum((grant.left for grant in self.grants if grant.lives_on(self.today)), ZERO)

    @property
    def renewed_on(self) -> date | None:
        """When it is granted again; None if it is not."""
        if self.state is QuotaState.PENDING:
            return self.started_on
        return self.running.period.last + _DAY if self.running and self.ended_on is None else None


@dataclass(frozen=True)
class QuotasOf(Query[tuple[QuotaRow, ...]]):
    """The quotas of a customer by service and start, those that are over last; those withdrawn unused are left out."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[QuotaRow, ...]:
        today = customer_context(reader, self.customer_id).today
        query = visible(Quota, reader.actor).where(
            Quota.customer_id == self.customer_id, Quota.ended_on.is_(None) | (Quota.ended_on >= Quota.started_on)
        )
        ordered = query.order_by(Quota.service, Quota.unit, Quota.started_on, Quota.id).limit(_MOST)
        quotas = reader.session.scalars(ordered).all()
        used = used_of(reader, [quota.id for quota in quotas])
        rows = [_row(quota, used, today) for quota in quotas]
        return tuple(sorted(rows, key=lambda row: row.state is QuotaState.CLOSED))


def _row(quota: Quota, used: Used, today: date) -> QuotaRow:
    given = grants(terms_of(quota), used, today, _PERIODS_SHOWN)
    return QuotaRow(
        quota_id=quota.id,
        version=quota.version,
        service=quota.service,
        unit=quota.unit,
        allowance=quota.allowance,
        renewal=quota.renewal,
        rollovers=quota.rollovers,
        when_used_up=quota.when_used_up,
        started_on=quota.started_on,
        ended_on=quota.ended_on,
        state=_state(quota, given, today),
        is_untouched=len(given) <= 1 and not any(taken == quota.id for taken, _ in used),
        today=today,
        grants=given,
    )


def _state(quota: Quota, given: tuple[Grant, ...], today: date) -> QuotaState:
    if today < quota.started_on:
        return QuotaState.PENDING
    if quota.ended_on is None or today <= quota.ended_on:
        return QuotaState.ACTIVE
    return QuotaState.LEFT_OVER if any(one.lives_on(today) and one.left for one in given) else QuotaState.CLOSED

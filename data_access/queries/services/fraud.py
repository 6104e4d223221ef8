"""Fraud protection of a customer: what it may spend today, what it has spent, and what was changed for today."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from data_access.base.money import ZERO
from data_access.base.permissions import Permission, temporary_cap
from data_access.domain.usage.spending_plan import UNPROTECTED
from data_access.queries.customer_context import customer_context
from data_access.services.facts.usage.daily_spending import spending_plan, spent_today
from data_access.store.access import Query, Reader


@dataclass(frozen=True, slots=True)
class SpendingToday:
    """`usual`: the daily limit of every day, None: nothing limits; `in_force`: today's. `own`: set for this customer.

    `raised_until` and `reset_at` None: nothing was changed for today. `most`: how far the person who asks may raise it.
    """

    obstacle: str
    currency: str
    own: Decimal | None
    usual: Decimal | None
    in_force: Decimal | None
    warns_at: Decimal | None
    source: str
    spent: Decimal
    raised_until: datetime | None
    reset_at: datetime | None
    most: Decimal | None


@dataclass(frozen=True)
class SpendingOf(Query[SpendingToday]):
    """What a customer may spend today and what it has spent, at full price."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int

    def run(self, reader: Reader) -> SpendingToday:
        context = customer_context(reader, self.customer_id)
        customer = context.customer
        protection, plan = spending_plan(reader.session, reader.actor, customer, reader.now)
        is_limited = plan.limit is not None
        cap = temporary_cap(reader.actor.role).percent
        return SpendingToday(
            obstacle=UNPROTECTED if context.of_class.currency is None else "",
            currency=customer.currency,
            own=customer.daily_spending_limit,
            usual=plan.limit,
            in_force=plan.in_force,
            warns_at=plan.warns_at,
            source=plan.source,
            spent=spent_today(reader.session, reader.actor, customer, plan, reader.now) if is_limited else ZERO,
            raised_until=protection.raised_until if protection and plan.raised is not None else None,
            reset_at=plan.counted_from if plan.is_reset else None,
            most=None if plan.limit is None else plan.limit * (100 + cap) / 100,
        )

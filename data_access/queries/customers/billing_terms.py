"""How a customer is billed: in which zone, by which periods, and which other ones begin when."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.domain.billing.periods import Period, is_cut
from data_access.models.customers import BillingPeriod
from data_access.queries.customer_context import customer_context
from data_access.services.facts.fees_of_customer import counted_from
from data_access.store.access import Query, Reader


@dataclass(frozen=True, slots=True)
class BillingTerms:
    """`period_from` None: no period runs. `next_period` begins on `change_on`; `is_settled`: nothing can stop it."""

    customer_code: str
    zone: str
    period: BillingPeriod
    period_from: date | None
    period_to: date | None
    next_period: BillingPeriod | None
    change_on: date | None
    is_settled: bool

    @property
    def next_billing_on(self) -> date | None:
        """The day after the running period, where the customer is billed."""
        return self.period_to and self.period_to + timedelta(days=1)


@dataclass(frozen=True)
class BillingTermsOf(Query[BillingTerms]):
    """How one customer is billed."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> BillingTerms:
        own = customer_context(reader, self.customer_id).customer
        running = Period(own.period_from, own.period_to) if own.period_from and own.period_to else None
        return BillingTerms(
            own.customer_code, own.billing_zone, own.billing_period, own.period_from, own.period_to,
            own.next_billing_period,
            own.billing_change_on,
            running is not None
            and is_cut(own.billing_period, running, counted_from(own), own.billing_change_on),
        )  # fmt: skip

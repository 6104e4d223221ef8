"""The payment needed: what ends a suspension for missing funds, whenever it comes."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from data_access.base.money import to_be_paid
from data_access.base.permissions import Permission
from data_access.queries.customer_situation import CustomerSituation, situation_of
from data_access.services.facts.fees_of_customer import Wait
from data_access.store.access import Query, Reader


@dataclass(frozen=True)
class PaymentAwaited(Query[Decimal | None]):
    """The least payment that brings a customer back today that is suspended for missing funds; None: it needs none."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> Decimal | None:
        case = situation_of(reader, self.customer_id)
        return payment_that_ends(case) or None if case.wait else None


def payment_that_ends(case: CustomerSituation) -> Decimal:
    """The least payment that ends a suspension today, whatever its cause; zero if the next one ends it."""
    if case.wait is None:
        return case.clears_overdue
    return payment_that_resumes(case.wait, case.clears_overdue, case.of.customer.currency)


def payment_that_resumes(wait: Wait, clears_overdue: Decimal, currency: str) -> Decimal:
    """It covers the fees that are charged in advance, and leaves nothing overdue."""
    return max(to_be_paid(wait.missing, currency), clears_overdue)

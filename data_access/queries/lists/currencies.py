"""The currencies that customers are in."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import func, select

from data_access.base.permissions import Permission
from data_access.domain.shown_status import live
from data_access.models.customers import Customer
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True)
class AreInOneCurrency(Query[bool]):
    """Whether the balances of all customers can be compared, the permanently terminated left aside."""

    needs: ClassVar = Permission.CUSTOMER_READ

    def run(self, reader: Reader) -> bool:
        listed = visible(Customer, reader.actor).where(live())
        ends = (  # of an index, each at hand
            listed.with_only_columns(end(Customer.currency)).scalar_subquery() for end in (func.min, func.max)
        )
        first, last = reader.session.execute(select(*ends)).one()
        return bool(first == last)

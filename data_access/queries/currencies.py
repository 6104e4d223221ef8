"""The currencies that customers are in."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import literal

from data_access.access import Query, Reader
from data_access.models.customers import Customer
from data_access.permissions import Permission
from data_access.scope import visible
from data_access.standing import live


@dataclass(frozen=True)
class AreInOneCurrency(Query[bool]):
    """Whether the balances of all customers can be compared, the permanently terminated left aside."""

    needs: ClassVar = Permission.CUSTOMER_READ

    def run(self, reader: Reader) -> bool:
        listed = visible(Customer, reader.actor).where(live())
        one = reader.session.scalar(listed.with_only_columns(Customer.currency).limit(1))
        another = listed.where(Customer.currency != one).with_only_columns(literal(1)).limit(1)
        return reader.session.scalar(another) is None

"""Whom collection has to visit, and which promises are to be decided."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.models.collection import Promise, PromiseState
from data_access.models.customers import Customer
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True)
class DueCollection(Query[list[int]]):
    """Customers about whom collection has something to do now, by id, above `after`."""

    needs: ClassVar = Permission.SYSTEM_RUN
    after: int = 0
    limit: int = 500

    def run(self, reader: Reader) -> list[int]:
        waiting = visible(Customer, reader.actor).where(Customer.collect_at <= reader.now, Customer.id > self.after)
        return list(
            reader.session.scalars(waiting.with_only_columns(Customer.id).order_by(Customer.id).limit(self.limit))
        )


@dataclass(frozen=True)
class DuePromises(Query[list[int]]):
    """Promises whose instant has come and that are not decided, by id, above `after`."""

    needs: ClassVar = Permission.SYSTEM_RUN
    after: int = 0
    limit: int = 500

    def run(self, reader: Reader) -> list[int]:
        waiting = visible(Promise, reader.actor).where(
            Promise.state == PromiseState.OPEN, Promise.due_at <= reader.now, Promise.id > self.after
        )
        return list(
            reader.session.scalars(waiting.with_only_columns(Promise.id).order_by(Promise.id).limit(self.limit))
        )

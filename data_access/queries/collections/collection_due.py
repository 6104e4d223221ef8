"""Whom collection has to visit, and which promises are to be decided."""

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Select

from data_access.base.permissions import Permission
from data_access.models.base import Record
from data_access.models.collection import Promise, PromiseState
from data_access.models.customers import Customer
from data_access.queries.due import DueIds
from data_access.store.access import Reader
from data_access.store.scope import visible


@dataclass(frozen=True)
class DueCollection(DueIds):
    """Customers about whom collection has something to do now."""

    needs: ClassVar = Permission.SYSTEM_RUN

    def rows(self, reader: Reader) -> Select[Any]:
        return visible(Customer, reader.actor).where(Customer.collect_at <= reader.now)


@dataclass(frozen=True)
class DuePromises(DueIds):
    """Promises whose instant has come and that are not decided."""

    needs: ClassVar = Permission.SYSTEM_RUN
    about: ClassVar[type[Record]] = Promise

    def rows(self, reader: Reader) -> Select[Any]:
        return visible(Promise, reader.actor).where(Promise.state == PromiseState.OPEN, Promise.due_at <= reader.now)

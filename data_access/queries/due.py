"""What is due: the ids of rows that need work now, a limited number above a given one, in order."""

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Select

from data_access.base.permissions import Permission
from data_access.models.base import Record, WrittenOnce
from data_access.models.customers import Customer
from data_access.store.access import Query, Reader


@dataclass(frozen=True)
class DueIds(Query[list[int]]):
    """At most `limit` ids above `after`, ascending. `about`: the table whose ids they are; `rows`: which of them."""

    needs: ClassVar = Permission.SYSTEM_RUN
    about: ClassVar[type[Record] | type[WrittenOnce]] = Customer

    after: int = 0
    limit: int = 500

    def rows(self, reader: Reader) -> Select[Any]:
        raise NotImplementedError

    def run(self, reader: Reader) -> list[int]:
        return self.first(reader, self.rows(reader))

    def first(self, reader: Reader, rows: Select[Any]) -> list[int]:
        """The ids of some rows, as many as are asked for."""
        ids = rows.where(self.about.id > self.after).with_only_columns(self.about.id).order_by(self.about.id)
        return list(reader.session.scalars(ids.limit(self.limit)))

"""Exports: whether a file holds what a filter finds, and rows that come part by part."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from sqlalchemy import Select, func, select

from data_access.base.permissions import Permission
from data_access.base.text.sheets import MOST_CUSTOMERS, Cell, refuse_too_many
from data_access.models.customers import Customer
from data_access.queries.lists.customers import AnyRow, Selection
from data_access.queries.pagination.by_key import ORDERS, Sort
from data_access.queries.pagination.pages import Cursor
from data_access.search.filters import LISTED
from data_access.store.access import Access, Query, Reader
from data_access.store.scope import visible

_BATCH = 1000

Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ExportPart:
    """Rows of an export, and the place after which the next part begins; None after the last."""

    rows: tuple[Cells, ...]
    next_part: Cursor | None


@dataclass(frozen=True)
class ExportFits(Query[int]):
    """How many customers a filter would export. Rejected when they are too many for a file, as the export will be."""

    needs: ClassVar = Permission.CUSTOMER_EXPORT
    filter: Selection = LISTED
    most: int = MOST_CUSTOMERS

    def run(self, reader: Reader) -> int:
        self.filter.require(reader.actor)
        found = visible(Customer, reader.actor).where(*self.filter.where(reader.now))
        some = found.with_only_columns(Customer.id).limit(self.most + 1).subquery()
        count = reader.session.scalar(select(func.count()).select_from(some)) or 0
        refuse_too_many(count, self.most)
        return count


def part_of(
    reader: Reader, query: Select[Any], after: Cursor | None,
    cells: Callable[[Reader, Sequence[AnyRow]], Sequence[Cells]],
) -> ExportPart:  # fmt: skip
    """The rows of a query over customers that follow a place, by Customer ID, and where to go on."""
    order = ORDERS[Sort.CUSTOMER_ID]
    if after is not None:
        query = query.where(order.beyond(is_blank=False))
    query = query.add_columns(Customer.customer_code_key.label("place"))
    found = reader.session.execute(order.sorted(query).limit(_BATCH), order.known(after)).all()
    last = Cursor((found[-1].place, found[-1].id)) if len(found) == _BATCH else None
    return ExportPart(tuple(cells(reader, found)), last)


class Exported(Protocol):
    """A query that gives an export part by part."""

    def __call__(self, *, filter: Selection, after: Cursor | None) -> Query[ExportPart]: ...


@dataclass(frozen=True, slots=True)
class Profile:
    """What an export holds: its headings, and the query that gives its rows."""

    header: tuple[str, ...]
    query: Exported


def rows_of(access: Access, asked: Exported, selection: Selection) -> Iterator[Cells]:
    """All rows of an export as they come: each part has its own turn at the database, and only one is in memory."""
    part = access.fetch(asked(filter=selection, after=None))
    yield from part.rows
    while part.next_part is not None:
        part = access.fetch(asked(filter=selection, after=part.next_part))
        yield from part.rows

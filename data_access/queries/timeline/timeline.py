"""Timeline of a customer: everything that happened to it in one stream, kind by kind if wanted, newest first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from heapq import nlargest
from typing import ClassVar

from data_access.base.labelled import Labelled
from data_access.base.permissions import Permission
from data_access.queries.customer_context import CustomerContext, customer_context
from data_access.queries.pagination.newest_first import PAGE, Mark, Page, page, read_mark
from data_access.queries.timeline import timeline_credit, timeline_quotas
from data_access.queries.timeline import timeline_kinds as kinds
from data_access.queries.timeline.timeline_kinds import FoundLine
from data_access.store.access import Query, Reader


class TimelineKind(Labelled):
    """What a line of the timeline is about."""

    STATUS = "status", "Status"
    MONEY = "money", "Money"
    INVOICE = "invoice", "Invoices"
    NOTE = "note", "Notes"
    EDIT = "edit", "Edits"
    PLAN = "plan", "Plans"
    MESSAGE = "message", "Messages"
    PROMISE = "promise", "Promises"
    LIMIT = "limit", "Limits"
    COLLECTION = "collection", "Collection"
    QUOTA = "quota", "Quotas"


Finder = Callable[[Reader, CustomerContext, Mark | None, int], list[FoundLine]]
_STREAMS: tuple[tuple[TimelineKind, Finder], ...] = (  # at one instant what causes stands before what follows from it
    (TimelineKind.EDIT, kinds.edits),
    (TimelineKind.LIMIT, timeline_credit.limits),
    (TimelineKind.QUOTA, timeline_quotas.quota_changes),
    (TimelineKind.PLAN, kinds.plans),
    (TimelineKind.NOTE, kinds.notes),
    (TimelineKind.INVOICE, kinds.invoices),
    (TimelineKind.MONEY, kinds.bookings),
    (TimelineKind.COLLECTION, timeline_credit.collection_steps),
    (TimelineKind.MONEY, kinds.late_fees),
    (TimelineKind.STATUS, kinds.status_events),
    (TimelineKind.MONEY, kinds.reactivation_fees),
    (TimelineKind.PROMISE, timeline_credit.promises),
    (TimelineKind.MESSAGE, kinds.messages),
)


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One line; `id` is that of its row, within its kind.

    `amount` is in the customer's currency; `has_time` False: only the day is known.
    """

    id: int
    at: datetime
    kind: TimelineKind
    what: str
    amount: Decimal | None
    detail: str
    login: str
    has_time: bool


@dataclass(frozen=True)
class Timeline(Query[Page[TimelineLine]]):
    """What happened to a customer, newest first, 50 lines a page; no kinds chosen: all of them."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int
    kinds: tuple[TimelineKind, ...] = ()
    below: str = ""

    def run(self, reader: Reader) -> Page[TimelineLine]:
        seen, mark = customer_context(reader, self.customer_id), read_mark(self.below)
        lines: Iterable[tuple[Mark, TimelineLine]] = (
            (Mark(found.at, rank, found.id), _line(kind, found))
            for rank, (kind, find) in enumerate(_STREAMS)
            if kind in (self.kinds or tuple(TimelineKind))
            for found in find(reader, seen, mark, rank)
        )
        return page(nlargest(PAGE + 1, lines, key=lambda line: line[0]))


def _line(kind: TimelineKind, found: FoundLine) -> TimelineLine:
    return TimelineLine(found.id, found.at, kind, found.what, found.amount, found.detail, found.login, found.has_time)

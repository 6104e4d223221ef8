"""Timeline of a customer: everything that happened to it in one stream, kind by kind if wanted, newest first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from heapq import nlargest
from typing import ClassVar

from data_access.base.labelled import Labelled
from data_access.base.permissions import Actor, Permission
from data_access.queries.customer_context import CustomerContext, customer_context
from data_access.queries.pagination.newest_first import PAGE, page
from data_access.queries.pagination.pages import Page
from data_access.queries.timeline import timeline_changes as changes
from data_access.queries.timeline import timeline_kinds as kinds
from data_access.queries.timeline.timeline_kinds import FoundLine, Rows
from data_access.queries.timeline.timeline_order import Asked, PageStart, TimelinePlace, as_caused, read_timeline_place
from data_access.services.facts.together import apart, together
from data_access.store.access import Query, Reader
from data_access.store.confined import made_once


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


Asks = Callable[[Actor, PageStart], Asked]
Tells = Callable[[Reader, CustomerContext, Rows], list[FoundLine]]
_STREAMS: tuple[tuple[TimelineKind, Asks, Tells], ...] = (  # of one command what causes stands before what follows
    (TimelineKind.EDIT, changes.edits, changes.tell_edits),
    (TimelineKind.LIMIT, changes.limits, changes.tell_limits),
    (TimelineKind.QUOTA, changes.quotas, changes.tell_quotas),
    (TimelineKind.PLAN, kinds.plans, kinds.tell_plans),
    (TimelineKind.NOTE, kinds.notes, kinds.tell_notes),
    (TimelineKind.INVOICE, kinds.invoices, kinds.tell_invoices),
    (TimelineKind.MONEY, kinds.bookings, kinds.tell_bookings),
    (TimelineKind.COLLECTION, kinds.collection_steps, kinds.tell_collection_steps),
    (TimelineKind.MONEY, kinds.late_fees, kinds.tell_bookings),
    (TimelineKind.PROMISE, kinds.promises, kinds.tell_promises),
    (TimelineKind.STATUS, kinds.moves, kinds.tell_status_events),
    (TimelineKind.MONEY, kinds.reckoned, kinds.tell_bookings),
    (TimelineKind.STATUS, kinds.stops, kinds.tell_status_events),
    (TimelineKind.MESSAGE, kinds.messages, kinds.tell_messages),
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
        seen, mark = customer_context(reader, self.customer_id), read_timeline_place(self.below)
        asked = _asked(reader.actor, self.kinds, mark, seen.zone if mark else "")
        found = apart(reader.session.execute(asked, {"customer_id": self.customer_id}))
        lines: Iterable[tuple[TimelinePlace, TimelineLine, datetime | None]] = (
            (TimelinePlace(one.at, one.made.command, rank, one.id), _line(kind, one), one.made.applied_at)
            for rank, (kind, _, tell) in enumerate(_STREAMS)
            for one in tell(reader, seen, found[str(rank)])
        )
        found_page = page([(line[0], line) for line in nlargest(PAGE + 1, lines, key=lambda line: line[0])])
        return found_page.of(as_caused([(place, made_at, line) for place, line, made_at in found_page.rows]))


@made_once
def _asked(actor: Actor, wanted: tuple[TimelineKind, ...], mark: TimelinePlace | None, zone: str) -> Asked:
    return together(
        {
            str(rank): ask(actor, PageStart(mark, rank, zone))
            for rank, (kind, ask, _) in enumerate(_STREAMS)
            if kind in (wanted or tuple(TimelineKind))
        }
    )


def _line(kind: TimelineKind, found: FoundLine) -> TimelineLine:
    return TimelineLine(found.id, found.at, kind, found.what, found.amount, found.detail, found.login, found.has_time)

"""The kinds of lines of a timeline: the query of each, the newest before a position, and the wording of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.clock import day_in, short_day, start_of
from data_access.base.money import exact_money
from data_access.base.permissions import Actor
from data_access.base.text.labels import word
from data_access.base.text.masking import reason_of, shown
from data_access.domain.moves import MOVES
from data_access.models.collection import CollectionStep, Promise, Step
from data_access.models.customers import Note
from data_access.models.history import CommandLog, PlannedMove, PlanState, StatusEvent
from data_access.models.money import Allocation, Invoice, Transaction
from data_access.models.outbox import Message, Webhook
from data_access.queries.billing.usage_rows import measured_words
from data_access.queries.customer_context import CUSTOMER_ID, AnyRow, CustomerContext
from data_access.queries.pagination.newest_first import PAGE
from data_access.queries.timeline.history import event_words
from data_access.queries.timeline.timeline_order import MADE, Asked, PageStart, newest, number_of, with_commands
from data_access.store.access import Reader
from data_access.store.scope import visible

Rows = Sequence[AnyRow]
_STOPS = [move.name for move in MOVES.values() if move.stops]
_RECKONED = and_(
    Transaction.kind.in_([kind for kind, booking in BOOKINGS.items() if booking.reckoned]),
    Transaction.takes_nothing_back(),
)
_STEPS = {
    Step.REMIND: "reminded before the due day",
    Step.OVERDUE: "became overdue",
    Step.RESEND: "sent again",
    Step.WARN_LIMIT: "limitation announced",
    Step.WARN_SUSPEND: "suspension announced",
    Step.WARN_TERMINATE: "termination announced",
    Step.LIMIT: "service limited",
    Step.SUSPEND: "suspended",
    Step.TERMINATE: "terminated",
}


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One line of one kind, before it is merged with the others; `made` tells by which command."""

    made: AnyRow
    at: datetime
    id: int
    what: str
    detail: str = ""
    login: str = ""
    amount: Decimal | None = None
    has_time: bool = True


def joined(*parts: str) -> str:
    """The parts that say something, side by side."""
    return " · ".join(part for part in parts if part)


def moves(actor: Actor, start: PageStart) -> Asked:
    """The status changes that something else may follow from: by people, by a day that has come, by a payment."""
    return _status_events(actor, start, StatusEvent.move.not_in(_STOPS))


def stops(actor: Actor, start: PageStart) -> Asked:
    """Those that follow from what is owed: they stand behind the bookings that led to them."""
    return _status_events(actor, start, StatusEvent.move.in_(_STOPS))


def _status_events(actor: Actor, start: PageStart, of: ColumnElement[bool]) -> Asked:
    mine = (
        visible(StatusEvent, actor)
        .outerjoin(CommandLog, CommandLog.id == StatusEvent.command_id)
        .where(StatusEvent.customer_id == CUSTOMER_ID, of)
    )
    columns = (
        StatusEvent.at, StatusEvent.id, StatusEvent.move, StatusEvent.status_from, StatusEvent.status_to,
        StatusEvent.until, StatusEvent.login, reason_of(StatusEvent), *MADE,
    )  # fmt: skip
    return newest(mine.with_only_columns(*columns), StatusEvent.at, StatusEvent.id, start)


def tell_status_events(_reader: Reader, _seen: CustomerContext, rows: Rows) -> list[FoundLine]:
    return [
        FoundLine(
            row, row.at, row.id, event_words(row.move, row.status_from, row.status_to, row.until), row.reason, row.login
        )
        for row in rows
    ]


def bookings(actor: Actor, start: PageStart) -> Asked:
    """All but those that follow from lateness or from a status change: each stands behind what it follows from."""
    return _bookings(actor, start, Transaction.kind != Kind.LATE_FEE, ~_RECKONED)


def late_fees(actor: Actor, start: PageStart) -> Asked:
    return _bookings(actor, start, Transaction.kind == Kind.LATE_FEE)


def reckoned(actor: Actor, start: PageStart) -> Asked:
    """What the system charges and credits, above all where somebody leaves or comes back."""
    return _bookings(actor, start, _RECKONED)


def _bookings(actor: Actor, start: PageStart, *of: ColumnElement[bool]) -> Asked:
    mine = (
        visible(Transaction, actor)
        .outerjoin(CommandLog, CommandLog.id == Transaction.command_id)
        .where(Transaction.customer_id == CUSTOMER_ID, *of)
        .with_only_columns(
            Transaction.at, Transaction.id, Transaction.kind, Transaction.amount, Transaction.reverses_id,
            Transaction.service, Transaction.visible_comment, Transaction.internal_comment, CommandLog.login, *MADE,
        )
    )  # fmt: skip
    return newest(mine, Transaction.at, Transaction.id, start)


def tell_bookings(reader: Reader, _seen: CustomerContext, rows: Rows) -> list[FoundLine]:
    settled = _settled(reader, [row.id for row in rows if BOOKINGS[row.kind].settles])
    measured = measured_words(reader, [row.id for row in rows if row.kind is Kind.USAGE_CHARGE])
    return [
        FoundLine(
            row,
            row.at,
            row.id,
            BOOKINGS[row.kind].label + (", taken back" if row.reverses_id else ""),
            joined(
                settled.get(row.id, ""),
                row.service or "",
                measured.get(row.id, ""),
                row.visible_comment,
                row.internal_comment,
            ),
            row.login or "",
            abs(row.amount),
        )
        for row in rows
    ]


def _settled(reader: Reader, payments: list[int]) -> dict[int, str]:
    """Which invoices each payment went to, by number."""
    if not payments:
        return {}
    query = (
        visible(Allocation, reader.actor)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .where(Allocation.payment_id.in_(payments), Allocation.takes_nothing_back())
        .with_only_columns(Allocation.payment_id, Invoice.number)
        .order_by(Allocation.payment_id, Allocation.id)
        .limit(20 * PAGE)
    )
    numbers: dict[int, list[str]] = {}
    for payment_id, number in reader.session.execute(query):
        numbers.setdefault(payment_id, []).append(number)
    return {payment_id: _for_invoices(paid) for payment_id, paid in numbers.items()}


def _for_invoices(numbers: list[str]) -> str:
    more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""
    return f"for {', '.join(numbers[:3])}{more}"


def invoices(actor: Actor, start: PageStart) -> Asked:
    """An invoice has a day of issue only: it stands where that day begins."""
    columns = (Invoice.issued_on, Invoice.id, Invoice.number, Invoice.type, Invoice.total, Invoice.due_on, *MADE)
    page = (
        visible(Invoice, actor)
        .where(Invoice.customer_id == CUSTOMER_ID, *_issued_below(actor, start))
        .with_only_columns(Invoice.id)
        .order_by(Invoice.issued_on.desc(), Invoice.id.desc())
        .limit(PAGE + 1)
    )
    return with_commands(actor, Invoice, page).with_only_columns(*columns)


def _issued_below(actor: Actor, start: PageStart) -> list[ColumnElement[bool]]:
    mark = start.mark
    if mark is None:
        return []
    day = day_in(start.zone, mark.at)
    if start_of(day, start.zone) < mark.at:
        return [Invoice.issued_on <= day]
    at_once = start.caused_before(mark, Invoice.id, number_of(actor, Invoice))
    return [or_(Invoice.issued_on < day, and_(Invoice.issued_on == day, at_once))]


def tell_invoices(_reader: Reader, seen: CustomerContext, rows: Rows) -> list[FoundLine]:
    return [
        FoundLine(
            row,
            start_of(row.issued_on, seen.zone),
            row.id,
            f"{word(row.type)} invoice {row.number}",
            f"due {short_day(row.due_on)}",
            amount=row.total,
            has_time=False,
        )
        for row in rows
    ]


def notes(actor: Actor, start: PageStart) -> Asked:
    columns = (Note.at, Note.id, Note.author, Note.text, Note.sticky, *MADE)
    return _records(actor, Note, Note.at, start).with_only_columns(*columns)


def _records(actor: Actor, record: type[Note] | type[PlannedMove] | type[Promise], at: Any, start: PageStart) -> Asked:
    """The records of this kind beside the customer, each with the command that added it."""
    mine = visible(record, actor).where(record.customer_id == CUSTOMER_ID)
    page = mine.where(*start.below(at, record.id, number_of(actor, record))).with_only_columns(record.id)
    return with_commands(actor, record, page.order_by(at.desc(), record.id.desc()).limit(PAGE + 1))


def tell_notes(reader: Reader, _seen: CustomerContext, rows: Rows) -> list[FoundLine]:
    return [
        FoundLine(
            row, row.at, row.id, "Sticky note" if row.sticky else "Note", shown(row.text, reader.actor), row.author
        )
        for row in rows
    ]


def plans(actor: Actor, start: PageStart) -> Asked:
    plan = PlannedMove
    columns: tuple[Any, ...] = (
        plan.planned_at, plan.id, plan.move, plan.due_on, plan.login, plan.reason.label("why"),
        plan.state.label("plan_state"), plan.why_impossible, *MADE,
    )  # fmt: skip
    return _records(actor, plan, plan.planned_at, start).with_only_columns(*columns)


def tell_plans(_reader: Reader, _seen: CustomerContext, rows: Rows) -> list[FoundLine]:
    return [
        FoundLine(
            row,
            row.planned_at,
            row.id,
            f"Planned for {short_day(row.due_on)}: {MOVES[row.move].label}",
            joined("" if row.plan_state is PlanState.PLANNED else word(row.plan_state), row.why, row.why_impossible),
            row.login,
        )
        for row in rows
    ]


def messages(actor: Actor, start: PageStart) -> Asked:
    mine = (
        visible(Message, actor)
        .outerjoin(Webhook, Webhook.id == Message.webhook_id)
        .outerjoin(CommandLog, CommandLog.id == Message.command_id)
        .where(Message.customer_id == CUSTOMER_ID)
        .with_only_columns(
            Message.at, Message.id, Message.event, Message.subject, Message.recipient,
            Message.state.label("message_state"), Message.last_error, Webhook.name.label("webhook"), CommandLog.login,
            *MADE,
        )
    )  # fmt: skip
    return newest(mine, Message.at, Message.id, start)


def tell_messages(reader: Reader, _seen: CustomerContext, rows: Rows) -> list[FoundLine]:
    return [
        FoundLine(
            row,
            row.at,
            row.id,
            f"Sent to {row.webhook}: {row.event}" if row.webhook else f"Mail: {row.subject or row.event}",
            joined(word(row.message_state), shown(row.recipient, reader.actor), shown(row.last_error, reader.actor)),
            row.login or "",
        )
        for row in rows
    ]


def promises(actor: Actor, start: PageStart) -> Asked:
    columns: tuple[Any, ...] = (
        Promise.made_at, Promise.id, Promise.due_at, Promise.amount, Promise.received,
        Promise.state.label("promise_state"), Promise.reason.label("why"), Promise.login, *MADE,
    )  # fmt: skip
    return _records(actor, Promise, Promise.made_at, start).with_only_columns(*columns)


def tell_promises(_reader: Reader, seen: CustomerContext, rows: Rows) -> list[FoundLine]:
    return [
        FoundLine(
            row,
            row.made_at,
            row.id,
            f"Promised to pay by {short_day(day_in(seen.zone, row.due_at))}",
            joined(_kept_so_far(row, seen.currency), row.why),
            row.login,
            row.amount,
        )
        for row in rows
    ]


def _kept_so_far(row: AnyRow, currency: str) -> str:
    state = word(row.promise_state)
    return f"{state}, {exact_money(row.received, currency)} received" if row.received else state


def collection_steps(actor: Actor, start: PageStart) -> Asked:
    mine = (
        visible(CollectionStep, actor)
        .join(Invoice, Invoice.id == CollectionStep.invoice_id)
        .outerjoin(CommandLog, CommandLog.id == CollectionStep.command_id)
        .where(CollectionStep.customer_id == CUSTOMER_ID)
    )
    columns = (CollectionStep.at, CollectionStep.id, CollectionStep.step, Invoice.number, Invoice.due_on, *MADE)
    return newest(mine.with_only_columns(*columns), CollectionStep.at, CollectionStep.id, start)


def tell_collection_steps(_reader: Reader, _seen: CustomerContext, rows: Rows) -> list[FoundLine]:
    return [
        FoundLine(
            row, row.at, row.id, f"Collection: {_STEPS[row.step]}", f"invoice {row.number}, due {short_day(row.due_on)}"
        )
        for row in rows
    ]

"""The kinds of lines of a timeline: for each, the newest below a mark, one page and one line more at most."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from data_access.base.bookings import BOOKINGS, PENALTIES, Kind
from data_access.base.clock import day_in, start_of
from data_access.base.text.labels import word
from data_access.base.text.masking import reason_of, shown
from data_access.domain.field_labels import LABELS
from data_access.domain.lifecycle import STATUS_FACTS
from data_access.domain.moves import CREATED, MOVES
from data_access.models.customers import Customer, Note
from data_access.models.history import Change, CommandLog, PlannedMove, PlanState, StatusEvent
from data_access.models.money import Allocation, Invoice, Transaction
from data_access.models.outbox import Message, Webhook
from data_access.queries.billing.usage_rows import measured_words
from data_access.queries.customer_context import CustomerContext
from data_access.queries.customers.limits import LIMITS
from data_access.queries.pagination.newest_first import PAGE, Mark
from data_access.queries.timeline.history import event_words
from data_access.store.access import Reader
from data_access.store.scope import visible

_EDITED = tuple(name for name in LABELS if name not in STATUS_FACTS and name not in LIMITS)


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One line of one kind, before it is merged with the others."""

    at: datetime
    id: int
    what: str
    detail: str = ""
    login: str = ""
    amount: Decimal | None = None
    has_time: bool = True


def below(at: Any, key: Any, mark: Mark | None, rank: int) -> list[ColumnElement[bool]]:
    """What lies below a mark, for rows of one rank."""
    if mark is None:
        return []
    if rank != mark.rank:
        return [at <= mark.at if rank < mark.rank else at < mark.at]
    return [or_(at < mark.at, and_(at == mark.at, key < mark.id))]


def joined(*parts: str) -> str:
    """The parts that say something, side by side."""
    return " · ".join(part for part in parts if part)


def status_events(reader: Reader, seen: CustomerContext, mark: Mark | None, rank: int) -> list[FoundLine]:
    query = (
        visible(StatusEvent, reader.actor)
        .where(StatusEvent.customer_id == seen.customer_id, *below(StatusEvent.at, StatusEvent.id, mark, rank))
        .with_only_columns(
            StatusEvent.at, StatusEvent.id, StatusEvent.move, StatusEvent.status_from, StatusEvent.status_to,
            StatusEvent.until, StatusEvent.login, reason_of(StatusEvent),
        )
        .order_by(StatusEvent.at.desc(), StatusEvent.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    return [
        FoundLine(
            row.at,
            row.id,
            event_words(row.move, row.status_from, row.status_to, row.until),
            row.reason,
            row.login,
        )
        for row in reader.session.execute(query)
    ]


def bookings(reader: Reader, seen: CustomerContext, mark: Mark | None, rank: int) -> list[FoundLine]:
    """All but the fees that follow from lateness and from a suspension: each stands behind what it follows from."""
    return _bookings(reader, seen, mark, rank, Transaction.kind.not_in(PENALTIES))


def late_fees(reader: Reader, seen: CustomerContext, mark: Mark | None, rank: int) -> list[FoundLine]:
    return _bookings(reader, seen, mark, rank, Transaction.kind == Kind.LATE_FEE)


def reactivation_fees(reader: Reader, seen: CustomerContext, mark: Mark | None, rank: int) -> list[FoundLine]:
    return _bookings(reader, seen, mark, rank, Transaction.kind == Kind.REACTIVATION_FEE)


def _bookings(
    reader: Reader, seen: CustomerContext, mark: Mark | None, rank: int, of: ColumnElement[bool]
) -> list[FoundLine]:
    query = (
        visible(Transaction, reader.actor)
        .outerjoin(CommandLog, CommandLog.id == Transaction.command_id)
        .where(Transaction.customer_id == seen.customer_id, of, *below(Transaction.at, Transaction.id, mark, rank))
        .with_only_columns(
            Transaction.at, Transaction.id, Transaction.kind, Transaction.amount, Transaction.reverses_id,
            Transaction.service, Transaction.visible_comment, Transaction.internal_comment, CommandLog.login,
        )
        .order_by(Transaction.at.desc(), Transaction.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    rows = reader.session.execute(query).all()
    settled = _settled(reader, [row.id for row in rows if BOOKINGS[row.kind].settles])
    measured = measured_words(reader, [row.id for row in rows if row.kind is Kind.USAGE_CHARGE])
    return [
        FoundLine(
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
        .where(Allocation.payment_id.in_(payments), Allocation.reverses_id.is_(None))
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


def invoices(reader: Reader, seen: CustomerContext, mark: Mark | None, rank: int) -> list[FoundLine]:
    """An invoice has a day of issue only: it stands where that day begins."""
    query = (
        visible(Invoice, reader.actor)
        .where(Invoice.customer_id == seen.customer_id, *_issued_below(seen, mark, rank))
        .with_only_columns(Invoice.issued_on, Invoice.id, Invoice.number, Invoice.type, Invoice.total, Invoice.due_on)
        .order_by(Invoice.issued_on.desc(), Invoice.id.desc())
        .limit(PAGE + 1)
    )
    return [
        FoundLine(
            start_of(row.issued_on, seen.zone),
            row.id,
            f"{word(row.type)} invoice {row.number}",
            f"due {row.due_on:%-d %b %Y}",
            amount=row.total,
            has_time=False,
        )
        for row in reader.session.execute(query)
    ]


def _issued_below(seen: CustomerContext, mark: Mark | None, rank: int) -> list[ColumnElement[bool]]:
    if mark is None:
        return []
    day = day_in(seen.zone, mark.at)
    if start_of(day, seen.zone) < mark.at:
        return [Invoice.issued_on <= day]
    if rank != mark.rank:
        return [Invoice.issued_on <= day if rank < mark.rank else Invoice.issued_on <= day - timedelta(days=1)]
    return [or_(Invoice.issued_on < day, and_(Invoice.issued_on == day, Invoice.id < mark.id))]


def notes(reader: Reader, seen: CustomerContext, mark: Mark | None, rank: int) -> list[FoundLine]:
    query = (
        visible(Note, reader.actor)
        .where(Note.customer_id == seen.customer_id, *below(Note.at, Note.id, mark, rank))
        .with_only_columns(Note.at, Note.id, Note.author, Note.text, Note.sticky)
        .order_by(Note.at.desc(), Note.id.desc())
        .limit(PAGE + 1)
    )
    return [
        FoundLine(row.at, row.id, "Sticky note" if row.sticky else "Note", shown(row.text, reader.actor), row.author)
        for row in reader.session.execute(query)
    ]


def edits(reader: Reader, seen: CustomerContext, mark: Mark | None, rank: int) -> list[FoundLine]:
    """One line an edit, naming its fields. A creation and a status change have their own lines."""
    creation = visible(StatusEvent, reader.actor).where(
        StatusEvent.customer_id == seen.customer_id, StatusEvent.move == CREATED
    )
    mine = [
        Change.customer_id == seen.customer_id,
        Change.entity == Customer.__name__,
        Change.field.in_(_EDITED),
        Change.command_id.not_in(creation.with_only_columns(StatusEvent.command_id)),
    ]
    commands = (
        visible(CommandLog, reader.actor)
        .where(CommandLog.id.in_(visible(Change, reader.actor).where(*mine).with_only_columns(Change.command_id)))
        .where(*below(CommandLog.at, CommandLog.number, mark, rank))
        .with_only_columns(CommandLog.id, CommandLog.at, CommandLog.number, CommandLog.login, reason_of(CommandLog))
        .order_by(CommandLog.at.desc(), CommandLog.number.desc())
        .limit(PAGE + 1)
    )
    rows = reader.session.execute(commands).all()
    fields = (
        visible(Change, reader.actor)
        .where(*mine, Change.command_id.in_([row.id for row in rows]))
        .with_only_columns(Change.command_id, Change.field)
        .order_by(Change.id)
    )
    changed: dict[str, list[str]] = {}
    for command_id, field in reader.session.execute(fields):
        changed.setdefault(command_id, []).append(LABELS[field])
    return [
        FoundLine(row.at, row.number, "Edited", joined(", ".join(changed[row.id]), row.reason), row.login)
        for row in rows
    ]


def plans(reader: Reader, seen: CustomerContext, mark: Mark | None, rank: int) -> list[FoundLine]:
    query = (
        visible(PlannedMove, reader.actor)
        .where(PlannedMove.customer_id == seen.customer_id, *below(PlannedMove.planned_at, PlannedMove.id, mark, rank))
        .with_only_columns(
            PlannedMove.planned_at, PlannedMove.id, PlannedMove.move, PlannedMove.due_on, PlannedMove.login,
            PlannedMove.reason, PlannedMove.state, PlannedMove.why_impossible,
        )
        .order_by(PlannedMove.planned_at.desc(), PlannedMove.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    return [
        FoundLine(
            row.planned_at,
            row.id,
            f"Planned for {row.due_on:%-d %b %Y}: {MOVES[row.move].label}",
            joined("" if row.state is PlanState.PLANNED else word(row.state), row.reason, row.why_impossible),
            row.login,
        )
        for row in reader.session.execute(query)
    ]


def messages(reader: Reader, seen: CustomerContext, mark: Mark | None, rank: int) -> list[FoundLine]:
    query = (
        visible(Message, reader.actor)
        .outerjoin(Webhook, Webhook.id == Message.webhook_id)
        .outerjoin(CommandLog, CommandLog.id == Message.command_id)
        .where(Message.customer_id == seen.customer_id, *below(Message.at, Message.id, mark, rank))
        .with_only_columns(
            Message.at, Message.id, Message.event, Message.subject, Message.recipient, Message.state,
            Message.last_error, Webhook.name, CommandLog.login,
        )
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    return [
        FoundLine(
            row.at,
            row.id,
            f"Sent to {row.name}: {row.event}" if row.name else f"Mail: {row.subject or row.event}",
            joined(word(row.state), shown(row.recipient, reader.actor), shown(row.last_error, reader.actor)),
            row.login or "",
        )
        for row in reader.session.execute(query)
    ]

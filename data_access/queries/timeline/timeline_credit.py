"""Lines of a timeline about credit: promises to pay, limits, and the steps that collection took."""

from collections.abc import Sequence
from typing import Any

from data_access.base.clock import day_in
from data_access.base.money import exact_money
from data_access.base.text.labels import word
from data_access.base.text.masking import reason_of
from data_access.domain.field_labels import LABELS
from data_access.models.collection import CollectionStep, Promise, Step
from data_access.models.customers import Customer
from data_access.models.history import Change, CommandLog
from data_access.models.money import Invoice
from data_access.queries.audit.audit_values import AuditWords
from data_access.queries.customer_context import AnyRow, CustomerContext
from data_access.queries.customers.limits import LIMITS
from data_access.queries.pagination.newest_first import PAGE, Mark
from data_access.queries.timeline.timeline_kinds import FoundLine, below, joined
from data_access.store.access import Reader
from data_access.store.scope import visible

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


def promises(reader: Reader, seen: CustomerContext, mark: Mark | None, rank: int) -> list[FoundLine]:
    query = (
        visible(Promise, reader.actor)
        .where(Promise.customer_id == seen.customer_id, *below(Promise.made_at, Promise.id, mark, rank))
        .order_by(Promise.made_at.desc(), Promise.id.desc())
        .limit(PAGE + 1)
    )
    return [
        FoundLine(
            one.made_at,
            one.id,
            f"Promised to pay by {day_in(seen.zone, one.due_at):%-d %b %Y}",
            joined(_kept_so_far(one, seen.currency), one.reason),
            one.login,
            one.amount,
        )
        for one in reader.session.scalars(query)
    ]


def _kept_so_far(one: Promise, currency: str) -> str:
    return f"{word(one.state)}, {exact_money(one.received, currency)} received" if one.received else word(one.state)


def limits(reader: Reader, seen: CustomerContext, mark: Mark | None, rank: int) -> list[FoundLine]:
    """One line a command, naming what each limit was and is."""
    mine: tuple[Any, ...] = (
        Change.customer_id == seen.customer_id, Change.entity == Customer.__name__, Change.field.in_(LIMITS),
    )  # fmt: skip
    rows = commands_that_changed(reader, mine, mark, rank)
    changed = _changed(reader, mine, [row.id for row in rows])
    return [
        FoundLine(row.at, row.number, "Limits changed", joined("; ".join(changed[row.id]), row.reason), row.login)
        for row in rows
    ]


def commands_that_changed(reader: Reader, mine: tuple[Any, ...], mark: Mark | None, rank: int) -> Sequence[AnyRow]:
    """The commands that made these changes, newest first."""
    commands = (
        visible(CommandLog, reader.actor)
        .where(CommandLog.id.in_(visible(Change, reader.actor).where(*mine).with_only_columns(Change.command_id)))
        .where(*below(CommandLog.at, CommandLog.number, mark, rank))
        .with_only_columns(
            CommandLog.id, CommandLog.at, CommandLog.number, CommandLog.name, CommandLog.login, reason_of(CommandLog)
        )
        .order_by(CommandLog.at.desc(), CommandLog.number.desc())
        .limit(PAGE + 1)
    )
    return reader.session.execute(commands).all()


def _changed(reader: Reader, mine: tuple[Any, ...], commands: list[str]) -> dict[str, list[str]]:
    """What each command made of which limit, in words."""
    fields = (
        visible(Change, reader.actor)
        .where(*mine, Change.command_id.in_(commands))
        .with_only_columns(Change.command_id, Change.field, Change.before, Change.after)
        .order_by(Change.id)
    )
    words, changed = AuditWords(reader, []), dict[str, list[str]]()
    for command_id, field, *values in reader.session.execute(fields):
        before, after = (words.of((Customer.__name__, field, value)) or "none" for value in values)
        changed.setdefault(command_id, []).append(f"{LABELS[field]}: {before} → {after}")
    return changed


def collection_steps(reader: Reader, seen: CustomerContext, mark: Mark | None, rank: int) -> list[FoundLine]:
    query = (
        visible(CollectionStep, reader.actor)
        .join(Invoice, Invoice.id == CollectionStep.invoice_id)
        .where(CollectionStep.customer_id == seen.customer_id, *below(CollectionStep.at, CollectionStep.id, mark, rank))
        .with_only_columns(CollectionStep.at, CollectionStep.id, CollectionStep.step, Invoice.number, Invoice.due_on)
        .order_by(CollectionStep.at.desc(), CollectionStep.id.desc())
        .limit(PAGE + 1)
    )
    return [
        FoundLine(
            row.at, row.id, f"Collection: {_STEPS[row.step]}", f"invoice {row.number}, due {row.due_on:%-d %b %Y}"
        )
        for row in reader.session.execute(query)
    ]

"""What happened since the last look: status changes by kind, invoices, payments, messages."""

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import func

from data_access.base.bookings import SETTLING
from data_access.base.permissions import Permission
from data_access.models.history import StatusEvent
from data_access.models.money import Invoice, Transaction
from data_access.models.outbox import Message
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_COUNTED: dict[str, type[Any]] = {"invoices": Invoice, "payments": Transaction, "messages": Message}


@dataclass(frozen=True, slots=True)
class TableMarks:
    """How far each table had been written."""

    events: int
    invoices: int
    payments: int
    messages: int


@dataclass(frozen=True)
class LastWritten(Query[TableMarks]):
    """The ids that were written last."""

    needs: ClassVar = Permission.SYSTEM_RUN

    def run(self, reader: Reader) -> TableMarks:
        def last(model: type[Any]) -> int:
            query = visible(model, reader.actor).with_only_columns(func.coalesce(func.max(model.id), 0))
            return int(reader.session.scalar(query) or 0)

        return TableMarks(last(StatusEvent), **{name: last(model) for name, model in _COUNTED.items()})


@dataclass(frozen=True)
class HappenedSince(Query[dict[str, int]]):
    """How often each thing has happened since a mark; what has not is left out. Moves by their name."""

    needs: ClassVar = Permission.SYSTEM_RUN

    mark: TableMarks

    def run(self, reader: Reader) -> dict[str, int]:
        moves = (
            visible(StatusEvent, reader.actor)
            .where(StatusEvent.id > self.mark.events)
            .with_only_columns(StatusEvent.move, func.count())
            .group_by(StatusEvent.move)
            .order_by(StatusEvent.move)
        )
        counts = {row[0]: row[1] for row in reader.session.execute(moves)}
        for name, model in _COUNTED.items():
            counts[name] = self._written(reader, model, getattr(self.mark, name))
        return {name: count for name, count in counts.items() if count}

    def _written(self, reader: Reader, model: type[Any], since: int) -> int:
        asked = visible(model, reader.actor).where(model.id > since).with_only_columns(func.count())
        if model is Transaction:
            asked = asked.where(Transaction.kind.in_(SETTLING))
        return int(reader.session.scalar(asked) or 0)

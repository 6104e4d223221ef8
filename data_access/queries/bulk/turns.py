"""Whose turn it is in bulk actions, and in whose name."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, ClassVar

from sqlalchemy import func
from sqlalchemy.orm import load_only

from data_access.base.permissions import SYSTEM, Actor, Permission
from data_access.base.statuses import BulkState, RowState
from data_access.domain.bulk import TURN, Whom, row_command_id
from data_access.models.bulk import BulkRow, BulkRun
from data_access.models.customers import Customer
from data_access.models.history import Change
from data_access.models.people import Person
from data_access.store.access import Query, Reader
from data_access.store.scope import visible
from data_access.store.sign_ins import ACTS_AS, actor_of


@dataclass(frozen=True, slots=True)
class NextTurns:
    """The rows whose turn it is, the runs in turn; and the runs in which it is nobody's."""

    rows: tuple[int, ...]
    ended: tuple[int, ...]


@dataclass(frozen=True)
class NextBulkTurns(Query[NextTurns]):
    """At most so many rows: each run has its share, so that a short one does not wait for a long one."""

    needs: ClassVar = Permission.SYSTEM_RUN

    limit: int = 500
    run_id: int | None = None

    def run(self, reader: Reader) -> NextTurns:
        under_way = visible(BulkRun, reader.actor).where(BulkRun.state.in_(TURN))
        if self.run_id is not None:
            under_way = under_way.where(BulkRun.id == self.run_id)
        columns = under_way.with_only_columns(BulkRun.id, BulkRun.state, BulkRun.pause_after).order_by(BulkRun.id)
        runs = reader.session.execute(columns).all()
        share = max(1, self.limit // max(1, len(runs)))
        waiting = {run.id: self._waiting(reader, run, share) for run in runs}
        rows = (key for turn in zip_longest(*waiting.values()) for key in turn if key is not None)
        return NextTurns(tuple(rows), tuple(run_id for run_id, keys in waiting.items() if not keys))

    def _waiting(self, reader: Reader, run: Any, share: int) -> list[int]:
        rows = visible(BulkRow, reader.actor).where(BulkRow.run_id == run.id, BulkRow.state == TURN[run.state])
        if run.state is BulkState.RUNNING and run.pause_after is not None:
            rows = rows.where(BulkRow.id <= run.pause_after)
        return list(reader.session.scalars(rows.with_only_columns(BulkRow.id).order_by(BulkRow.id).limit(share)))


@dataclass(frozen=True)
class IsBulkUnderWay(Query[bool]):
    """Whether a bulk action waits to be carried on: for a turn, or for its end."""

    needs: ClassVar = Permission.SYSTEM_RUN

    def run(self, reader: Reader) -> bool:
        under_way = visible(BulkRun, reader.actor).where(BulkRun.state.in_(TURN)).with_only_columns(BulkRun.id)
        return reader.session.scalar(under_way.limit(1)) is not None


@dataclass(frozen=True)
class CountBulkTurns(Query[int]):
    """How many customers wait for their turn in all that is under way."""

    needs: ClassVar = Permission.SYSTEM_RUN

    def run(self, reader: Reader) -> int:
        waiting = sum(self._of(reader, stage, state) for stage, state in TURN.items())
        return waiting

    def _of(self, reader: Reader, stage: BulkState, state: RowState) -> int:
        rows = visible(BulkRow, reader.actor).join(BulkRun, BulkRun.id == BulkRow.run_id)
        mine = rows.where(BulkRun.state == stage, BulkRow.state == state)
        return int(reader.session.scalar(mine.with_only_columns(func.count(BulkRow.id))) or 0)


@dataclass(frozen=True, slots=True)
class BulkTurn:
    """A customer's turn. `actor` None: whoever it is done for can sign in no more. `before`: what undoing restores."""

    row_id: int
    run_id: int
    whom: Whom
    stage: BulkState
    action: str
    form: Mapping[str, Any]
    page: str
    address: Mapping[str, Any]
    login: str
    actor: Actor | None
    before: Mapping[str, str | None]


@dataclass(frozen=True)
class TurnOf(Query[BulkTurn | None]):
    """The turn of a row; None when it is not its turn any more."""

    needs: ClassVar = Permission.SYSTEM_RUN

    row_id: int

    def run(self, reader: Reader) -> BulkTurn | None:
        rows = visible(BulkRow, reader.actor).join(BulkRun, BulkRun.id == BulkRow.run_id)
        rows = rows.join(Customer, Customer.id == BulkRow.customer_id)
        found = reader.session.execute(
            rows.where(BulkRow.id == self.row_id).with_only_columns(
                BulkRow.id, BulkRow.run_id, BulkRow.state.label("row_state"), BulkRow.customer_id,
                Customer.billing_zone, Customer.currency, BulkRun.state, BulkRun.action, BulkRun.command, BulkRun.page,
                BulkRun.address, BulkRun.acts_id,
            )
        ).one_or_none()  # fmt: skip
        if found is None or TURN.get(found.state) is not found.row_state:
            return None
        person = reader.session.scalar(
            visible(Person, SYSTEM).where(Person.id == found.acts_id).options(load_only(*ACTS_AS, Person.is_active))
        )
        assert person is not None
        return BulkTurn(
            found.id, found.run_id, Whom(found.customer_id, found.billing_zone, found.currency), found.state,
            found.action, found.command, found.page, found.address, person.login,
            actor_of(person) if person.is_active else None, _before(reader, found),
        )  # fmt: skip


def _before(reader: Reader, found: Any) -> dict[str, str | None]:
    if found.state is not BulkState.UNDOING:
        return {}
    own = row_command_id(found.run_id, found.customer_id, BulkState.RUNNING)
    changes = (
        visible(Change, reader.actor).where(Change.command_id == own).with_only_columns(Change.field, Change.before)
    )
    return {row.field: row.before for row in reader.session.execute(changes)}

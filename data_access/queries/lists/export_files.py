"""Export files: your own, and those that the worker has to handle."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import load_only

from data_access.base.choices.export_choices import ExportContent, ExportState, FileFormat
from data_access.base.errors import NotFound, Refusal
from data_access.base.permissions import SYSTEM, Actor, Permission
from data_access.models.people import Person
from data_access.models.work.export_files import ExportFile
from data_access.search.list_address import selection_at
from data_access.services.exports.acting import ExportSight, require_sight
from data_access.store.access import Query, Reader
from data_access.store.scope import visible
from data_access.store.sign_ins import ACTS_AS, actor_of

SHOWN = 20
_COLUMNS = (
    ExportFile.id, ExportFile.asked_at, ExportFile.page, ExportFile.address, ExportFile.selection,
    ExportFile.customers, ExportFile.kind, ExportFile.content, ExportFile.reseller_id, ExportFile.shows_personal,
    ExportFile.file, ExportFile.state, ExportFile.written, ExportFile.size, ExportFile.kept_until, ExportFile.why,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnExport:
    """An export of one's own. `refusal`: why its file cannot be had any more, though it stands there."""

    id: int
    asked_at: datetime
    selection: str
    customers: int
    kind: FileFormat
    content: ExportContent
    file: str
    state: ExportState
    written: int | None
    size: int | None
    kept_until: datetime | None
    why: str
    refusal: str


@dataclass(frozen=True)
class OwnExports(Query[tuple[OwnExport, ...]]):
    """So many of one's own exports, newest first, but for those that were removed or cancelled."""

    needs: ClassVar = Permission.CUSTOMER_EXPORT

    most: int = SHOWN

    def run(self, reader: Reader) -> tuple[OwnExport, ...]:
        gone = (ExportState.CANCELLED, ExportState.REMOVED)
        own = visible(ExportFile, reader.actor).where(
            ExportFile.person_id == reader.actor.person_id, ExportFile.state.not_in(gone)
        )
        found = own.with_only_columns(*_COLUMNS).order_by(ExportFile.id.desc()).limit(self.most)
        return tuple(_own(reader.actor, row) for row in reader.session.execute(found))


def _own(actor: Actor, row: Any) -> OwnExport:
    return OwnExport(
        row.id, row.asked_at, row.selection, row.customers, row.kind, row.content, row.file, row.state, row.written,
        row.size, row.kept_until, row.why, _refusal(actor, row),
    )  # fmt: skip


def _refusal(actor: Actor, row: Any) -> str:
    try:
        require_sight(actor, ExportSight(row.reseller_id, row.shows_personal), selection_at(row.page, row.address))
    except Refusal as refusal:
        return str(refusal)
    return ""


def _to_be_written() -> ColumnElement[bool]:
    return ExportFile.state == ExportState.ASKED


def _to_be_cleared() -> ColumnElement[bool]:
    gone = (ExportState.CANCELLED, ExportState.REFUSED, ExportState.REMOVED)
    return and_(ExportFile.state.in_(gone), ExportFile.is_cleared.is_(False))


def _some(reader: Reader, where: ColumnElement[bool]) -> Select[int]:
    return visible(ExportFile, reader.actor).where(where).with_only_columns(ExportFile.id)


@dataclass(frozen=True)
class NextExports(Query[list[int]]):
    """What the worker has to do: files to be taken away first, then one to be written, the shortest list before.

    `after`: what could not be taken away is not tried again in the same run.
    """

    needs: ClassVar = Permission.SYSTEM_RUN

    after: int = 0
    limit: int = 500

    def run(self, reader: Reader) -> list[int]:
        is_over = and_(ExportFile.state == ExportState.READY, ExportFile.kept_until <= reader.now)
        gone = _some(reader, or_(_to_be_cleared(), is_over)).where(ExportFile.id > self.after)
        found = list(reader.session.scalars(gone.order_by(ExportFile.id).limit(self.limit)))
        if found:
            return found
        shortest = _some(reader, _to_be_written()).order_by(ExportFile.customers, ExportFile.id).limit(1)
        return list(reader.session.scalars(shortest))


@dataclass(frozen=True)
class CountWaitingExports(Query[int]):
    """How many files wait to be written."""

    needs: ClassVar = Permission.SYSTEM_RUN

    def run(self, reader: Reader) -> int:
        due = _some(reader, _to_be_written()).subquery()
        return reader.session.scalar(select(func.count()).select_from(due)) or 0


@dataclass(frozen=True, slots=True)
class ExportTurn:
    """An export as the worker meets it. `actor` None: whoever asked for it can sign in no more."""

    id: int
    state: ExportState
    page: str
    address: Mapping[str, Any]
    kind: FileFormat
    content: ExportContent
    sight: ExportSight
    file: str
    login: str
    actor: Actor | None


@dataclass(frozen=True)
class ExportTurnOf(Query[ExportTurn]):
    """The turn of an export, with the rights that its person has now. NotFound where there is none."""

    needs: ClassVar = Permission.SYSTEM_RUN

    export_id: int

    def run(self, reader: Reader) -> ExportTurn:
        row = reader.session.scalars(
            visible(ExportFile, reader.actor).where(ExportFile.id == self.export_id)
        ).one_or_none()
        if row is None:
            raise NotFound("The export")
        acts = visible(Person, SYSTEM).where(Person.id == row.person_id)
        person = reader.session.scalars(acts.options(load_only(*ACTS_AS, Person.is_active))).one()
        return ExportTurn(
            row.id, row.state, row.page, row.address, row.kind, row.content,
            ExportSight(row.reseller_id, row.shows_personal), row.file, person.login,
            actor_of(person) if person.is_active else None,
        )  # fmt: skip

"""Export files: requested, downloaded and cancelled by people, and what the system does with them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from sqlalchemy import func, select

from data_access.base.choices.export_choices import ExportContent, ExportState, FileFormat, told_as
from data_access.base.errors import Invalid, NotFound, Rejected
from data_access.base.permissions import Permission
from data_access.base.text.sheets import MOST_CUSTOMERS, refuse_too_many
from data_access.models.customers import Customer
from data_access.models.work.export_files import WHY_LENGTH, ExportFile
from data_access.search.list_address import Addressable, page_of, selection_at
from data_access.services.exports.acting import ExportSight, require_sight
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

KEPT = timedelta(days=3)
MOST_KEPT = 10
_CALLED = "The export"
_STANDING = (ExportState.ASKED, ExportState.READY)


@dataclass(frozen=True, slots=True)
class ExportAsked:
    """What the audit keeps: which customers, said without searched names, how many, and as what."""

    export_id: int
    customers: int
    filter: str
    format: str


@dataclass(frozen=True, slots=True)
class ExportMoved:
    """`export_state`: how it stands after the command."""

    export_id: int
    export_state: str


@dataclass(frozen=True, kw_only=True)
class AskForExport(Command[ExportAsked]):
    """Asks the worker to write the customers of a filter to a file, with what the person may see now.

    Rejected when they are too many for a file, or when the person keeps too many files already.
    """

    needs: ClassVar = Permission.CUSTOMER_EXPORT
    result_type: ClassVar = ExportAsked

    filter: Addressable
    kind: str
    content: str = ExportContent.LIST.value

    def apply(self, work: UnitOfWork) -> ExportAsked:
        kind, content = self._chosen()
        self.filter.require(work.actor)
        if content is ExportContent.EVERYTHING:
            work.actor.require(Permission.PERSONAL_EXPORT)
        _refuse_many_kept(work)
        customers, sight = self._count(work), ExportSight.of(work.actor)
        assert work.actor.person_id is not None
        asked = work.add(
            ExportFile(
                person_id=work.actor.person_id, asked_at=work.now, page=page_of(self.filter).value,
                address=dict(self.filter.to_params()), selection=self.filter.describe(), customers=customers,
                kind=kind, content=content, reseller_id=sight.reseller_id, shows_personal=sight.shows_personal,
                file=f"{self.command_id}.{kind.value}",
            )
        )  # fmt: skip
        return ExportAsked(asked.id, customers, self.filter.describe(quoted=False), told_as(kind, content))

    def _chosen(self) -> tuple[FileFormat, ExportContent]:
        kind = next((each for each in FileFormat if each == self.kind), None)
        content = next((each for each in ExportContent if each == self.content), None)
        if kind is None or content is None:
            raise Invalid({"kind": "Choose a kind of file."})
        if content is ExportContent.EVERYTHING and kind is FileFormat.PARQUET:
            raise Invalid({"kind": "Every field is written as CSV or XLSX: choose one of them."})
        return kind, content

    def _count(self, work: UnitOfWork) -> int:
        found = work.select(Customer).where(*self.filter.where(work.now)).with_only_columns(Customer.id)
        some = found.limit(MOST_CUSTOMERS + 1).subquery()
        count = work.session.scalar(select(func.count()).select_from(some)) or 0
        refuse_too_many(count, MOST_CUSTOMERS)
        return count


def _refuse_many_kept(work: UnitOfWork) -> None:
    own = work.select(ExportFile).where(ExportFile.person_id == work.actor.person_id, ExportFile.state.in_(_STANDING))
    kept = work.session.scalar(select(func.count()).select_from(own.with_only_columns(ExportFile.id).subquery())) or 0
    if kept >= MOST_KEPT:
        raise Rejected(f"You keep {MOST_KEPT} exports already: remove one on the page Exports first.")


def _own(work: UnitOfWork, export_id: int) -> ExportFile:
    """The export of the person, locked. NotFound for those of others."""
    export = work.lock(ExportFile, export_id, called=_CALLED)
    if export.person_id != work.actor.person_id:
        raise NotFound(_CALLED)
    return export


@dataclass(frozen=True, kw_only=True)
class FetchExport(Command[ExportAsked]):
    """Notes that the person takes the file away. NotPermitted where they may see less by now than stands in it."""

    needs: ClassVar = Permission.CUSTOMER_EXPORT
    result_type: ClassVar = ExportAsked

    export_id: int

    def apply(self, work: UnitOfWork) -> ExportAsked:
        export = _own(work, self.export_id)
        selection = selection_at(export.page, export.address)
        require_sight(work.actor, ExportSight(export.reseller_id, export.shows_personal), selection)
        if export.state is not ExportState.READY:
            raise Rejected("This file does not stand here any more: ask for the export again.")
        told = told_as(export.kind, export.content)
        return ExportAsked(export.id, export.written or 0, selection.describe(quoted=False), told)


@dataclass(frozen=True, kw_only=True)
class GiveUpExport(Command[ExportMoved]):
    """Cancels an export that is being written, or removes its file."""

    needs: ClassVar = Permission.CUSTOMER_READ
    result_type: ClassVar = ExportMoved

    export_id: int

    def apply(self, work: UnitOfWork) -> ExportMoved:
        export = _own(work, self.export_id)
        if export.state is ExportState.ASKED:
            export.state, export.ended_at = ExportState.CANCELLED, work.now
        elif export.state is ExportState.READY:
            export.state = ExportState.REMOVED
        return ExportMoved(export.id, export.state)


@dataclass(frozen=True, kw_only=True)
class FinishExport(Command[ExportMoved]):
    """Notes that the file stands whole, and until when; nothing where it was cancelled meanwhile."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = ExportMoved

    export_id: int
    rows: int
    size: int

    def apply(self, work: UnitOfWork) -> ExportMoved:
        export = work.lock(ExportFile, self.export_id, called=_CALLED)
        if export.state is ExportState.ASKED:
            export.state, export.written, export.size = ExportState.READY, self.rows, self.size
            export.ended_at, export.kept_until = work.now, work.now + KEPT
        return ExportMoved(export.id, export.state)


@dataclass(frozen=True, kw_only=True)
class RefuseExport(Command[ExportMoved]):
    """Notes why a file was not written."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = ExportMoved

    export_id: int
    why: str

    def apply(self, work: UnitOfWork) -> ExportMoved:
        export = work.lock(ExportFile, self.export_id, called=_CALLED)
        if export.state is ExportState.ASKED:
            export.state, export.why, export.ended_at = ExportState.REFUSED, self.why[:WHY_LENGTH], work.now
        return ExportMoved(export.id, export.state)


@dataclass(frozen=True, kw_only=True)
class RemoveOldExport(Command[ExportMoved]):
    """Removes a file whose time is over."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = ExportMoved

    export_id: int

    def apply(self, work: UnitOfWork) -> ExportMoved:
        export = work.lock(ExportFile, self.export_id, called=_CALLED)
        if export.state is ExportState.READY and export.kept_until is not None and export.kept_until <= work.now:
            export.state = ExportState.REMOVED
        return ExportMoved(export.id, export.state)

"""Records of a declared section, several for each customer or for all: added, changed and removed.

A record that is removed stays, with its moment, and is in no list any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from data_access.base.errors import Invalid, NotFound, Rejected, Stale
from data_access.base.permissions import Permission
from data_access.fields.section import FieldSection
from data_access.models.customers import Customer
from data_access.services.records.record_users import in_words, users_by_record
from data_access.services.section_edit import (
    SectionEdit,
    Values,
    dangling,
    keyed,
    lock_editable,
    repeated,
    tell_changes,
    write,
)
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

R = TypeVar("R", covariant=True)


@dataclass(frozen=True, slots=True)
class RecordSaved:
    """A record of a section; `record_id` of one that stands by itself."""

    record_id: int
    version: int
    section: str


@dataclass(frozen=True, slots=True)
class RowSaved:
    """A record of a section beside a customer."""

    row_id: int
    customer_id: int
    version: int
    section: str


@dataclass(frozen=True, kw_only=True)
class SectionAdd(Command[R]):
    """Adds a record from what was typed into its fields; one that is not given starts as its column does."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    section: ClassVar[FieldSection]
    unique: ClassVar[tuple[str, ...]] = ()  # fields that no other record of the section holds the same value in

    values: Mapping[str, str]

    def add(self, work: UnitOfWork, **own: int) -> Any:
        """The row, once it is sound. Invalid with every complaint, each at its field; NotPermitted."""
        row = self.section.new(**own)
        start = self.section.typed(self.section.values(row))
        whole = {**start, **self.values}
        judged = self.section.judged({name: text for name, text in whole.items() if self._is_asked(name, whole)})
        complaints = dangling(work, self.section, judged.values)
        complaints |= repeated(work, self.section, row, judged.values, self.unique)
        complaints |= self.unfit(work, row, judged.values) | judged.complaints | self.section.unknown(self.values)
        if complaints:
            raise Invalid(complaints)
        self.section.require(work.actor, (name for name, text in self.values.items() if text != start[name]))
        for name, value in keyed(self.section.model, judged.values).items():
            setattr(row, name, value)
        return work.add(row)

    def _is_asked(self, name: str, whole: Mapping[str, str]) -> bool:
        return name in self.section.names and (name in self.values or self.section[name].applies(whole))

    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:  # noqa: ARG002  most need no more
        """What is wrong with values that could be read, beside other records; `row` is new and holds its owner."""
        return {}


@dataclass(frozen=True, kw_only=True)
class AddBeside(SectionAdd[RowSaved]):
    """Adds a record of a section beside a customer."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = RowSaved

    customer_id: int

    def apply(self, work: UnitOfWork) -> RowSaved:
        customer = lock_editable(work, self.customer_id)
        row = self.add(work, customer_id=customer.id)
        tell_changes(work, customer, self.section, self.section.names)
        return RowSaved(row.id, customer.id, row.version, self.section.name)


@dataclass(frozen=True, kw_only=True)
class ChangeBeside(SectionEdit[RowSaved]):
    """Changes a record of a section beside a customer."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = RowSaved

    row_id: int

    def apply(self, work: UnitOfWork) -> RowSaved:
        customer, row = _with_its_customer(work, self.section.model, self.row_id, self.called)
        different = self.different(work, row)
        write(row, keyed(self.section.model, different))
        tell_changes(work, customer, self.section, different)
        return RowSaved(row.id, customer.id, row.version, self.section.name)


@dataclass(frozen=True, kw_only=True)
class SectionRemove(Command[R]):
    """Removes a record; Stale if somebody changed it since it was shown, Rejected with the reason why it stays."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    section: ClassVar[FieldSection]
    called: ClassVar[str]

    version: int

    def remove(self, work: UnitOfWork, row: Any) -> None:
        if row.version != self.version:
            raise Stale(self.called)
        if why_not := self.kept_because(work, row):
            raise Rejected(why_not)
        write(row, {"removed_at": work.now})

    def kept_because(self, work: UnitOfWork, row: Any) -> str:
        """Why it cannot be removed, as a sentence; empty where it can."""
        users = users_by_record(work.session, work.actor, self.section.model, [row.id]).get(row.id)
        if not users:
            return ""
        return f"{self.called} is in use by {in_words(users)}: give them another one first."


@dataclass(frozen=True, kw_only=True)
class RemoveBeside(SectionRemove[RowSaved]):
    """Removes a record of a section beside a customer."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = RowSaved

    row_id: int

    def apply(self, work: UnitOfWork) -> RowSaved:
        customer, row = _with_its_customer(work, self.section.model, self.row_id, self.called)
        self.remove(work, row)
        tell_changes(work, customer, self.section, self.section.names)
        return RowSaved(row.id, customer.id, row.version, self.section.name)


@dataclass(frozen=True, kw_only=True)
class AddRecord(SectionAdd[RecordSaved]):
    """Adds a record that stands by itself, such as a plan or a profile."""

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = RecordSaved
    unique: ClassVar = ("name",)

    def apply(self, work: UnitOfWork) -> RecordSaved:
        row = self.add(work)
        return RecordSaved(row.id, row.version, self.section.name)


@dataclass(frozen=True, kw_only=True)
class ChangeRecord(SectionEdit[RecordSaved]):
    """Changes a record that stands by itself."""

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = RecordSaved
    unique: ClassVar = ("name",)

    record_id: int

    def apply(self, work: UnitOfWork) -> RecordSaved:
        row = _lock(work, self.section.model, self.record_id, self.called)
        write(row, keyed(self.section.model, self.different(work, row)))
        return RecordSaved(row.id, row.version, self.section.name)


@dataclass(frozen=True, kw_only=True)
class RemoveRecord(SectionRemove[RecordSaved]):
    """Removes a record that stands by itself, unless something uses it."""

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = RecordSaved

    record_id: int

    def apply(self, work: UnitOfWork) -> RecordSaved:
        row = _lock(work, self.section.model, self.record_id, self.called)
        self.remove(work, row)
        return RecordSaved(row.id, row.version, self.section.name)


def owner_of(work: UnitOfWork, row: Any) -> Customer:
    """The customer beside whom a row stands, which is locked already."""
    return work.session.scalars(work.select(Customer).where(Customer.id == row.customer_id)).one()


def _with_its_customer(work: UnitOfWork, model: Any, row_id: int, called: str) -> tuple[Customer, Any]:
    """The customer is locked first, as by every command about it."""
    owner = work.session.scalar(work.select(model).where(model.id == row_id).with_only_columns(model.customer_id))
    if owner is None:
        raise NotFound(called)
    return lock_editable(work, owner), _lock(work, model, row_id, called)


def _lock(work: UnitOfWork, model: Any, key: int, called: str) -> Any:
    row = work.lock(model, key, called=called)
    if row.removed_at is not None:
        raise NotFound(called)
    return row

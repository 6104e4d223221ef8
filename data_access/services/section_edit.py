"""Editing a section of declared fields: checked by the declaration, merged with what others saved meanwhile."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from data_access.base.errors import Invalid, Rejected, Stale
from data_access.base.permissions import Permission
from data_access.base.text.text_keys import fold
from data_access.domain.editing import edit_refusal
from data_access.domain.references import REFERRED, Referred
from data_access.fields.field import Value
from data_access.fields.section import FieldSection
from data_access.models.customers import Customer
from data_access.services.outbox import announce
from data_access.services.records.offered_records import offered
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

R = TypeVar("R", covariant=True)
Values = dict[str, Value]


@dataclass(frozen=True, kw_only=True)
class SectionEdit(Command[R]):
    """Changes fields of a record. What others changed meanwhile stays; Stale for a field that both changed.

    `shown`: what the fields showed at `version`, each as typed; `changes`: what some of them are to become.
    """

    needs: ClassVar = Permission.CUSTOMER_EDIT
    section: ClassVar[FieldSection]
    called: ClassVar[str]
    unique: ClassVar[tuple[str, ...]] = ()  # fields that no other record of the section holds the same value in

    version: int
    shown: Mapping[str, str]
    changes: Mapping[str, str]

    def different(self, work: UnitOfWork, row: Any, **more: Value) -> Values:
        """What is to become different of a row; `more` holds values of fields that stand in other tables.

        Invalid with every complaint, each at its field; NotPermitted, Stale, and Rejected where nothing is different.
        """
        stored = self.section.values(row) | more
        typed = self.section.typed(stored)
        wanted = self.section.judged(self.section.fitting(self.changes, typed), beside=typed)
        complaints = dangling(work, self.section, wanted.values)
        complaints |= repeated(work, self.section, row, wanted.values, self.unique)
        complaints |= self.unfit(work, row, wanted.values) | wanted.complaints | self.unchangeable()
        if complaints:
            raise Invalid(complaints)
        different = {name: value for name, value in wanted.values.items() if value != stored[name]}
        self.section.require(work.actor, different)
        if self.version != row.version:
            both = self.section.conflicts(stored, shown=self.shown, wanted=different)
            if both:
                raise Stale(self.called, both)
        if not different:
            raise Rejected("Nothing was changed, so nothing was saved.")
        return different

    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:  # noqa: ARG002  most need no more
        """What is wrong with values that could be read, beside the rest of the row and other records."""
        return {}

    def unchangeable(self) -> dict[str, str]:
        """Why each of the fields that cannot be changed cannot."""
        return self.section.unchangeable(self.changes)


@dataclass(frozen=True, slots=True)
class SectionSaved:
    customer_id: int
    version: int
    section: str = ""


@dataclass(frozen=True, kw_only=True)
class EditBeside(SectionEdit[SectionSaved]):
    """Changes what stands about a customer in a table of its own, a row each; the first change adds the row.

    Of a section of the customer itself, it is its row.
    """

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = SectionSaved

    customer_id: int

    def apply(self, work: UnitOfWork) -> SectionSaved:
        return self.save(work, lock_editable(work, self.customer_id))

    def save(self, work: UnitOfWork, customer: Customer) -> SectionSaved:
        """Saves it for a customer that is locked, and that can be edited or is only just arriving."""
        model = self.section.model
        row = customer if model is Customer else self._beside(work)
        is_new = row is None
        row = self.section.new(customer_id=customer.id, version=0) if row is None else row
        different = self.different(work, row)
        write(row, keyed(model, different))
        if is_new:
            work.add(row)
        tell_changes(work, customer, self.section, different)
        return SectionSaved(customer.id, row.version, self.section.name)

    def _beside(self, work: UnitOfWork) -> Any:
        """The row in a table of its own; None while there is none."""
        model = self.section.model
        return work.session.scalars(work.select(model).where(model.customer_id == self.customer_id)).one_or_none()


def lock_editable(work: UnitOfWork, customer_id: int) -> Customer:
    """The customer, locked; Rejected where it cannot be edited."""
    customer = work.lock(Customer, customer_id, called="The customer")
    refusal = edit_refusal(customer.bill_status)
    if refusal is not None:
        raise Rejected(refusal)
    return customer


def keyed(model: Any, values: Values) -> Values:
    """The values, and the folded copy of each text that has a column for one."""
    columns = model.__table__.columns
    return values | {f"{name}_key": fold(value) for name, value in values.items() if f"{name}_key" in columns}


def repeated(
    work: UnitOfWork, section: FieldSection, row: Any, values: Values, unique: Iterable[str]
) -> dict[str, str]:
    """A complaint for each of these fields that another record holds already; of a customer's rows, another of its own.

    What the actor cannot see is left to the database.
    """
    model = section.model
    others = work.select(model).where(model.id != row.id) if row.id is not None else work.select(model)
    if hasattr(model, "removed_at"):
        others = others.where(model.removed_at.is_(None))
        if hasattr(model, "customer_id"):
            others = others.where(model.customer_id == row.customer_id)
    return {
        name: f"{section[name].label} “{section[name].said(values[name])}” is already used."
        for name in unique
        if values.get(name) and _is_held(work, others, model, name, values[name])
    }


def dangling(work: UnitOfWork, section: FieldSection, values: Values) -> dict[str, str]:
    """A complaint for each field that refers to a record which is not offered: unknown, removed, or of others."""
    return {
        field.name: f"Choose the {field.label[0].lower()}{field.label[1:]} from the list."
        for field in section
        if field.refers_to in REFERRED and values.get(field.name) is not None
        and not _is_offered(work, REFERRED[field.refers_to], values[field.name])
    }  # fmt: skip


def _is_offered(work: UnitOfWork, referred: Referred, key: int) -> bool:
    return work.session.scalar(offered(work.actor, referred).where(referred.model.id == key)) is not None


def _is_held(work: UnitOfWork, others: Any, model: Any, name: str, value: Value) -> bool:
    key = model.__table__.columns.get(f"{name}_key")
    holds = getattr(model, name) == value if key is None else key == fold(value)
    return work.session.scalar(others.where(holds).with_only_columns(model.id).limit(1)) is not None


def write(row: Any, different: Values) -> None:
    """Sets the fields of a row, and its next version."""
    for name, value in different.items():
        setattr(row, name, value)
    row.version += 1


def tell_changes(work: UnitOfWork, customer: Customer, section: FieldSection, changed: Iterable[str]) -> None:
    """Which fields were changed, not to what: a webhook learns no personal data."""
    names = set(changed)
    told = {field.event: True for field in section if field.name in names and field.event is not None}
    for event in told:
        fields = sorted(field.name for field in section if field.event is event and field.name in names)
        announce(work, customer, event, fields=fields)

"""Custom fields: defined by administrators, enabled for classes, and filled in for customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from data_access.base.errors import Invalid, NotFound, Rejected, Stale
from data_access.base.events import Event
from data_access.base.permissions import Permission
from data_access.domain.entered.custom_fields import field_of, id_of
from data_access.domain.sections import CUSTOM_FIELD
from data_access.fields.section import Judged
from data_access.models.card.custom_fields import CustomField, CustomFieldOfClass, CustomKind, CustomValue
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.services.facts.custom_values import OfClass, of_class, rows_of, values_of
from data_access.services.outbox import announce
from data_access.services.section_edit import SectionSaved, Values, lock_editable
from data_access.services.section_records import AddRecord, ChangeRecord, RecordSaved, RemoveRecord
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_CALLED = "The custom field"


def _misfit(values: Values) -> dict[str, str]:
    """What is wrong with a definition: a list without choices, and a default that the field itself would refuse."""
    if "kind" not in values:
        return {}
    blank: Values = {
        "choices": "", "start": "", "help": "", "name": "It", "personal": False, "longest": None, "written_as": "",
        "decimals": None,
    }  # fmt: skip
    whole = blank | values
    if whole["kind"] is CustomKind.LIST and not whole["choices"].strip():
        return {"choices": "Give the choices, one per line."}
    if whole["longest"] is not None and len(whole["written_as"]) > whole["longest"]:
        return {"written_as": "The format is longer than the maximum length."}
    try:
        field_of(CustomField(id=0, **{**whole, "mandatory": False})).read(whole["start"])
    except ValueError as wrong:
        return {"start": f"{wrong}"}
    return {}


@dataclass(frozen=True, kw_only=True)
class AddCustomField(AddRecord):
    """Defines a custom field; no customer has it before it is enabled for a class."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = CUSTOM_FIELD

    @override
    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        return _misfit(values)


@dataclass(frozen=True, kw_only=True)
class ChangeCustomField(ChangeRecord):
    """Changes a definition, but neither its type nor whether it is personal data; what was entered stays."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = CUSTOM_FIELD
    called: ClassVar = _CALLED

    @override
    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        return _misfit(self.section.values(row) | values)


@dataclass(frozen=True, kw_only=True)
class RemoveCustomField(RemoveRecord):
    """Removes a definition that no class has and no customer has anything in."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = CUSTOM_FIELD
    called: ClassVar = _CALLED


@dataclass(frozen=True, kw_only=True)
class EnableCustomField(Command[RecordSaved]):
    """Says which classes have a custom field; for those that lose it, what was entered stays and is not shown."""

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = RecordSaved

    record_id: int
    class_ids: tuple[int, ...]

    def apply(self, work: UnitOfWork) -> RecordSaved:
        definition = work.lock(CustomField, self.record_id, called=_CALLED)
        if definition.removed_at is not None:
            raise NotFound(_CALLED)
        wanted = set(self.class_ids)
        classes = work.select(CustomerClass).where(CustomerClass.id.in_(wanted)).with_only_columns(CustomerClass.id)
        if set(work.session.scalars(classes)) != wanted:
            raise Invalid({"class_ids": "Choose the classes from the list."})
        enabled = work.select(CustomFieldOfClass).where(
            CustomFieldOfClass.custom_field_id == definition.id, CustomFieldOfClass.removed_at.is_(None)
        )
        stands = {row.customer_class_id: row for row in work.session.scalars(enabled)}
        if stands.keys() == wanted:
            raise Rejected("Nothing was changed, so nothing was saved.")
        for class_id in stands.keys() - wanted:
            stands[class_id].removed_at = work.now
        for class_id in sorted(wanted - stands.keys()):
            work.add(CustomFieldOfClass(customer_class_id=class_id, custom_field_id=definition.id))
        return RecordSaved(definition.id, definition.version, CUSTOM_FIELD.name)


@dataclass(frozen=True, kw_only=True)
class EditCustomFields(Command[SectionSaved]):
    """Changes what stands in the custom fields of a customer. Stale for a field that somebody else changed too.

    Invalid while a mandatory one is blank, whether it was touched or not.
    """

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = SectionSaved

    customer_id: int
    version: int
    shown: Mapping[str, str]
    changes: Mapping[str, str]

    def apply(self, work: UnitOfWork) -> SectionSaved:
        return self.save(work, lock_editable(work, self.customer_id))

    def save(self, work: UnitOfWork, customer: Customer) -> SectionSaved:
        """Saves it for a customer that is locked and can be edited."""
        fields, rows = of_class(work, customer.customer_class_id), rows_of(work, customer.id)
        stored = values_of(fields, rows)
        different = self._different(work, fields, stored, sum(row.version for row in rows.values()))
        for name, value in different.items():
            row = rows.get(name)
            if row is None:
                row = rows[name] = CustomValue(customer_id=customer.id, custom_field_id=id_of(name), version=0)
                work.session.add(row)
            fields.write(row, name, value)
            row.version += 1
        work.session.flush()
        told = sorted(fields.section[name].label for name in different)
        announce(work, customer, Event.CUSTOM_FIELD_CHANGED, fields=told)
        return SectionSaved(customer.id, sum(row.version for row in rows.values()), fields.section.name)

    def _different(self, work: UnitOfWork, fields: OfClass, stored: Values, version: int) -> Values:
        judged = fields.section.judged(self.changes)
        complaints = fields.missing({**fields.section.typed(stored), **self.changes}) | judged.complaints
        wanted = Judged(judged.values, complaints | fields.section.unknown(self.changes)).sound()
        different = {name: value for name, value in wanted.items() if value != stored[name]}
        fields.section.require(work.actor, different)
        if self.version != version and (both := fields.section.conflicts(stored, shown=self.shown, wanted=different)):
            raise Stale("The custom fields", both)
        if not different:
            raise Rejected("Nothing was changed, so nothing was saved.")
        return different

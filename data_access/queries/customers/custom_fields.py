"""Custom fields: those of a customer with their values, those of a class, and the classes of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import exists

from data_access.base.permissions import Permission
from data_access.domain.editing import edit_refusal
from data_access.domain.entered.custom_fields import field_of
from data_access.fields.section import FieldSection
from data_access.models.card.custom_fields import CustomField, CustomFieldOfClass, CustomKind, CustomValue
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.queries.customer_context import customer_context
from data_access.services.facts.custom_values import of_class, rows_of, said_of, values_of
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_MOST = 500


@dataclass(frozen=True, slots=True)
class CustomFieldsView:
    """The section that the class of a customer makes. `said`: each label with its value in words, masked without the
    right; `shown`: as typed, what may be seen; `refusal`: why nothing can be edited."""

    section: FieldSection
    version: int
    said: tuple[tuple[str, str], ...]
    shown: Mapping[str, str]
    refusal: str | None


@dataclass(frozen=True)
class CustomFieldsOf(Query[CustomFieldsView]):
    """The custom fields of a customer by their names; none where its class has none."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int

    def run(self, reader: Reader) -> CustomFieldsView:
        context = customer_context(reader, self.customer_id)
        fields = of_class(reader, context.of_class.id)
        rows = rows_of(reader, self.customer_id) if fields.definitions else {}
        values, section = values_of(fields, rows), fields.section
        words = {name: section[name].said(value) for name, value in values.items()}
        seen = {name: section.is_seen(section[name], reader.actor) for name in values}
        said = tuple(
            (section[name].label, text if seen[name] or not text else section[name].kind.mask(text))
            for name, text in words.items()
        )
        shown = {name: text for name, text in section.typed(values).items() if seen[name]}
        version = sum(row.version for row in rows.values())
        return CustomFieldsView(section, version, said, shown, edit_refusal(context.customer.bill_status))


@dataclass(frozen=True, slots=True)
class NewCustomFields:
    """What a new customer of a class is asked for: the section of the mandatory fields, and what stands in them."""

    section: FieldSection
    start: Mapping[str, str]


@dataclass(frozen=True)
class CustomFieldsOfClass(Query[NewCustomFields]):
    """The custom fields of a class as the form of a new customer has them."""

    needs: ClassVar = Permission.CUSTOMER_CREATE

    customer_class_id: int

    def run(self, reader: Reader) -> NewCustomFields:
        fields = of_class(reader, self.customer_class_id)
        return NewCustomFields(fields.section, fields.defaults())


@dataclass(frozen=True, slots=True)
class Definition:
    """A custom field by its id, which stays when it is renamed."""

    field_id: int
    label: str
    kind: CustomKind
    personal: bool
    choices: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        return self.kind is CustomKind.NUMBER


@dataclass(frozen=True)
class CustomDefinitions(Query[tuple[Definition, ...]]):
    """The custom fields that there are, by their names; personal ones for those who may see personal data."""

    needs: ClassVar = Permission.CUSTOMER_READ

    def run(self, reader: Reader) -> tuple[Definition, ...]:
        rows = visible(CustomField, reader.actor).where(CustomField.removed_at.is_(None))
        found = reader.session.scalars(rows.order_by(CustomField.name_key, CustomField.id).limit(_MOST))
        may_see = reader.actor.may(Permission.PERSONAL_READ)
        return tuple(
            Definition(row.id, row.name, row.kind, row.personal, tuple(field_of(row).options))
            for row in found
            if may_see or not row.personal
        )


@dataclass(frozen=True)
class CustomColumns(Query[Mapping[int, Mapping[int, str]]]):
    """What stands in some custom fields of some customers, in words by customer and field, in one statement.

    A field that the class of a customer does not have is left out; personal data is masked without the right to it.
    """

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_ids: tuple[int, ...]
    field_ids: tuple[int, ...]

    def run(self, reader: Reader) -> Mapping[int, Mapping[int, str]]:
        has = (
            CustomFieldOfClass.custom_field_id == CustomField.id,
            CustomFieldOfClass.customer_class_id == Customer.customer_class_id,
            CustomFieldOfClass.removed_at.is_(None),
        )
        filled = (
            visible(CustomValue, reader.actor)
            .join(CustomField, CustomField.id == CustomValue.custom_field_id)
            .join(Customer, Customer.id == CustomValue.customer_id)
            .where(CustomValue.customer_id.in_(self.customer_ids), CustomField.id.in_(self.field_ids))
            .where(exists().where(*has))
            .add_columns(CustomField)
        )
        found: dict[int, dict[int, str]] = {}
        for value, definition in reader.session.execute(filled):
            said = said_of(definition, value, reader.actor)
            found.setdefault(value.customer_id, {})[definition.id] = said
        return found


@dataclass(frozen=True, slots=True)
class OfferedTo:
    """A class, and whether its customers have a custom field."""

    class_id: int
    name: str
    is_enabled: bool


@dataclass(frozen=True)
class ClassesOfCustomField(Query[tuple[OfferedTo, ...]]):
    """The classes by their names, each with whether its customers have a custom field."""

    needs: ClassVar = Permission.CLASS_READ

    record_id: int

    def run(self, reader: Reader) -> tuple[OfferedTo, ...]:
        enabled = visible(CustomFieldOfClass, reader.actor).where(
            CustomFieldOfClass.custom_field_id == self.record_id, CustomFieldOfClass.removed_at.is_(None)
        )
        has = set(reader.session.scalars(enabled.with_only_columns(CustomFieldOfClass.customer_class_id)))
        classes = visible(CustomerClass, reader.actor).with_only_columns(CustomerClass.id, CustomerClass.name)
        rows = reader.session.execute(classes.order_by(CustomerClass.name_key, CustomerClass.id).limit(_MOST))
        return tuple(OfferedTo(row.id, row.name, row.id in has) for row in rows)

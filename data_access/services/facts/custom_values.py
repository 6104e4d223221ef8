"""Custom values: which custom fields a customer has by its class, and their values."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from data_access.base.permissions import Actor, Permission
from data_access.domain.entered.custom_fields import Stored, field_of, id_of, name_of, section_of, sort_key
from data_access.fields.field import Field, Value
from data_access.fields.section import FieldSection, Judged
from data_access.models.card.custom_fields import CustomField, CustomFieldOfClass, CustomValue
from data_access.services.facts.fees_of_customer import Looks
from data_access.store.scope import visible


@dataclass(frozen=True, slots=True)
class OfClass:
    """The custom fields of a class, as definitions and as the section that they make."""

    definitions: Mapping[str, CustomField]
    section: FieldSection

    def defaults(self) -> dict[str, str]:
        """What stands in the form of a new customer."""
        return {name: one.start for name, one in self.definitions.items()}

    def whole(self, typed: Mapping[str, str]) -> Judged:
        """Every field judged, for the mandatory ones may not be left out; what the class does not have is refused."""
        judged = self.section.judged({name: typed.get(name, "") for name in self.definitions})
        return Judged(judged.values, judged.complaints | self.section.unknown(typed))

    def missing(self, typed: Mapping[str, str]) -> dict[str, str]:
        """The sentence of each mandatory field that is blank."""
        return {one.name: one.needed for one in self.section if one.needed and not typed.get(one.name, "").strip()}

    def write(self, row: CustomValue, name: str, value: Value) -> None:
        """Sets a value with its key, in the columns of its definition."""
        definition = self.definitions[name]
        columns = Stored.of(personal=definition.personal)
        setattr(row, columns.value, self.section[name].typed(value))
        setattr(row, columns.key, sort_key(definition.kind, value))


def of_class(look: Looks, customer_class_id: int) -> OfClass:
    """The custom fields that are enabled for a class, by their names."""
    mine = _enabled(look).where(CustomFieldOfClass.customer_class_id == customer_class_id)
    return made_of(look.session.scalars(mine).all())


def of_all_classes(look: Looks) -> dict[int, OfClass]:
    """The same of every class that has some, by its id."""
    found = defaultdict[int, list[CustomField]](list)
    for definition, class_id in look.session.execute(_enabled(look).add_columns(CustomFieldOfClass.customer_class_id)):
        found[class_id].append(definition)
    return {class_id: made_of(definitions) for class_id, definitions in found.items()}


def _enabled(look: Looks) -> Select[Any]:
    return (
        visible(CustomField, look.actor)
        .join(CustomFieldOfClass, CustomFieldOfClass.custom_field_id == CustomField.id)
        .where(CustomFieldOfClass.removed_at.is_(None), CustomField.removed_at.is_(None))
        .order_by(CustomField.name_key, CustomField.id)
    )


def made_of(definitions: Sequence[CustomField]) -> OfClass:
    return OfClass({name_of(one.id): one for one in definitions}, section_of(definitions))


def rows_of(look: Looks, customer_id: int) -> dict[str, CustomValue]:
    """The stored values of a customer, by the name of their field; those too that its class has no more."""
    mine = visible(CustomValue, look.actor).where(CustomValue.customer_id == customer_id).order_by(CustomValue.id)
    return {name_of(row.custom_field_id): row for row in look.session.scalars(mine)}


def values_of(fields: OfClass, rows: Mapping[str, CustomValue]) -> dict[str, Value]:
    """What stands in each custom field of a customer; a text that its field no longer reads stays a text."""
    return {name: _value(fields, name, rows.get(name)) for name in fields.definitions}


def _value(fields: OfClass, name: str, row: Any) -> Value:
    return _read(fields.definitions[name], fields.section[name], row)


def _read(definition: CustomField, field: Field, row: Any) -> Value:
    text = "" if row is None else getattr(row, Stored.of(personal=definition.personal).value)
    try:
        return field.kind.read(text, field) if text else field.kind.blank
    except ValueError:  # a choice that is offered no more
        return text


def said_of(definition: CustomField, row: CustomValue, actor: Actor) -> str:
    """What stands in a custom field, in words; masked where the actor may not see it."""
    field = field_of(definition)
    words = field.said(_read(definition, field, row))
    return words if not field.personal or actor.may(Permission.PERSONAL_READ) else field.kind.mask(words)


def new_values(fields: OfClass, customer_id: int, typed: Mapping[str, str]) -> list[CustomValue]:
    """The rows of a new customer. Invalid with every complaint, each at its field."""
    values = fields.whole(typed).sound()
    rows = []
    for name, value in values.items():
        if value not in (None, ""):
            rows.append(CustomValue(customer_id=customer_id, custom_field_id=id_of(name)))
            fields.write(rows[-1], name, value)
    return rows

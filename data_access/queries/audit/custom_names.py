"""Names of custom fields in the audit: a change of a value is shown under the name of its definition."""

from typing import Any

from sqlalchemy import Select

from data_access.domain.entered.custom_fields import Stored
from data_access.domain.field_labels import field_label
from data_access.models.card.custom_fields import CustomField, CustomValue
from data_access.models.history import Change
from data_access.queries.customer_context import AnyRow

CUSTOM_NAME = CustomField.name.label("custom_name")
_VALUES = [Stored.of(personal=personal).value for personal in (False, True)]


def with_custom_names(changes: Select[Any]) -> Select[Any]:
    """The same changes, each beside the custom field whose value it changed, if it did."""
    of_value = (
        (Change.entity == CustomValue.__name__) & Change.field.in_(_VALUES) & (Change.entity_id == CustomValue.id)
    )
    of_field = CustomField.id == CustomValue.custom_field_id
    return changes.outerjoin(CustomValue, of_value).outerjoin(CustomField, of_field)


def label_of(row: AnyRow) -> str:
    """What the field of a change is called on the screen."""
    return row.custom_name or field_label(row.entity, row.field)

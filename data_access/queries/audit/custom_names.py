"""Names of custom fields in the audit: a change of a value is shown under the name of its definition."""

from sqlalchemy import Label

from data_access.base.permissions import Actor
from data_access.domain.entered.custom_fields import Stored
from data_access.domain.field_labels import field_label
from data_access.models.card.custom_fields import CustomField, CustomValue
from data_access.models.history import Change
from data_access.queries.customer_context import AnyRow
from data_access.store.scope import visible

_VALUES = [Stored.of(personal=personal).value for personal in (False, True)]


def custom_name(actor: Actor) -> Label[str | None]:
    """The name of the custom field whose value a change was of, as a column: looked up for those that were."""
    of_value = Change.entity == CustomValue.__name__, Change.field.in_(_VALUES), CustomValue.id == Change.entity_id
    named = visible(CustomField, actor).join(CustomValue, CustomValue.custom_field_id == CustomField.id)
    one = named.where(*of_value).with_only_columns(CustomField.name).correlate(Change)
    return one.scalar_subquery().label("custom_name")


def label_of(row: AnyRow) -> str:
    """What the field of a change is called on the screen."""
    return row.custom_name or field_label(row.entity, row.field)

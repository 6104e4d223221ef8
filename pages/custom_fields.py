"""Custom fields: additional fields of customers, and for which classes."""

from dashboard.kit.context import open_page
from dashboard.records import custom_fields
from dashboard.records.record_page import RecordPage
from data_access.base.permissions import Permission
from data_access.commands.customers.custom_fields import AddCustomField, ChangeCustomField, RemoveCustomField
from data_access.domain.sections import CUSTOM_FIELD

FIELDS = RecordPage(
    "custom field", "Fields of your own, for the customers of some classes.", CUSTOM_FIELD, AddCustomField,
    ChangeCustomField, RemoveCustomField, columns=("name", "kind", "mandatory", "personal", "start"),
    layout=(
        ("name", "kind"), ("choices",), ("longest", "written_as", "decimals"), ("start", "help"),
        ("mandatory", "personal", "end_user"),
    ),
    beside=custom_fields.classes,
)  # fmt: skip

access = open_page("Custom fields", Permission.CLASS_READ)
FIELDS.draw(access)

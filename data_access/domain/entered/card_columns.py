"""File columns for sections and rows of a customer: generated from the declared sections."""

from dataclasses import dataclass, replace

from data_access.base.statuses import NumbersAtEnd
from data_access.domain.entered.row_sections import (
    CUSTOMER_DID,
    CUSTOMER_LOGIN,
    NOTE,
    PLANNED_CHANGE,
    SUBSCRIPTION,
    TOP_UP,
)
from data_access.domain.references import REFERRED
from data_access.domain.sections import (
    ABBREVIATED_NUMBER,
    ACCOUNT,
    ACCOUNT_FEATURES,
    CUSTOMER_TAG,
    DISCOUNT,
    MEASURED_SERVICE,
    OVERRIDE_TARIFF,
    QUOTA,
    SECTIONS,
    WARNING_THRESHOLD,
)
from data_access.fields.field import Field
from data_access.fields.kinds import CHOICE, DAY, TICK
from data_access.fields.section import FieldSection


@dataclass(frozen=True, slots=True)
class CardColumn:
    """A field of a section as a column: `key` is what a mapping calls it, `heading` what an export does."""

    section: FieldSection
    field: Field
    key: str
    heading: str


def is_one_a_customer(section: FieldSection) -> bool:
    """Whether a customer has one record of it at most, in a table of its own."""
    column = section.model.__table__.columns.get("customer_id")
    return column is not None and bool(column.unique)


def travels(field: Field) -> bool:
    """Whether another desk can read it: a record is told by its name, and a stored card has none there."""
    return not field.refers_to or field.refers_to in REFERRED


def columns_of(section: FieldSection) -> tuple[CardColumn, ...]:
    """The columns of a section, in the order of its form."""
    return tuple(
        CardColumn(section, field, f"{section.name}.{field.in_files}", f"{section.title}: {field.label}")
        for field in section
        if travels(field)
    )


CARD = tuple(section for section in SECTIONS.values() if is_one_a_customer(section))
CARD_COLUMNS = {column.key: column for section in CARD for column in columns_of(section)}
_OF_ACCOUNT = (  # moved by orders of their own, and yet parts of an account
    Field(TICK, "Account blocked", name="blocked"),
    Field(DAY, "First day without it", name="ended_on", stands_for="no end"),
    Field(CHOICE, "DIDs on it", name="numbers_at_end", of=NumbersAtEnd, stands_for="kept"),
)
ROWS = {  # several records a customer, a file each, by what the file is called
    "accounts": replace(ACCOUNT, fields=(*ACCOUNT, *_OF_ACCOUNT)),
    "account-features": ACCOUNT_FEATURES,
    "abbreviated-numbers": ABBREVIATED_NUMBER,
    "discounts": DISCOUNT.only(("plan_id", "started_on")),  # one that has ended is not in files
    "measured-services": MEASURED_SERVICE,
    "override-tariffs": OVERRIDE_TARIFF,
    "quotas": QUOTA,
    "tags": CUSTOMER_TAG,
    "warning-thresholds": WARNING_THRESHOLD,
    "subscriptions": SUBSCRIPTION,
    "top-ups": TOP_UP,
    "customer-dids": CUSTOMER_DID,
    "self-care-logins": CUSTOMER_LOGIN,
    "notes": NOTE,
    "planned-changes": PLANNED_CHANGE,
}
ROW_COLUMNS = {
    column.key: replace(column, heading=column.field.label)
    for section in ROWS.values()
    for column in columns_of(section)
}
CUSTOM, CUSTOM_HEADING = "custom", "Custom: "  # what a mapping calls the custom fields, and how their headings begin


def key_of_field(section: FieldSection, name: str) -> str:
    """What a mapping calls a field of a section."""
    return f"{section.name}.{section[name].in_files}"


def key_of_custom(heading: str) -> str:
    """What a mapping calls the custom field of a heading."""
    return f"{CUSTOM}.{heading.removeprefix(CUSTOM_HEADING)}"


def heading_of(key: str) -> str:
    """What a file calls a column beside a customer."""
    if key.startswith(f"{CUSTOM}."):
        return f"{CUSTOM_HEADING}{key.removeprefix(f'{CUSTOM}.')}"
    return (CARD_COLUMNS | ROW_COLUMNS)[key].heading

"""Editing: what may be edited and when, how a stored value reads as typed, and what two people both changed."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from data_access.base.errors import Conflict
from data_access.base.permissions import Permission, who_can
from data_access.base.statuses import BillStatus
from data_access.domain.validation import CONTACT_FIELDS

EDITABLE = ("customer_code", "customer_class_id", "credit_limit", *CONTACT_FIELDS)
FIXED = {
    "currency": "The currency of a saved customer cannot be changed.",
    "balance_control": "The balance control of a saved customer cannot be changed.",
    "business_model": "The business model follows from the customer class and cannot be changed here.",
    "blocked": "Block and unblock a saved customer by Change status.",
    "balance": "A balance moves by transactions only: use Adjust balance.",
    "reseller_id": "The reseller of a saved customer cannot be changed.",
    "billing_zone": "The time zone of a saved customer cannot be changed: its due days and periods were counted in it.",
    "billing_period": "The billing period of a saved customer cannot be changed here.",
    "opening_balance": "An opening balance can be given to a new customer only: use Adjust balance.",
}

_REFUSALS = {
    BillStatus.PERMANENTLY_TERMINATED: "The customer is permanently terminated: nothing can be edited any more.",
    BillStatus.EXPORTED: "The customer is exported: only clearing Exported makes it editable again. "
    f"{who_can(Permission.CUSTOMER_PORT).capitalize()} can.",
    BillStatus.PROVISIONALLY_TERMINATED: "The customer is provisionally terminated: reactivate it first. "
    f"{who_can(Permission.CUSTOMER_TERMINATE).capitalize()} can.",
}


def edit_refusal(status: BillStatus) -> str | None:
    """Why a customer in this status cannot be edited, as a sentence; None if it can."""
    return _REFUSALS.get(status)


def fixed(names: Iterable[str]) -> dict[str, str]:
    """Why each of the fields that cannot be edited cannot; those that can are left out."""
    return {name: FIXED.get(name, "This cannot be edited here.") for name in names if name not in EDITABLE}


def as_typed(value: object) -> str:
    """A stored value as one would type it: `1000` for an amount, blank for none."""
    if value is None:
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def typed_fields(row: object, names: Iterable[str]) -> dict[str, str]:
    """The fields of a row as one would type them."""
    return {name: as_typed(getattr(row, name)) for name in names}


def conflicts(
    stored: Mapping[str, str], *, shown: Mapping[str, str], wanted: Mapping[str, object]
) -> tuple[Conflict, ...]:
    """The fields that someone else changed since they were shown; `wanted` holds what differs from what is stored."""
    return tuple(
        Conflict(name, shown[name], stored[name], as_typed(value))
        for name, value in wanted.items()
        if name in shown and shown[name] != stored[name]
    )

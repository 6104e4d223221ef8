"""Editing: what of a customer may be edited, and when."""

from collections.abc import Iterable

from data_access.base.permissions import Permission, who_can
from data_access.base.statuses import RUNNING, BillStatus
from data_access.domain.sections import CUSTOMER

EDITABLE = tuple(field.name for field in CUSTOMER if not field.fixed)
FIXED = {field.name: field.fixed for field in CUSTOMER if field.fixed} | {
    "business_model": "The business model follows from the customer class and cannot be changed here.",
    "blocked": "Block and unblock a saved customer by Change status.",
    "balance": "A balance moves by transactions only: use Adjust balance.",
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


def refusal_unless_running(status: BillStatus, what: str) -> str:
    """Why a customer in this status is given no such thing; blank where it runs."""
    if status in RUNNING:
        return ""
    return (
        f"The customer is {status.label.lower()}: {what.lower()} can be given to a running customer only. "
        f"{who_can(Permission.CUSTOMER_TERMINATE).capitalize()} can bring back one that is not gone for good."
    )


def fixed(names: Iterable[str]) -> dict[str, str]:
    """Why each of the fields that cannot be edited cannot; those that can are left out."""
    return {name: FIXED.get(name, why) for name, why in CUSTOMER.unchangeable(names).items()}

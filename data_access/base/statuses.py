"""Statuses: the stored billing status of a customer, and why it is suspended."""

from enum import StrEnum


class BillStatus(StrEnum):
    """The stored billing status; what is shown is computed in `shown_status`."""

    label: str

    def __new__(cls, value: str, label: str) -> "BillStatus":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    OPEN = "open", "Active"
    SUSPENDED = "suspended", "Suspended"
    PROVISIONALLY_TERMINATED = "provisionally_terminated", "Provisionally terminated"
    PERMANENTLY_TERMINATED = "permanently_terminated", "Permanently terminated"
    EXPORTED = "exported", "Exported"


class SuspensionCause(StrEnum):
    COLLECTION = "collection"
    INSUFFICIENT_FUNDS = "insufficient_funds"

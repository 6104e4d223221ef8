"""Statuses: the stored billing status of a customer, and why it is suspended."""

from enum import StrEnum

from data_access.base.labelled import Labelled


class BillStatus(Labelled):
    """The stored billing status; what is shown is computed in `shown_status`."""

    OPEN = "open", "Active"
    SUSPENDED = "suspended", "Suspended"
    PROVISIONALLY_TERMINATED = "provisionally_terminated", "Provisionally terminated"
    PERMANENTLY_TERMINATED = "permanently_terminated", "Permanently terminated"
    EXPORTED = "exported", "Exported"


class SuspensionCause(StrEnum):
    COLLECTION = "collection"
    INSUFFICIENT_FUNDS = "insufficient_funds"

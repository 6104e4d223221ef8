"""Statuses: the stored billing status of a customer, why it is suspended, and what an end means for numbers."""

from enum import StrEnum

from data_access.base.labelled import Labelled


class BillStatus(Labelled):
    """The stored billing status; what is shown is computed in `shown_status`."""

    OPEN = "open", "Active"
    SUSPENDED = "suspended", "Suspended"
    PROVISIONALLY_TERMINATED = "provisionally_terminated", "Provisionally terminated"
    PERMANENTLY_TERMINATED = "permanently_terminated", "Permanently terminated"
    EXPORTED = "exported", "Exported"


S = BillStatus
RUNNING = frozenset({S.OPEN, S.SUSPENDED})  # with a contract that goes on
STOPPED = frozenset({S.SUSPENDED, S.PROVISIONALLY_TERMINATED})  # without service, and may come back
AWAY = frozenset({S.PROVISIONALLY_TERMINATED, S.EXPORTED})  # charged no more, and may come back
LEFT = frozenset({S.PERMANENTLY_TERMINATED, S.EXPORTED})  # gone for good, or to elsewhere
GONE = frozenset(S) - RUNNING  # charged no more
BILLED = frozenset(S) - LEFT  # with periods that close
INVOICED_ON_REQUEST = frozenset(S) - {S.EXPORTED}  # a midterm invoice still comes for what is left


class SuspensionCause(StrEnum):
    COLLECTION = "collection"
    INSUFFICIENT_FUNDS = "insufficient_funds"


class NumbersAtEnd(Labelled):
    """What becomes of the numbers on an account when it ends."""

    KEPT = "kept", "Stay with the customer, on no account"
    POOL = "pool", "Return to the pool"
    FROZEN = "frozen", "Are frozen: nobody can be given them"

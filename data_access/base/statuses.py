"""Statuses: of a customer and why it is suspended, what an end means for numbers, of bulk actions and of imports."""

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
UNSUSPENDED = frozenset(S) - {S.SUSPENDED, S.PERMANENTLY_TERMINATED}  # live: may be overdue without being suspended
INVOICED_ON_REQUEST = frozenset(S) - {S.EXPORTED}  # a midterm invoice still comes for what is left


class SuspensionCause(StrEnum):
    COLLECTION = "collection"
    INSUFFICIENT_FUNDS = "insufficient_funds"


class NumbersAtEnd(Labelled):
    """What becomes of the numbers on an account when it ends."""

    KEPT = "kept", "Stay with the customer, on no account"
    POOL = "pool", "Return to the pool"
    FROZEN = "frozen", "Are frozen: nobody can be given them"


class BulkState(Labelled):
    """How far a run has come. TRYING, RUNNING and UNDOING go on automatically; the others wait, or have ended."""

    TRYING = "trying", "Being tried"
    TRIED = "tried", "Tried, not started"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused after the first ones"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"
    STOPPED = "stopped", "Stopped"
    UNDOING = "undoing", "Being undone"
    UNDONE = "undone", "Undone"


class RowState(Labelled):
    """What became of a customer: in the trial, in the run, and when the run was undone."""

    WAITING = "waiting", "Not tried yet"
    FITS = "fits", "Can be done"
    LEFT_OUT = "left_out", "Left out"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"
    UNDONE = "undone", "Undone"
    KEPT = "kept", "Not undone"


NOT_DONE = frozenset({RowState.REFUSED, RowState.FAILED, RowState.KEPT})  # of those whose turn came


class ImportState(Labelled):
    """How far the import of a file has come. TRYING and RUNNING go on automatically; the others wait, or have ended."""

    KEPT = "kept", "Not tried yet"
    TRYING = "trying", "Being tried"
    TRIED = "tried", "Tried, not imported"
    RUNNING = "running", "Being imported"
    DONE = "done", "Imported"
    CANCELLED = "cancelled", "Cancelled"
    STOPPED = "stopped", "Stopped"
    DISCARDED = "discarded", "Discarded"


CARRIED_ON = frozenset({ImportState.TRYING, ImportState.RUNNING})
READY = frozenset({ImportState.TRIED, ImportState.CANCELLED, ImportState.STOPPED})  # its rows can be brought in
WAITING = READY | {ImportState.KEPT}  # for a person
OF_TRIAL = frozenset({ImportState.KEPT, ImportState.TRYING, ImportState.TRIED})  # what is told is told of a trial

"""Bulk actions: whose turn it is in which state of a run, and what becomes of a customer there."""

from dataclasses import dataclass

from data_access.base.statuses import BulkState, RowState
from data_access.base.text.numerals import counted

MOST = 50_000  # customers in one action
NONE_FITS = "It can be done to none of these customers: the list says why."
NOTES_STAY = "Notes stay: each can be corrected on the page of its customer."
FIRST = 5  # are done before a person looks at them
TURN = {  # in which state a run has customers whose turn it is, and in which state those are
    BulkState.TRYING: RowState.WAITING, BulkState.RUNNING: RowState.FITS, BulkState.UNDOING: RowState.DONE,
}  # fmt: skip
BECOMES = {BulkState.TRYING: RowState.FITS, BulkState.RUNNING: RowState.DONE, BulkState.UNDOING: RowState.UNDONE}
ENDS_AS = {
    BulkState.TRYING: BulkState.TRIED, BulkState.RUNNING: BulkState.DONE, BulkState.UNDOING: BulkState.UNDONE,
}  # fmt: skip
REFUSED = {BulkState.TRYING: RowState.LEFT_OUT, BulkState.RUNNING: RowState.REFUSED, BulkState.UNDOING: RowState.KEPT}


def picked_in_words(customers: int) -> str:
    """Whom a run is about whose customers were picked."""
    return f"{counted(customers, 'customer', 'customers')} picked in the list"


def row_command_id(run_id: int, customer_id: int, stage: BulkState) -> str:
    """The id under which a customer's order is carried out: made from the run, so that it is done once."""
    return f"bulk-{run_id}-{customer_id}{'-undo' if stage is BulkState.UNDOING else ''}"


@dataclass(frozen=True, slots=True)
class Whom:
    """The customer whose turn it is, by what never changes of it."""

    id: int
    billing_zone: str
    currency: str

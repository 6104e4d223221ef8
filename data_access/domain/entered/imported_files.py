"""Imports of files: which kinds there are, how large a file may be, how long it is kept, and which batch is which."""

from datetime import timedelta

from data_access.domain.entered.card_columns import ROWS

FILE_KINDS = ("customers", "classes", "invoices", "charges", "usage", "samples", "rates", "dids", *ROWS)
SUFFIXES = (".csv", ".xlsx", ".gz")
PART = 1 << 20  # bytes of a file in one row
MOST_FILES = 5  # that a person may have waiting
FILE_KEPT, RESULT_KEPT = timedelta(days=7), timedelta(days=30)


def batch_command_id(import_id: int, trial: int, number: int) -> str:
    """The id under which a batch is brought in: made from the import and its last trial, so that it is done once."""
    return f"import-{import_id}-{trial}-{number}"

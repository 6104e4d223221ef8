"""Exports: what a file holds, as which kind of file, and how far it has come."""

from data_access.base.labelled import Labelled


class FileFormat(Labelled):
    """The kinds of files, each by the ending of its name."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    PARQUET = "parquet", "Parquet"


def format_by(ending: str) -> FileFormat | None:
    """The kind of file whose name ends so, with its dot or without."""
    return next((kind for kind in FileFormat if kind == ending.lower().removeprefix(".")), None)


class ExportContent(Labelled):
    """What is told of each customer. The label follows the kind of the file, in the audit and on the screen."""

    LIST = "list", ""
    NEXT = "next", "with what happens next"
    EVERYTHING = "everything", "everything"


class ExportState(Labelled):
    """How far a file has come. Once it is cancelled, refused or removed, it stands nowhere any more."""

    ASKED = "asked", "Being written"
    READY = "ready", "Ready"
    CANCELLED = "cancelled", "Cancelled"
    REFUSED = "refused", "Not written"
    REMOVED = "removed", "Removed"


def told_as(kind: FileFormat, content: ExportContent) -> str:
    """`CSV, everything`."""
    return ", ".join(filter(None, (kind.label, content.label)))

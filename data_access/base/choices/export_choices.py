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
    """What is told of each customer."""

    LIST = "list", "The columns of the list"
    NEXT = "next", "With what happens next"
    EVERYTHING = "everything", "Everything"


class ExportState(Labelled):
    """How far a file has come. Once it is cancelled, refused or removed, it stands nowhere any more."""

    ASKED = "asked", "Being written"
    READY = "ready", "Ready"
    CANCELLED = "cancelled", "Cancelled"
    REFUSED = "refused", "Not written"
    REMOVED = "removed", "Removed"


def told_as(kind: FileFormat, content: ExportContent) -> str:
    """`CSV, everything`; a list goes without saying."""
    return kind.label if content is ExportContent.LIST else f"{kind.label}, {content.label.lower()}"

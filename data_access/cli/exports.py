"""The subcommand `export`: customers as a file, part by part, however many there are, or the customer classes."""

import os
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine

from data_access.base.choices.export_choices import ExportContent, FileFormat, format_by
from data_access.base.clock import Clock
from data_access.base.errors import Rejected
from data_access.base.text.numerals import counted
from data_access.base.text.sheets import Cell, write_csv, write_xlsx
from data_access.cli.calls import DONE, named, signed_by, verb
from data_access.commands.customers.exports import ExportCustomers
from data_access.domain.entered.card_columns import ROWS
from data_access.queries.classes.class_terms import CLASS_COLUMNS, ClassesToExport
from data_access.queries.lists.card_rows import rows_profile
from data_access.queries.lists.everything import everything_of
from data_access.queries.lists.exports import rows_of
from data_access.queries.lists.list_files import Contents, write_customers
from data_access.search.filters import LISTED
from data_access.store.access import Access, new_command_id

PROFILES = ("list", "everything")
Sheet = tuple[Sequence[str], Iterable[Sequence[Cell]]]
_SAID = {
    "customers": ("customer was", "customers were"),
    "classes": ("customer class was", "customer classes were"),
}
_WRITE: dict[str, Callable[[IO[bytes], Sequence[str], Iterable[Sequence[Cell]]], int]] = {
    "csv": write_csv, "xlsx": partial(write_xlsx, title="Export"),
}  # fmt: skip


def add_verb(verbs: Any) -> None:
    sending = verb(verbs.add_parser("export", help="export customers, their records, or classes to a file"), _export)
    sending.add_argument("kind", choices=["customers", "classes", *ROWS], help="what to export")
    sending.add_argument(
        "file", type=Path, help="name ends in .csv, .xlsx or, for the list, .parquet; an existing file is replaced"
    )
    sending.add_argument("--profile", choices=PROFILES, help="customers only: list, or everything to import elsewhere")
    signed_by(sending)


def _export(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    access, path = named(chosen, engine, clock), chosen.file
    kind = path.suffix.lower().removeprefix(".")
    if chosen.kind != "customers" and chosen.profile:
        raise Rejected(f"{chosen.kind.capitalize()} are written whole: leave --profile out.")
    is_list = chosen.kind == "customers" and chosen.profile != "everything"
    listed = format_by(kind) if is_list else None
    if listed is None and kind not in _WRITE:
        also = ", or the list of customers as Parquet" if kind == "parquet" else ""
        raise Rejected(f"{path.name} is written as CSV or XLSX{also}: let its name end in .csv or .xlsx.")
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            count = _write_list(access, file, listed) if listed else _write(access, file, kind, chosen.kind)
        os.replace(unfinished, path)
    except OSError as wrong:
        raise Rejected(
            f"{path.name} cannot be written: there is no such folder, or you may not write to it."
        ) from wrong
    finally:
        unfinished.unlink(missing_ok=True)
    said = _SAID.get(chosen.kind, ("row was", "rows were"))
    print(f"{counted(count, *said)} written to {path.name}.")
    return DONE


def _write_list(access: Access, file: IO[bytes], kind: FileFormat) -> int:
    _note(access, f"{kind.label}, list")
    return write_customers(access, file, kind, Contents(LISTED, ExportContent.NEXT))


def _write(access: Access, file: IO[bytes], kind: str, what: str) -> int:
    """As it comes; that customers leave stands in the audit before the first of them."""
    if what == "classes":
        return _WRITE[kind](file, CLASS_COLUMNS, access.fetch(ClassesToExport()))
    told = rows_profile(what) if what in ROWS else everything_of(access)
    _note(access, f"{kind.upper()}, {what.replace('-', ' ') if what in ROWS else PROFILES[1]}")
    return _WRITE[kind](file, told.header, rows_of(access, told.query, LISTED))


def _note(access: Access, told: str) -> None:
    access.execute(ExportCustomers(command_id=new_command_id(), filter=LISTED, format=told))

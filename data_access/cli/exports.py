"""The verb `export`: customers as a file, part by part, however many they are, or the customer classes."""

import os
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine

from data_access.base.clock import Clock
from data_access.base.errors import Rejected
from data_access.base.text.numerals import counted
from data_access.base.text.sheets import Cell, write_csv, write_xlsx
from data_access.cli.calls import DONE, named, signed_by, verb
from data_access.commands.customers.exports import ExportCustomers
from data_access.queries.classes.class_terms import CLASS_COLUMNS, ClassesToExport
from data_access.queries.lists.everything import PROFILES, profile_of
from data_access.queries.lists.exports import rows_of
from data_access.search.filters import LISTED
from data_access.store.access import Access, new_command_id

_MOST = 1_000_000  # a sheet has some more rows than that
Write = Callable[[IO[bytes], Sequence[str], Iterable[Sequence[Cell]]], int]
Sheet = tuple[Sequence[str], Iterable[Sequence[Cell]]]
_SAID = {
    "customers": ("customer was", "customers were"),
    "classes": ("customer class was", "customer classes were"),
}
_WRITE: dict[str, Write] = {"csv": write_csv, "xlsx": partial(write_xlsx, title="Export")}


def add_verb(verbs: Any) -> None:
    sending = verb(verbs.add_parser("export", help="write customers or classes to a CSV or XLSX file"), _export)
    sending.add_argument("kind", choices=["customers", "classes"], help="what is written")
    sending.add_argument("file", type=Path, help="ends in .csv or .xlsx; one that is there is replaced")
    sending.add_argument("--profile", choices=PROFILES, help="of customers: list, or everything to import it elsewhere")
    signed_by(sending)


def _export(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    access, path = named(chosen, engine, clock), chosen.file
    kind = path.suffix.lower().removeprefix(".")
    if kind not in _WRITE:
        raise Rejected(f"{path.name} is written as CSV or XLSX: let its name end in .csv or .xlsx.")
    if chosen.kind == "classes" and chosen.profile:
        raise Rejected("Classes are written whole: leave --profile out.")
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            header, rows = _classes(access) if chosen.kind == "classes" else _customers(access, chosen.profile, kind)
            count = _WRITE[kind](file, header, rows)
        os.replace(unfinished, path)
    except OSError as wrong:
        raise Rejected(
            f"{path.name} cannot be written: there is no such folder, or you may not write to it."
        ) from wrong
    finally:
        unfinished.unlink(missing_ok=True)
    print(f"{counted(count, *_SAID[chosen.kind])} written to {path.name}.")
    return DONE


def _classes(access: Access) -> Sheet:
    return CLASS_COLUMNS, access.fetch(ClassesToExport())


def _customers(access: Access, profile: str | None, kind: str) -> Sheet:
    """As they come; that they leave stands in the audit before the first of them."""
    name = profile or "list"
    chosen = profile_of(access, name)
    order = ExportCustomers(command_id=new_command_id(), filter=LISTED, format=f"{kind.upper()}, {name}", most=_MOST)
    access.execute(order)
    return chosen.header, rows_of(access, chosen.query, LISTED)

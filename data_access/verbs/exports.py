"""The verb `export`: customers as a file, part by part, however many they are."""

import os
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine

from data_access.access import new_command_id
from data_access.clock import Clock
from data_access.commands.exports import ExportCustomers
from data_access.errors import Rejected
from data_access.filters import LISTED
from data_access.queries.everything import PROFILES
from data_access.queries.exports import rows_of
from data_access.sheets import Cell, write_csv, write_xlsx
from data_access.verbs.calls import DONE, named, signed_by, verb

_MOST = 1_000_000  # a sheet has some more rows than that
Write = Callable[[IO[bytes], Sequence[str], Iterable[Sequence[Cell]]], int]
_WRITE: dict[str, Write] = {"csv": write_csv, "xlsx": partial(write_xlsx, title="Customers")}


def add_verb(verbs: Any) -> None:
    sending = verb(verbs.add_parser("export", help="write the customers to a CSV or XLSX file"), _export)
    sending.add_argument("kind", choices=["customers"])
    sending.add_argument("file", type=Path)
    sending.add_argument("--profile", choices=PROFILES, default="list", help="everything: to be imported elsewhere")
    signed_by(sending)


def _export(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    access, path = named(chosen, engine, clock), chosen.file
    kind = path.suffix.lower().removeprefix(".")
    if kind not in _WRITE:
        raise Rejected(f"{path.name} is written as CSV or XLSX: let its name end in .csv or .xlsx.")
    header, query = PROFILES[chosen.profile]
    order = ExportCustomers(
        command_id=new_command_id(), filter=LISTED, format=f"{kind.upper()}, {chosen.profile}", most=_MOST
    )
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            access.execute(order)
            rows = rows_of(access, query, LISTED)
            count = _WRITE[kind](file, header, rows)
        os.replace(unfinished, path)
    except OSError as wrong:
        raise Rejected(
            f"{path.name} cannot be written: there is no such folder, or you may not write to it."
        ) from wrong
    finally:
        unfinished.unlink(missing_ok=True)
    print(f"{count:,} customers were written to {path.name}.")
    return DONE

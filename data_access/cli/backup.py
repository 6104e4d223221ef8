"""The subcommands for a SQLite file: backup while people work, and check."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from data_access.base.clock import Clock
from data_access.base.running.sqlite_files import back_up, damage_in, file_of
from data_access.cli.calls import DONE, say, verb


def add_verbs(verbs: Any) -> None:
    """The parsers of these verbs."""
    backing_up = verb(
        verbs.add_parser("backup", help="copy a SQLite database to a new file while people work"), _back_up
    )
    backing_up.add_argument("file", type=Path, metavar="FILE", help="the new file")
    verb(verbs.add_parser("check", help="check a SQLite database for damage"), _check)


def _back_up(chosen: Namespace, engine: Engine, _clock: Clock) -> int:
    size = back_up(engine, chosen.file)
    print(f"{chosen.file} holds the database as it was, {size:,} bytes, and is whole.")
    return DONE


def _check(_chosen: Namespace, engine: Engine, _clock: Clock) -> int:
    found = damage_in(file_of(engine))
    if found:
        return say("\n".join(["The file is damaged: go back to a backup.", *found]))
    print("The file is whole, and every row refers to rows that there are.")
    return DONE

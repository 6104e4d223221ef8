"""The subcommand `archive`: who is due is listed first, then their details are written to files and deleted."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from data_access.base.clock import Clock
from data_access.base.settings import settings
from data_access.base.text.numerals import counted
from data_access.cli.calls import DONE, named, signed_by, verb
from data_access.cli.retention import tell
from data_access.jobs.archive import archive_customer
from data_access.queries.jobs.retention import DueArchives, PreviewArchives
from data_access.store.access import Access


def add_verb(verbs: Any) -> None:
    """The parser of this verb."""
    archiving = verb(
        verbs.add_parser("archive", help="archive and delete details after their retention period"), _archive
    )
    archiving.add_argument("--dry-run", action="store_true", help="show who is due, and write nothing")
    signed_by(archiving)


def _archive(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    access = named(chosen, engine, clock)
    tell(access.fetch(PreviewArchives()), nobody="Nobody's details are due.")
    if chosen.dry_run:
        return DONE
    folder = Path(settings().archive_dir)
    if not (due := list(_due(access))):
        return DONE
    done = [archive_customer(engine, access.actor, clock, folder, key) for key in due]
    rows = sum(archived.rows for archived in done)
    archived = counted(len(done), "customer was", "customers were")
    print(f"{archived} archived to {folder}: {counted(rows, 'row')}, now deleted.")
    return DONE


def _due(access: Access) -> Iterator[int]:
    last = 0
    while keys := access.fetch(DueArchives(last)):
        yield from keys
        last = keys[-1]

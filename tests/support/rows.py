"""The bulk door for arranging: rows that a test starts from, with the entry in the audit that every row has."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from data_access.base.permissions import SYSTEM
from data_access.models.base import Base
from data_access.store.access import new_command_id
from data_access.store.audit_trail import CommandHeader
from data_access.store.bulk import bulk_load

BEFORE = datetime(2025, 9, 1, 8, 0, tzinfo=UTC)  # when what a test starts from was recorded


def arrangement() -> CommandHeader:
    """An order of its own for each thing that is arranged."""
    return CommandHeader(new_command_id(), "Arrange", "", "the test starts from here", lambda: BEFORE)


def insert(engine: Engine, model: type[Base], row: dict[str, Any]) -> int:
    """One row; its id."""
    with bulk_load(engine, SYSTEM, arrangement()) as load:
        load.insert(model, [row])
        load.complete({})
    return int(row["id"])

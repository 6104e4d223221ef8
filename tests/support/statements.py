"""Statements that a database is sent while something is done: for tests that bound how many."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

_CLOCK = "demo_clock"  # looked up once a second, by whoever comes first


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The questions asked of the database inside the block, in order."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")) and _CLOCK not in statement:
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)

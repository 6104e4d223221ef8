"""Statements that a database is sent while something is done: for tests that bound how many."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import BindParameter, Engine, Select, event
from sqlalchemy.sql.compiler import SQLCompiler

_MAKES = ((Select, "__init__"), (Select, "_generate"), (BindParameter, "__init__"), (SQLCompiler, "__init__"))
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


@contextmanager
def made(patch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How many statements, and values in them, are made inside the block, and how many are compiled."""
    counts: Counter[str] = Counter()

    def note(here: pytest.MonkeyPatch, kind: type, name: str) -> None:
        own = getattr(kind, name)

        def noting(self: object, *args: object, **kwargs: object) -> object:
            counts[kind.__name__] += 1
            return own(self, *args, **kwargs)

        here.setattr(kind, name, noting)

    with patch.context() as here:
        for kind, name in _MAKES:
            note(here, kind, name)
        yield counts

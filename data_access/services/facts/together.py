"""Several queries in one statement: the rows of each carry its name, and columns that it does not use are NULL."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, Select, String, cast, literal, null, select, union_all
from sqlalchemy.types import TypeEngine


def together(parts: Mapping[str, Select[*tuple[Any, ...]]]) -> Select[*tuple[Any, ...]]:
    """The rows of all parts, in no order. TypeError where two parts give one name to columns of different types."""
    tables = {name: part.subquery() for name, part in parts.items()}
    kinds: dict[str, TypeEngine[Any]] = {}
    for name, table in tables.items():
        for key, column in table.c.items():
            if repr(kinds.setdefault(key, column.type)) != repr(column.type):
                raise TypeError(f"{key} of {name} is {column.type!r}, elsewhere it is {kinds[key]!r}")
    rows = [
        select(
            literal(name, String).label("part"),
            *(table.c[key] if key in table.c else cast(null(), kind).label(key) for key, kind in kinds.items()),
        )
        for name, table in tables.items()
    ]
    return select(*union_all(*rows).subquery().c)


def apart(rows: Iterable[Row[*tuple[Any, ...]]]) -> Mapping[str, list[Any]]:
    """The rows of each part."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.part].append(row)
    return found

"""Verification of search texts: computed again from their rows."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import column, exists, func, select, table

from data_access.models.kept.search_texts import INDEX, KINDS, SEARCHED, SearchText
from data_access.queries.audit.search_texts import SOURCES, Found, kept
from data_access.store.access import Reader
from data_access.store.scope import visible

_AT_ONCE = 20_000
_INDEXED = table(f"{INDEX}_docsize", column("id"))  # SQLite's: one row for each text in the index
_Row = tuple[Any, ...]


def wrong_texts(reader: Reader) -> Iterator[str]:
    """How many texts are not what their rows say, or not in the index."""
    wrong = sum(_differing(reader, number, of) for number, of in enumerate(SOURCES)) + _not_indexed(reader)
    if wrong:
        yield f"What customers are found by is not what stands in their rows: {wrong:,} texts are wrong."


def _differing(reader: Reader, number: int, of: Found) -> int:
    last_text = reader.session.scalar(visible(SearchText, reader.actor).with_only_columns(func.max(SearchText.id)))
    key: Any = of.model.id  # type: ignore[attr-defined]  # a record
    last_row = reader.session.scalar(visible(of.model, reader.actor).with_only_columns(func.max(key)))
    last = max(last_row or 0, (last_text or 0) // KINDS)
    return sum(
        len(_written(reader, number, of, first).symmetric_difference(_kept(reader, number, first)))
        for first in range(0, last + 1, _AT_ONCE)
    )


def _written(reader: Reader, number: int, of: Found, first: int) -> set[_Row]:
    key: Any = of.model.id  # type: ignore[attr-defined]  # a record
    rows = visible(of.model, reader.actor).where(key >= first, key < first + _AT_ONCE)
    found = set()
    for row in reader.session.execute(rows.with_only_columns(key, of.owner.label("owner"), *of.columns)):
        texts = of.texts(row)
        if row.owner is not None and any(text for each in texts.values() for text in each):
            found.add((row.id * KINDS + number, row.owner, *(kept(*texts.get(name, ())) for name in SEARCHED)))
    return found


def _kept(reader: Reader, number: int, first: int) -> set[_Row]:
    rows = visible(SearchText, reader.actor).where(
        SearchText.id >= first * KINDS, SearchText.id < (first + _AT_ONCE) * KINDS, SearchText.id % KINDS == number
    )
    columns = (getattr(SearchText, name) for name in ("id", "customer_id", *SEARCHED))
    return {tuple(row) for row in reader.session.execute(rows.with_only_columns(*columns))}


def _not_indexed(reader: Reader) -> int:
    """On PostgreSQL the database itself sees to it."""
    if reader.session.get_bind().dialect.name == "postgresql":
        return 0
    texts = visible(SearchText, reader.actor)
    indexed = exists().where(_INDEXED.c.id == SearchText.id)
    missing = reader.session.scalar(texts.where(~indexed).with_only_columns(func.count(SearchText.id))) or 0
    in_index = select(func.count()).select_from(_INDEXED).scalar_subquery()
    there = texts.with_only_columns(func.count(SearchText.id)).scalar_subquery()
    return missing or abs(reader.session.scalar(select(in_index - there)) or 0)

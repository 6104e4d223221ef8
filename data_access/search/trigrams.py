"""Trigrams: substrings looked up in the index over `search_texts`, on both databases."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, column, false, or_, select, table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from data_access.models.customers import Customer
from data_access.models.kept.search_texts import INDEX, SearchText

SHORTEST = 3  # what is shorter no trigram finds
_ASKED = 7  # letters of a longer text; the rest is compared with what these find
assert isinstance(SearchText.__table__, Table)
TEXTS = SearchText.__table__
_INDEX = table(INDEX, column("rowid"), column(INDEX))


@dataclass(frozen=True, slots=True)
class Part:
    """That one of the columns holds the text."""

    columns: tuple[str, ...]
    text: str

    def matches(self) -> str:
        """As FTS5 is asked, by its few most telling letters; blank: it cannot be."""
        if len(self.text) < SHORTEST:
            return ""
        return f'{{{" ".join(self.columns)}}} : "{_telling(self.text).replace(chr(34), chr(34) * 2)}"'

    def holds(self) -> ColumnElement[bool]:
        return or_(*(TEXTS.c[name].contains(self.text, autoescape=True) for name in self.columns))


@dataclass(frozen=True, slots=True)
class Every:
    """That all of it holds; what is too short to be asked of the index is judged by what else holds."""

    asked: "tuple[Asked, ...]"

    def matches(self) -> str:
        return " AND ".join(f"({told})" for one in self.asked if (told := one.matches()))

    def holds(self) -> ColumnElement[bool]:
        return and_(*(one.holds() for one in self.asked))


@dataclass(frozen=True, slots=True)
class Some:
    """That any of it holds."""

    asked: "tuple[Asked, ...]"

    def matches(self) -> str:
        told = dict.fromkeys(one.matches() for one in self.asked)
        return " OR ".join(f"({one})" for one in told) if all(told) else ""

    def holds(self) -> ColumnElement[bool]:
        return or_(*(one.holds() for one in self.asked))


Asked = Part | Every | Some


def _telling(text: str) -> str:
    """The few letters side by side of which the fewest repeat, the last of several: zeros stand in every number.

    Of an e-mail address those before the @, which are its own.
    """
    text = text.partition("@")[0] if text.find("@") >= SHORTEST else text
    parts = [text[at : at + _ASKED] for at in range(max(len(text) - _ASKED, 0) + 1)]
    return max(reversed(parts), key=lambda part: len(set(part)))


def among(found: Select[Any], asked: Asked, *, dialect: str) -> Select[Any]:
    """Those whose texts hold it, of a select of customers joined with their texts. They come as the index has them."""
    holding = found.where(asked.holds())
    if dialect == "postgresql":
        return holding
    matches: ColumnElement[bool] = _INDEX.c[INDEX].op("MATCH")(bindparam(None, asked.matches(), unique=True))
    return holding.join(_INDEX, _INDEX.c.rowid == TEXTS.c.id).where(matches)


def held_by(asked: Asked | None) -> ColumnElement[bool]:
    """As a condition of customers: one of their texts holds it."""
    if asked is None:
        return false()
    return Customer.id.in_(select(TEXTS.c.customer_id).where(_Held(asked)))


class _Held(FunctionElement[bool]):
    """Each database is asked in its own way; what it does not ask is not sent to it."""

    inherit_cache = True

    def __init__(self, asked: Asked) -> None:
        matches: ColumnElement[str] = bindparam(None, asked.matches(), unique=True)
        super().__init__(matches, asked.holds())


@compiles(_Held, "sqlite")
def _match(element: _Held, compiler: Any, **kw: Any) -> str:
    matches, holds = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{TEXTS.name}.id IN (SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH {matches}) AND ({holds})"


@compiles(_Held, "postgresql")
def _like(element: _Held, compiler: Any, **kw: Any) -> str:
    _, holds = element.clauses
    return f"({compiler.process(holds, **kw)})"

"""The base of all tables: names of constraints, column types, and what a change to a row leaves in the audit."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, TypeVar

from sqlalchemy import JSON, ColumnElement, Index, MetaData, String, and_, exists, func
from sqlalchemy import Enum as SqlEnum
from sqlalchemy import text as sql
from sqlalchemy.orm import DeclarativeBase, Mapped, aliased, mapped_column

from data_access.base.clock import UtcDateTime
from data_access.base.money import Amount

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

PERSONAL = {"personal": True}  # old and new values stand in the erasable table, and are masked without the right
SECRET = {"secret": True}  # logged as changed, and nothing more
SUMMARY = {"summary": True}  # follows from append-only rows, which are their own audit


M = TypeVar("M", bound="Base")


def choice(of: type[StrEnum], *, checked: bool = False) -> SqlEnum:
    """A text column that holds an enum's values; `checked` adds the CHECK, one a table and enum."""
    return SqlEnum(
        of, native_enum=False, create_constraint=checked, length=40, values_callable=lambda e: [m.value for m in e]
    )


class Base(DeclarativeBase):
    """Every table. Text keys are compared bytewise on both databases."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        Decimal: Amount,
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[int]: JSON,
        StrEnum: choice(StrEnum, checked=True),
    }


class Record(Base):
    """A row that people change: audited by the unit of work. `version` rises with edits only."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)


class Removable(Record):
    """A record that can be taken out of every list; it stays, for the audit and for what once referred to it."""

    __abstract__ = True

    removed_at: Mapped[datetime | None]


STANDING = sql("removed_at IS NULL")


def one_that_stands(table: str, *columns: str) -> Index:
    """Of those that were not removed, one alone holds these values."""
    name = f"uq_{table}_{'_'.join(columns)}"
    return Index(name, *columns, unique=True, sqlite_where=STANDING, postgresql_where=STANDING)


class WrittenOnce(Base):
    """A row that is written once: the database refuses to change or delete it."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)


@cache
def other(table: type[M]) -> type[M]:
    """Another row of the same table, named once: to name it copies each of its columns."""
    return aliased(table)


class Reversible(WrittenOnce):
    """A row that a later one may take back, once."""

    __abstract__ = True

    reverses_id: Mapped[int | None]

    @classmethod
    @cache
    def takes_nothing_back(cls) -> ColumnElement[bool]:
        """So written that no index is entered: SQLite believes that few do, and would read nearly all rows for it."""
        return func.coalesce(cls.reverses_id, cls.reverses_id).is_(None)

    @classmethod
    @cache
    def unreversed(cls) -> ColumnElement[bool]:
        """Takes nothing back, and was not taken back."""
        later = other(cls)
        return and_(cls.takes_nothing_back(), ~exists().where(later.reverses_id == cls.id))


def key_type(length: int) -> String:
    """Folded text, compared bytewise: PostgreSQL would otherwise order it by its own locale."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")

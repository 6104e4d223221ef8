"""Tariffs as forms offer them, and the rates of one."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.base.text.numerals import whole_number
from data_access.models.usage.tariffs import Tariff, TariffRate
from data_access.queries.pagination.pages import Direction, Key, Order, Page, page_of
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

PAGE = 50
_MOST = 1000
BY_PREFIX = Order((Key(TariffRate.prefix, str), Key(TariffRate.id, whole_number)))


@dataclass(frozen=True, slots=True)
class TariffChoice:
    """A tariff as far as a form has to know it."""

    tariff_id: int
    name: str
    currency: str

    @property
    def says(self) -> str:
        return f"{self.name} ({self.currency})"


@dataclass(frozen=True)
class TariffChoices(Query[tuple[TariffChoice, ...]]):
    """The tariffs that were not removed, by name; those of one currency, if one is given."""

    needs: ClassVar = Permission.CUSTOMER_READ

    currency: str = ""

    def run(self, reader: Reader) -> tuple[TariffChoice, ...]:
        query = visible(Tariff, reader.actor).where(Tariff.removed_at.is_(None))
        if self.currency:
            query = query.where(Tariff.currency == self.currency)
        rows = reader.session.execute(
            query.with_only_columns(Tariff.id, Tariff.name, Tariff.currency)
            .order_by(Tariff.name_key, Tariff.id)
            .limit(_MOST)
        )
        return tuple(TariffChoice(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rate of a tariff."""

    rate_id: int
    version: int
    prefix: str
    destination: str
    price: Decimal
    message_price: Decimal | None
    first_seconds: int
    next_seconds: int
    free_seconds: int


@dataclass(frozen=True)
class RatesOf(Query[Page[RateRow]]):
    """The rates of a tariff by their prefix, a page of them; those that begin with some digits, if any are given.

    ValueError for a cursor that is none.
    """

    needs: ClassVar = Permission.CLASS_READ

    tariff_id: int
    begins: str = ""
    direction: Direction = Direction.FIRST
    cursor: str = ""

    def run(self, reader: Reader) -> Page[RateRow]:
        query = visible(TariffRate, reader.actor).where(
            TariffRate.tariff_id == self.tariff_id,
            TariffRate.removed_at.is_(None),
            TariffRate.prefix.startswith(self.begins),
        )
        found = page_of(reader, query.with_only_columns(*_COLUMNS), BY_PREFIX, self.direction, self.cursor, PAGE)
        return found.of(tuple(RateRow(*row[: len(_COLUMNS)]) for row in found.rows))


_COLUMNS = (
    TariffRate.id, TariffRate.version,
    *(getattr(TariffRate, name) for name in RateRow.__dataclass_fields__ if name not in ("rate_id", "version")),
)  # fmt: skip

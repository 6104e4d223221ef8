"""Where else a text is found that quick search hardly finds: other fields, and places within them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, FromClause, Select, false, func, literal, not_, select, union_all

from data_access.base.permissions import Permission
from data_access.models.customers import Customer
from data_access.queries.lists.counts import MORE
from data_access.queries.lists.kept_counts import asked_of_few
from data_access.search.filters import LISTED, CustomerFilter
from data_access.search.text_match import Match, SearchField, any_holds, means_phone, part_of
from data_access.search.trigrams import TEXTS, among
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_WAYS = {
    "anywhere in the name": (SearchField.NAME, Match.CONTAINS),
    "by phone": (SearchField.PHONE, Match.CONTAINS),
    "by e-mail": (SearchField.EMAIL, Match.CONTAINS),
    "by city": (SearchField.CITY, Match.STARTS),
    "anywhere in the Customer ID": (SearchField.CUSTOMER_ID, Match.CONTAINS),
}
_LOOKED_AT = 2 * MORE  # texts in the index: some are of customers whom the rest of the filter leaves out


@dataclass(frozen=True, slots=True)
class OtherSearch:
    """Another search for the same text: how it is said, and how many it finds; `MORE` where that is beyond `CAP`."""

    says: str
    filter: CustomerFilter
    count: int


@dataclass(frozen=True)
class FurtherMatches(Query[tuple[OtherSearch, ...]]):
    """The other searches that find somebody whom this one does not, those most often meant first.

    Whoever holds the text is looked up in the index of texts. Where that has too many, or the text is too short for it,
    customers are compared one by one until more than `CAP` are found.
    """

    needs: ClassVar = Permission.CUSTOMER_READ
    filter: CustomerFilter

    def run(self, reader: Reader) -> tuple[OtherSearch, ...]:
        self.filter.require(reader.actor)
        may_read = reader.actor.may(Permission.PERSONAL_READ)
        ways = {
            says: replace(self.filter, fields=frozenset((field,)), match=match)
            for says, (field, match) in _WAYS.items()
            if (may_read or not field.is_personal) and (field is not SearchField.PHONE or means_phone(self.filter.q))
        }
        counts = _counts(reader, {says: self._looked_up(reader, way) for says, way in ways.items()})
        cut = {says: way for says, way in ways.items() if counts[says].is_cut and counts[says].found < MORE}
        counts |= _counts(reader, {says: self._compared(reader, way) for says, way in cut.items()})
        return tuple(OtherSearch(says, way, counts[says].found) for says, way in ways.items() if counts[says].is_new)

    def _looked_up(self, reader: Reader, way: CustomerFilter) -> Select[int, bool, bool]:
        part = part_of(way.fields, way.match, way.q)
        if part is None:
            return self._compared(reader, way)
        texts = among(select(TEXTS.c.customer_id), part, dialect=reader.session.get_bind().dialect.name)
        looked_at = texts.limit(_LOOKED_AT).cte()
        customers = visible(Customer, reader.actor).join(looked_at, looked_at.c.customer_id == Customer.id)
        return self._counted(reader, way, customers, _size(looked_at) == _LOOKED_AT)

    def _compared(self, reader: Reader, way: CustomerFilter) -> Select[int, bool, bool]:
        return self._counted(reader, way, visible(Customer, reader.actor), false())

    def _counted(
        self, reader: Reader, way: CustomerFilter, customers: Select[Customer], is_cut: ColumnElement[bool]
    ) -> Select[int, bool, bool]:
        """How many of these it finds, and whether somebody among them is new."""
        where = replace(self.filter, q=LISTED.q, fields=LISTED.fields, match=LISTED.match).where(reader.now)
        beside = asked_of_few(where) if way.match is Match.STARTS else where  # its range is looked up
        some = customers.where(*beside, _holds(way)).with_only_columns(Customer.id).limit(MORE).cte()
        new = visible(Customer, reader.actor).where(Customer.id.in_(select(some.c.id)), not_(_holds(self.filter)))
        return select(_size(some).label("found"), new.exists().label("is_new"), is_cut.label("is_cut"))


def _size(rows: FromClause) -> ColumnElement[int]:
    return select(func.count()).select_from(rows).scalar_subquery()


def _counts(reader: Reader, ways: Mapping[str, Select[int, bool, bool]]) -> dict[str, Any]:
    """All of them in one look."""
    if not ways:
        return {}
    each = [count.add_columns(literal(says).label("says")) for says, count in ways.items()]
    return {row.says: row for row in reader.session.execute(union_all(*each))}


def _holds(way: CustomerFilter) -> ColumnElement[bool]:
    return any_holds(way.fields, way.match, way.q)

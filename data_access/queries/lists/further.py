"""Where else a text is found that quick search hardly finds: other fields, and places within them."""

from dataclasses import dataclass, replace
from typing import ClassVar

from sqlalchemy import ColumnElement, and_, func, not_, or_

from data_access.base.permissions import Permission
from data_access.models.customers import Customer
from data_access.search.filters import LISTED, CustomerFilter
from data_access.search.text_match import Match, SearchField, any_matches, means_phone
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_WAYS = {
    "anywhere in the name": (SearchField.NAME, Match.CONTAINS),
    "by phone": (SearchField.PHONE, Match.CONTAINS),
    "by e-mail": (SearchField.EMAIL, Match.CONTAINS),
    "by city": (SearchField.CITY, Match.STARTS),
    "anywhere in the Customer ID": (SearchField.CUSTOMER_ID, Match.CONTAINS),
}


@dataclass(frozen=True, slots=True)
class OtherSearch:
    """Another search for the same text: how it is said, and what it finds."""

    says: str
    filter: CustomerFilter
    count: int


@dataclass(frozen=True)
class FurtherMatches(Query[tuple[OtherSearch, ...]]):
    """The other searches that find somebody whom this one does not, those most often meant first."""

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
        counts = self._counts(reader, [_holds(way) for way in ways.values()])
        return tuple(
            OtherSearch(says, way, count) for (says, way), (count, new) in zip(ways.items(), counts, strict=True) if new
        )

    def _counts(self, reader: Reader, ways: list[ColumnElement[bool]]) -> list[tuple[int, int]]:
        """How many each way finds, and how many of them the filter does not: in one look."""
        shown = _holds(self.filter)
        beside = replace(self.filter, q=LISTED.q, fields=LISTED.fields, match=LISTED.match)
        sizes = [func.count().filter(holds) for way in ways for holds in (way, and_(way, not_(shown)))]
        found = reader.session.execute(
            visible(Customer, reader.actor).where(*beside.where(reader.now), or_(*ways)).with_only_columns(*sizes)
        ).one()
        return list(zip(found[::2], found[1::2], strict=True))


def _holds(way: CustomerFilter) -> ColumnElement[bool]:
    return any_matches(way.fields, way.match, way.q)

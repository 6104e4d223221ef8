"""The finder: the few customers that a typed word most likely means, in every status."""

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import case, or_

from data_access.access import Query, Reader
from data_access.folding import fold
from data_access.matching import Match, SearchField, key_matches
from data_access.models.customers import Customer
from data_access.permissions import Permission
from data_access.queries.customers import name_of
from data_access.scope import visible
from data_access.standing import shown_status

HITS = 10
_RANKS = (
    (SearchField.CUSTOMER_ID, Match.EXACTLY),
    (SearchField.CUSTOMER_ID, Match.STARTS),
    (SearchField.NAME, Match.STARTS),
    (SearchField.EMAIL, Match.STARTS),
    (SearchField.NAME, Match.CONTAINS),
    (SearchField.PHONE, Match.CONTAINS),
    (SearchField.CUSTOMER_ID, Match.CONTAINS),
)
_SHORTEST_PHONE = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer that may be meant."""

    id: int
    customer_code: str
    name: str
    shown: str


@dataclass(frozen=True)
class FindQuick(Query[tuple[Hit, ...]]):
    """At most ten customers by ID, name, e-mail or phone, the exact Customer ID first; by ID only without the right."""

    needs: ClassVar = Permission.CUSTOMER_READ
    text: str

    def run(self, reader: Reader) -> tuple[Hit, ...]:
        ranks = self._ranks(may_read=reader.actor.may(Permission.PERSONAL_READ))
        if not fold(self.text):
            return ()
        found = (
            visible(Customer, reader.actor)
            .where(or_(*ranks))
            .with_only_columns(
                Customer.id, Customer.customer_code, Customer.company_name, Customer.first_name, Customer.last_name,
                shown_status(reader.now),
            )
            .order_by(case(*((holds, rank) for rank, holds in enumerate(ranks))), Customer.name_key, Customer.id)
            .limit(HITS)
        )  # fmt: skip
        return tuple(
            Hit(row.id, row.customer_code, name_of(reader, row), row.shown) for row in reader.session.execute(found)
        )

    def _ranks(self, *, may_read: bool) -> list[Any]:
        is_number = sum(mark.isdecimal() for mark in self.text) >= _SHORTEST_PHONE
        return [
            key_matches(field, match, self.text)
            for field, match in _RANKS
            if (may_read or not field.is_personal) and (is_number or field is not SearchField.PHONE)
        ]

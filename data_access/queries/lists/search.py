"""The finder: the few customers that typed words most likely mean, and how many more only Advanced search shows."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import case, func, or_, select

from data_access.base.permissions import Permission
from data_access.base.text.text_keys import fold
from data_access.domain.shown_status import live, shown_status
from data_access.models.customers import Customer
from data_access.queries.lists.customers import name_of
from data_access.search.advanced_filter import closed_found
from data_access.search.text_match import finds
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

HITS = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer that may be meant."""

    id: int
    customer_code: str
    name: str
    shown: str


@dataclass(frozen=True, slots=True)
class Hits:
    """The hits, and how many more there would be if the permanently terminated were not left out."""

    hits: tuple[Hit, ...]
    closed: int


@dataclass(frozen=True)
class FindQuick(Query[Hits]):
    """At most ten customers by ID or reference number first, then by name, e-mail, phone, city or login."""

    needs: ClassVar = Permission.CUSTOMER_READ
    text: str

    def run(self, reader: Reader) -> Hits:
        if not fold(self.text):
            return Hits((), 0)
        ranks = finds(self.text, personal=reader.actor.may(Permission.PERSONAL_READ))
        found = (
            visible(Customer, reader.actor)
            .where(live(), or_(*ranks))
            .with_only_columns(
                Customer.id, Customer.customer_code, Customer.company_name, Customer.first_name, Customer.last_name,
                shown_status(reader.now),
            )
            .order_by(case(*((holds, rank) for rank, holds in enumerate(ranks))), Customer.name_key, Customer.id)
            .limit(HITS)
        )  # fmt: skip
        hits = (
            Hit(row.id, row.customer_code, name_of(reader, row), row.shown) for row in reader.session.execute(found)
        )
        closed = visible(Customer, reader.actor).where(*closed_found(self.text, reader.actor).where(reader.now))
        count = select(func.count()).select_from(closed.with_only_columns(Customer.id).subquery())
        return Hits(tuple(hits), reader.session.execute(count).scalar_one())

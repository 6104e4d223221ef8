"""Finding a customer by what somebody types: rank by rank, each by an index, until ten are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Select

from data_access.base.clock import NOW
from data_access.base.permissions import Actor, Permission
from data_access.base.statuses import BillStatus
from data_access.domain.shown_status import Shown, shown_status
from data_access.models.customers import Customer
from data_access.models.kept.search_texts import SEARCHED
from data_access.queries.finder.keys import by_keys
from data_access.queries.finder.misspelt import is_nearly, nearly
from data_access.queries.lists.customers import IDS, name_of
from data_access.search.finding import LABELS, RANKS, FoundAs, How, Wanted
from data_access.search.trigrams import TEXTS, Asked, among
from data_access.store.access import Query, Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible

HITS = 10
LOOKED_AT = 200  # as the index has them: of so many that hold the same, the best ten are good enough
_MISSPELT = FoundAs(max(RANKS.values()) + 1, "name", "")


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer that may be meant. `found_as`: the kind of what matched, and how that is kept."""

    id: int
    customer_code: str
    name: str
    shown: str
    found_as: str
    kept: str


@dataclass(frozen=True, slots=True)
class Hits:
    """The hits, and how many more there would be if the permanently terminated were not left out.

    `is_cut`: more hold the text than were looked at, so there are at least so many. `are_nearly`: nobody is spelt as
    typed, these are nearly.
    """

    hits: tuple[Hit, ...]
    closed: int
    is_cut: bool = False
    are_nearly: bool = False


Best = dict[int, tuple[FoundAs, str]]


@dataclass(frozen=True)
class FindQuick(Query[Hits]):
    """At most ten customers: by their numbers first, then by name, e-mail, phone, address and whatever holds the text.

    Where nothing at all is found, not even somebody who is gone, names that are spelt nearly so.
    """

    needs: ClassVar = Permission.CUSTOMER_READ
    text: str

    def run(self, reader: Reader) -> Hits:
        wanted = Wanted(self.text, reader.actor.may(Permission.PERSONAL_READ))
        if wanted.asked is None:
            return Hits((), 0)
        best: Best = {}
        closed = set()
        for key, name, kind, kept, is_closed in by_keys(reader, wanted, HITS):
            if is_closed:
                closed.add(key)
            else:
                _keep(best, key, name, wanted.found_as({kind: kept}) or FoundAs(RANKS[kind, How.IS], kind, kept))
        rows = _candidates(reader, wanted.asked, LOOKED_AT)
        for row in rows:
            if row.bill_status is BillStatus.PERMANENTLY_TERMINATED:
                closed.add(row.id)
            else:
                _keep(best, row.id, row.name_key, wanted.found_as(_texts_of(row)))
        if best or closed:
            return Hits(_hits(reader, best), len(closed), is_cut=len(rows) == LOOKED_AT)
        return Hits(_hits(reader, _nearly(reader, wanted)), 0, are_nearly=True)


@dataclass(frozen=True)
class OpenedLast(Query[tuple[Hit, ...]]):
    """The customers of these ids, in their order.

    Without those that this actor cannot see, and without the permanently terminated (ruling 67).
    """

    needs: ClassVar = Permission.CUSTOMER_READ
    ids: tuple[int, ...]

    def run(self, reader: Reader) -> tuple[Hit, ...]:
        rows = {key: row for key, row in _rows(reader, self.ids).items() if row.shown != Shown.PERMANENTLY_TERMINATED}
        there = [key for key in self.ids if key in rows]
        return tuple(
            Hit(key, rows[key].customer_code, name_of(reader, rows[key]), rows[key].shown, "", "") for key in there
        )


def _keep(best: Best, key: int, name: str, found: FoundAs | None) -> None:
    if found is not None and (key not in best or found.rank < best[key][0].rank):
        best[key] = found, name


def _texts_of(row: Any) -> dict[str, str]:
    return {name: told for name in SEARCHED if (told := getattr(row, name))}


def _candidates(reader: Reader, asked: Asked, most: int) -> Sequence[Any]:
    rows = _texts(reader.actor).limit(most)
    return reader.session.execute(among(rows, asked, dialect=reader.session.get_bind().dialect.name)).all()


@made_once
def _texts(actor: Actor) -> Select[*tuple[Any, ...]]:
    texts = (TEXTS.c[name] for name in SEARCHED)
    rows = visible(Customer, actor).join(TEXTS, TEXTS.c.customer_id == Customer.id)
    return rows.with_only_columns(
        Customer.id, Customer.name_key, Customer.bill_status, *texts, maintain_column_froms=True
    )


def _nearly(reader: Reader, wanted: Wanted) -> Best:
    asked = nearly(wanted.words) if wanted.personal else None
    if asked is None:
        return {}
    return {
        row.id: (_MISSPELT, row.name_key)
        for row in _candidates(reader, asked, LOOKED_AT)
        if row.bill_status is not BillStatus.PERMANENTLY_TERMINATED
        and is_nearly(wanted.words, f"{row.name} {row.contact}")
    }


def _hits(reader: Reader, best: Best) -> tuple[Hit, ...]:
    """The best ten, those with names in the order of their names."""
    ids = sorted(best, key=lambda key: (best[key][0].rank, best[key][1], key))[:HITS]
    if not ids:
        return ()
    rows = _rows(reader, ids)
    return tuple(
        Hit(key, row.customer_code, name_of(reader, row), row.shown, LABELS.get(of.kind, of.kind), of.text)
        for key in ids
        for row, of in ((rows[key], best[key][0]),)
    )


def _rows(reader: Reader, ids: Sequence[int]) -> dict[int, Any]:
    found = reader.session.execute(_shown(reader.actor), {"ids": list(ids), "now": reader.now})
    return {row.id: row for row in found}


@made_once
def _shown(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        visible(Customer, actor)
        .where(Customer.id.in_(IDS))
        .with_only_columns(
            Customer.id, Customer.customer_code, Customer.company_name, Customer.first_name, Customer.last_name,
            shown_status(NOW),
        )
    )  # fmt: skip

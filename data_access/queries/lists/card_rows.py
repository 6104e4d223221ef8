"""Rows of customers as a file: one kind of record each, with the Customer ID in the first column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, and_, or_, type_coerce

from data_access.base.permissions import Actor, Permission
from data_access.domain.entered.card_columns import ROWS, columns_of
from data_access.models.card.self_care import SelfCareLogin
from data_access.models.card.service_configuration import AccountFeatures
from data_access.models.customers import Account, Customer
from data_access.models.history import PlannedMove, PlanState
from data_access.models.plans.wallets import TopUp
from data_access.models.services import Subscription
from data_access.queries.lists.card_cells import cell_of, referred_by
from data_access.queries.lists.customers import AnyRow, Selection
from data_access.queries.lists.exports import Cells, ExportPart, Profile, part_of
from data_access.queries.pagination.pages import Cursor
from data_access.queries.records.record_names import names_of
from data_access.search.filters import LISTED
from data_access.search.local_days import today
from data_access.services.facts.plans.wallets_of_customer import is_charged, used_of_top_up
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

CODE = "Customer ID"
_STANDS: Mapping[type[Any], Callable[[Actor], ColumnElement[bool]]] = {
    PlannedMove: lambda _: PlannedMove.state == PlanState.PLANNED,
    SelfCareLogin: lambda _: SelfCareLogin.login.is_not(None),
    TopUp: is_charged,
}
_GOES_ON: Mapping[type[Any], Callable[[Reader], ColumnElement[bool]]] = {  # asked beside its customer
    Account: lambda reader: or_(Account.ended_on.is_(None), Account.ended_on > today(reader.now)),
    AccountFeatures: lambda reader: visible(Account, reader.actor).where(
        Account.id == AccountFeatures.account_id,
        or_(Account.ended_on.is_(None), Account.ended_on > today(reader.now)),
    ).exists(),
    Subscription: lambda reader: or_(
        Subscription.finished_on.is_(None), Subscription.finished_on >= today(reader.now)
    ),
    TopUp: lambda reader: and_(
        TopUp.expires_on >= today(reader.now), TopUp.quantity > used_of_top_up(reader.actor)
    ),
}  # fmt: skip


@dataclass(frozen=True)
class RowsToExport(Query[ExportPart]):
    """The rows of a kind that stand beside the next customers of a filter, by Customer ID and in their own order.

    NotPermitted without the right to export personal data where the kind has some.
    """

    needs: ClassVar = Permission.CUSTOMER_EXPORT
    kind: str
    filter: Selection = LISTED
    after: Cursor | None = None

    def run(self, reader: Reader) -> ExportPart:
        section = ROWS[self.kind]
        reader.actor.require(section.sees)
        if any(field.personal for field in section):
            reader.actor.require(Permission.PERSONAL_EXPORT)
        self.filter.require(reader.actor)
        asked = visible(Customer, reader.actor)
        columns: tuple[Any, ...] = (Customer.id, Customer.customer_code)
        query = asked.where(*self.filter.where(reader.now)).with_only_columns(*columns)
        return part_of(reader, query, self.after, self._rows)

    def _rows(self, reader: Reader, found: Sequence[AnyRow]) -> list[Cells]:
        section = ROWS[self.kind]
        fields = [column.field for column in columns_of(section)]
        codes = {row.id: row.customer_code for row in found}
        places = {key: place for place, key in enumerate(codes)}
        columns = [_told(section.model, field.name, reader.actor) for field in fields]
        query = _going_on(section.model, reader, list(codes))
        rows = reader.session.execute(query.with_only_columns(section.model.customer_id, *columns)).all()
        names = names_of(reader, referred_by(fields, rows))
        return [
            (codes[owner], *(cell_of(field, value, names) for field, value in zip(fields, values, strict=True)))
            for owner, *values in sorted(rows, key=lambda row: places[row.customer_id])
        ]


def standing_rows(model: Any, actor: Actor, customer_ids: Sequence[int]) -> Select[Any]:
    """The rows beside these customers that were neither removed nor ended, the oldest first; of accounts all."""
    query = visible(model, actor).where(model.customer_id.in_(customer_ids)).order_by(model.id)
    over = ("removed_at",) if model is Account else ("removed_at", "ended_on")
    ends = [model.__table__.columns[name] for name in over if name in model.__table__.columns]
    query = query.where(*(end.is_(None) for end in ends))
    return query.where(_STANDS[model](actor)) if model in _STANDS else query


def _going_on(model: Any, reader: Reader, customer_ids: Sequence[int]) -> Select[Any]:
    """The same without those that are over, though their rows stand."""
    query = standing_rows(model, reader.actor, customer_ids)
    if model not in _GOES_ON:
        return query
    return query.join(Customer, Customer.id == model.customer_id).where(_GOES_ON[model](reader))


def _told(model: Any, name: str, actor: Actor) -> Any:
    """A field as a file tells it: of a top-up, what is left."""
    if (model, name) == (TopUp, "quantity"):
        return type_coerce(TopUp.quantity - used_of_top_up(actor), TopUp.quantity.type).label(name)
    return getattr(model, name)


def rows_profile(kind: str) -> Profile:
    """What an export of a kind of rows holds."""
    labels = (column.field.label for column in columns_of(ROWS[kind]))
    return Profile((CODE, *labels), partial(RowsToExport, kind))

"""Users of a record: how many customers and other records refer to it, by the foreign keys of the tables."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Select, String, func, literal, select, union
from sqlalchemy.orm import Session

from data_access.base.permissions import Actor
from data_access.base.text.numerals import counted
from data_access.domain.field_labels import ENTITIES
from data_access.models.card.custom_fields import CustomFieldOfClass
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy
from data_access.models.customers import Customer
from data_access.models.usage.tariffs import TariffRate
from data_access.store.scope import SCOPES, visible

Users = Mapping[str, int]  # what uses it, each with how many
_CUSTOMER = Customer.__name__
_PARTS = {TariffRate, CollectionPolicy}  # belong to the record that they refer to, and go with it


def users_by_record(session: Session, actor: Actor, model: Any, record_ids: Collection[int]) -> dict[int, Users]:
    """By the id of each of these records that is used: what uses it. A customer counts once, however it does."""
    parts = list(_uses(actor, model, record_ids)) if record_ids else []
    if not parts:
        return {}
    uses = union(*parts).subquery()
    counts = select(uses.c.record_id, uses.c.kind, func.count()).group_by(uses.c.record_id, uses.c.kind)
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for key, kind, count in session.execute(counts.order_by(uses.c.record_id, uses.c.kind)):
        found[key][kind] = count
    return dict(found)


def _uses(actor: Actor, model: Any, record_ids: Collection[int]) -> Iterator[Select[*tuple[Any, ...]]]:
    """A row for each use: the record, the kind of what uses it, and which one that is."""
    for user in (table for table in SCOPES if table not in _PARTS):
        for column in user.__table__.columns:
            if not column.references(model.__table__.c.id):
                continue
            kind, key = _counted_as(user)
            query = visible(user, actor).where(column.in_(record_ids))
            if "removed_at" in user.__table__.columns:
                query = query.where(user.__table__.c.removed_at.is_(None))
            told = (column.label("record_id"), literal(kind, String).label("kind"), key.label("user_id"))
            yield query.with_only_columns(*told).distinct()  # a union of one is none


def _counted_as(user: Any) -> tuple[str, Any]:
    """A row beside a customer counts as the customer, one beside a class as the class; others as what they are."""
    columns = user.__table__.c
    if user is CustomFieldOfClass:
        return CustomerClass.__name__, columns.customer_class_id
    is_beside = "customer_id" in columns and not columns.customer_id.nullable
    return (_CUSTOMER, columns.customer_id) if is_beside else (user.__name__, columns.id)


def in_words(users: Users) -> str:
    """`12 customers, 1 customer class`; empty for none."""
    return ", ".join(_several(count, ENTITIES[kind]) for kind, count in users.items())


def _several(count: int, called: str) -> str:
    noun = called if called.isupper() else called.lower()
    return counted(count, noun, f"{noun}es" if noun.endswith("s") else "")

"""Whether collection comes in time: the visit that is written down against the one that the cases ask for."""

from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.permissions import SYSTEM
from data_access.domain.collections.visiting import next_visit
from data_access.domain.lifecycle import facts_of
from data_access.models.customers import Customer
from data_access.services.facts.cases import NO_DEBT, debts_of
from data_access.store.access import Reader


def visited_too_late(engine: Engine, now: datetime) -> list[int]:
    """Customers whose next visit is written down later than something is due, or not at all."""
    with Session(engine) as session:
        customers = session.scalars(select(Customer).order_by(Customer.id)).all()
        debts = debts_of(Reader(session, SYSTEM, now), [customer.id for customer in customers])
        asked = {one.id: next_visit(debts.get(one.id, NO_DEBT).cases, facts_of(one), now) for one in customers}
        return [one.id for one in customers if _is_late(one.collect_at, asked[one.id], now)]


def _is_late(written: datetime | None, asked: datetime | None, now: datetime) -> bool:
    if asked is None or (written is not None and written <= now):
        return False
    return written is None or written > asked

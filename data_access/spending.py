"""What is left of a person's limit for credits and refunds in 24 hours, a currency by itself."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func
from sqlalchemy.orm import Session

from data_access.bookings import limited_kinds
from data_access.models.money import Transaction
from data_access.money import ZERO
from data_access.permissions import Actor
from data_access.scope import visible

WINDOW = timedelta(hours=24)


def left_today(session: Session, actor: Actor, limit: Decimal, currency: str, now: datetime) -> Decimal:
    """The limit less what the person has booked in the last 24 hours in this currency; never below zero."""
    booked = visible(Transaction, actor).where(
        Transaction.person_id == actor.person_id,
        Transaction.kind.in_(limited_kinds()),
        Transaction.reverses_id.is_(None),
        Transaction.currency == currency,
        Transaction.at > now - WINDOW,
    )
    used = session.scalar(
        booked.with_only_columns(func.sum(func.abs(Transaction.amount, type_=Transaction.amount.type)))
    )
    return max(limit - (used or ZERO), ZERO)

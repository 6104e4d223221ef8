"""Own limits: what a person may credit, give back, write off and reverse of charges, a currency by itself (ruling 52).

The one place where they are judged, whatever route a booking takes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from data_access.base.bookings import BOOKINGS, LIMITED
from data_access.base.errors import Rejected
from data_access.base.money import ZERO, exact_money
from data_access.base.permissions import (
    GRANTS,
    OWN_LIMITS_HOLD_FOR,
    PEOPLE_ROLES,
    Actor,
    Permission,
    Role,
    either,
    without_limits,
)
from data_access.models.cards import Asked, AskedState, CardOperation, CardPayment
from data_access.models.money import Allocation, InvoiceLine, Transaction
from data_access.models.people import Person, PersonalLimit
from data_access.store.scope import visible
from data_access.store.unit_of_work import UnitOfWork

WINDOW = timedelta(hours=24)
REGRET = timedelta(minutes=10)  # so long whoever booked something can take it back
_WHAT = "credits, refunds, write-offs and reversals of charges"


@dataclass(frozen=True, slots=True)
class Own:
    """A person's limits in a currency; `left` is of the last 24 hours. No row in the table: all of it is zero."""

    currency: str
    per_booking: Decimal
    per_day: Decimal
    left: Decimal

    @property
    def says(self) -> str:
        """In words: `50.00 EUR at a time, 120.00 EUR left in 24 hours`."""
        if not self.per_booking:
            return f"none in {self.currency}, so nothing can be credited, given back or written off"
        at_once, left = (exact_money(part, self.currency) for part in (self.per_booking, self.left))
        return f"{at_once} at a time, {left} left in 24 hours"

    def allows(self, amount: Decimal) -> bool:
        return amount <= min(self.per_booking, self.left)


def own_limits(session: Session, actor: Actor, currency: str, now: datetime) -> Own | None:
    """The limits of whoever asks; None where no limit holds for the role."""
    if actor.role not in OWN_LIMITS_HOLD_FOR:
        return None
    return _limits_of(session, actor, actor.person_id or 0, actor.login, currency=currency, now=now)


def refuse_beyond_own_limits(work: UnitOfWork, amount: Decimal, currency: str, needs: Permission) -> None:
    """Rejected when this is more than the person may book at once, or in 24 hours; says who may."""
    if work.actor.role not in OWN_LIMITS_HOLD_FOR:
        return
    work.lock(Person, work.actor.person_id or 0, called="Your own entry among the people")
    own = own_limits(work.session, work.actor, currency, work.now)
    if own is None or own.allows(amount):
        return
    if own.per_booking == 0:
        why = f"You have no limit in {currency} for {_WHAT}, so you can book none."
    elif amount > own.per_booking:
        why = f"You may book {_WHAT} of at most {exact_money(own.per_booking, currency)} at a time."
    else:
        per_day, left = (exact_money(part, currency) for part in (own.per_day, own.left))
        why = f"Of your {per_day} for {_WHAT} in 24 hours, {left} is left."
    able = _who_may(work, amount, currency, needs)
    raise Rejected(f"{why} {able.capitalize()} can book {exact_money(amount, currency)}.")


def _who_may(work: UnitOfWork, amount: Decimal, currency: str, needs: Permission) -> str:
    """The roles of those who could book it now, by the rights and limits in force."""
    roles = set(without_limits(needs))
    query = work.select(Person).where(
        Person.is_active, Person.role.in_(OWN_LIMITS_HOLD_FOR), Person.id != work.actor.person_id
    )
    for person in work.session.scalars(query.order_by(Person.id)):
        if person.role not in roles and _may(person, needs):
            own = _limits_of(work.session, work.actor, person.id, person.login, currency=currency, now=work.now)
            if own.allows(amount):
                roles.add(person.role)
    return either(role for role in PEOPLE_ROLES if role in roles)


def _may(person: Person, needs: Permission) -> bool:
    return needs in GRANTS[Role(person.role)] or needs.value in person.extra_grants.split()


def _limits_of(session: Session, viewer: Actor, person_id: int, login: str, *, currency: str, now: datetime) -> Own:
    query = visible(PersonalLimit, viewer).where(
        PersonalLimit.person_id == person_id, PersonalLimit.currency == currency
    )
    row = session.scalars(query).one_or_none()
    if row is None:
        return Own(currency, ZERO, ZERO, ZERO)
    used = _booked(session, viewer, person_id, currency, now) + _to_cards(session, viewer, login, currency, now)
    return Own(currency, row.per_booking, row.per_day, max(row.per_day - used, ZERO))


def _booked(session: Session, viewer: Actor, person_id: int, currency: str, now: datetime) -> Decimal:
    """What the person has booked in the window and nobody has taken back, and the charges that they took back."""
    mine = visible(Transaction, viewer).where(
        Transaction.person_id == person_id, Transaction.currency == currency, Transaction.at > now - WINDOW
    )
    of_interest = mine.where(Transaction.kind.in_(LIMITED) | Transaction.reverses_id.is_not(None))
    rows = session.execute(of_interest.order_by(Transaction.id).add_columns(Transaction.unreversed())).all()
    first = visible(Transaction, viewer).where(Transaction.id.in_([row.reverses_id for row, _ in rows]))
    by_id = {row.id: row for row in session.scalars(first)}
    return sum((abs(row.amount) for row, stands in rows if _counts(row, by_id.get(row.reverses_id), stands)), ZERO)


def _counts(row: Transaction, reverses: Transaction | None, is_unreversed: bool) -> bool:
    if reverses is not None:
        is_regret = reverses.person_id == row.person_id and row.at <= reverses.at + REGRET
        return BOOKINGS[row.kind].is_charge and not is_regret
    return row.kind in LIMITED and is_unreversed


def _to_cards(session: Session, viewer: Actor, login: str, currency: str, now: datetime) -> Decimal:
    """What the person gave back to cards; it counts from the moment that it was asked of the bank."""
    query = (
        visible(CardOperation, viewer)
        .join(CardPayment, CardPayment.id == CardOperation.card_payment_id)
        .where(
            CardOperation.operation == Asked.REFUND,
            CardOperation.state != AskedState.REFUSED,
            CardOperation.login == login,
            CardOperation.asked_at > now - WINDOW,
            CardPayment.currency == currency,
        )
    )
    return sum(session.scalars(query.with_only_columns(CardOperation.amount)), ZERO)


def is_regret(session: Session, actor: Actor, booked: Transaction, now: datetime) -> bool:
    """Whether this is the actor's own booking of the last ten minutes, and nothing was built on it."""
    if booked.person_id is None or booked.person_id != actor.person_id or now > booked.at + REGRET:
        return False
    invoiced = visible(InvoiceLine, actor).where(InvoiceLine.transaction_id == booked.id)
    used = visible(Allocation, actor).where(
        (Allocation.payment_id == booked.id) | (Allocation.refund_id == booked.id),
        Allocation.command_id != booked.command_id,
    )
    return session.scalars(invoiced).first() is None and session.scalars(used).first() is None

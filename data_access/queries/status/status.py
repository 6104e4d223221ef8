"""What this person can do about a customer's status now: read from the table of moves."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from data_access.base.clock import Days
from data_access.base.errors import NotFound
from data_access.base.permissions import Permission, who_can
from data_access.domain.lifecycle import MoveTerms, Need, StatusFacts, facts_of
from data_access.domain.moves import MOVES, Move
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.services.status_changes import terms_for
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True, slots=True)
class Choice:
    """A move that can be made now, with what it does and the days it may be given."""

    name: str
    label: str
    effects: tuple[str, ...]
    taken_back: str
    needs: tuple[Need, ...]
    midterm: bool
    days: Days
    is_final: bool


@dataclass(frozen=True, slots=True)
class Impossible:
    """A move that cannot be made now, and why."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class MoveChoices:
    """All moves of the table, sorted into possible and not."""

    customer_code: str
    today: date
    possible: tuple[Choice, ...]
    impossible: tuple[Impossible, ...]


@dataclass(frozen=True)
class StatusChoices(Query[MoveChoices]):
    """Every move of the table: those open to this person from here, the others with the reason."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int

    def run(self, reader: Reader) -> MoveChoices:
        found = reader.session.execute(
            visible(Customer, reader.actor)
            .where(Customer.id == self.customer_id)
            .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
            .add_columns(CustomerClass)
        ).one_or_none()
        if found is None:
            raise NotFound("The customer")
        customer, customer_class = found
        facts, terms = facts_of(customer), terms_for(reader, customer, customer_class, reader.actor)
        possible, impossible = [], []
        for move in MOVES.values():
            reason = _why_not(move, facts, terms, reader)
            if reason is None:
                possible.append(_choice(move, facts, terms))
            else:
                impossible.append(Impossible(move.label, reason))
        return MoveChoices(customer.customer_code, terms.today, tuple(possible), tuple(impossible))


def _why_not(move: Move, facts: StatusFacts, terms: MoveTerms, reader: Reader) -> str | None:
    refusal = move.refusal(facts)
    if refusal is not None:
        return refusal
    if not reader.actor.may(move.permission):
        return f"You have no right to {move.permission.label}. {who_can(move.permission).capitalize()} can."
    if move.bounds is not None:
        days = move.bounds(facts, terms)
        if days.earliest is not None and days.misfit(days.earliest) is not None:
            return f"No day is left for it. {days.too_late}"
    return None


def _choice(move: Move, facts: StatusFacts, terms: MoveTerms) -> Choice:
    days = move.bounds(facts, terms) if move.bounds is not None else Days()
    return Choice(move.name, move.label, move.effects, move.taken_back, move.needs, move.midterm, days, move.is_final)

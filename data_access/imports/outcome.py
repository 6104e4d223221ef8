"""What comes of the invoices that an import adds: whom collection limits, suspends and terminates if nobody pays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from data_access.base.clock import long_day
from data_access.base.text.numerals import counted
from data_access.domain.billing.ledger import Books
from data_access.models.money import OPEN
from data_access.queries.forecast.customer_forecast import ahead_of
from data_access.queries.forecast.forecast_steps import BY_DEBT, Foreseen
from data_access.store.access import Reader
from data_access.store.bulk import BulkLoad

_SAYS = "If nobody pays what the file leaves open, collection will"


@dataclass(slots=True)
class CollectionOutcome:
    """For each action of collection the customers whom an invoice of the file brings it, with the first day of each."""

    first: dict[Foreseen, dict[int, date]] = field(default_factory=lambda: {kind: {} for kind in BY_DEBT})

    def note(self, kind: Foreseen, customer_id: int, on: date) -> None:
        days = self.first[kind]
        days[customer_id] = min(on, days.get(customer_id, on))

    def add(self, other: "CollectionOutcome") -> None:
        """Takes in the outcome of another batch."""
        for kind, days in other.first.items():
            for customer_id, on in days.items():
                self.note(kind, customer_id, on)

    def __str__(self) -> str:
        if not any(self.first.values()):
            return f"{_SAYS} limit, suspend and terminate no customer."
        limits, suspends, terminates = (f"{move.step} {_counted(self.first[kind])}" for kind, move in BY_DEBT.items())
        return f"{_SAYS} {limits}, {suspends} and {terminates}."


def _counted(days: Mapping[int, date]) -> str:
    if not days:
        return "no customer"
    first = long_day(min(days.values()))
    return f"{counted(len(days), 'customer')} ({'' if len(days) == 1 else 'the first '}on {first})"


def foresee(load: BulkLoad, added: Iterable[Books]) -> CollectionOutcome:
    """Plays the days ahead of those who owe more now, as the pages do, before the rows are committed.

    A step counts that is taken for an invoice of this load: what others lead to would come without it.
    """
    owed = {
        (books.customer_id, row["number"]) for books in added for row in books.invoices if row["payment_status"] in OPEN
    }
    outcome = CollectionOutcome()
    with Session(load.connection) as session:
        reader = Reader(session, load.actor, load.now)
        for customer_id, steps in ahead_of(reader, sorted({customer_id for customer_id, _ in owed})).items():
            for one in steps:
                if one.kind in BY_DEBT and (customer_id, one.number) in owed:
                    outcome.note(one.kind, customer_id, one.on)
    return outcome

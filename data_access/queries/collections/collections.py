"""Collections: who is overdue or suspended, each customer in one queue."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, literal, or_

from data_access.base.clock import Instant
from data_access.base.labelled import Labelled
from data_access.base.permissions import Actor
from data_access.base.statuses import BillStatus
from data_access.domain.shown_status import Shown, conditions, live
from data_access.models.customers import Customer
from data_access.search.filter_params import Filter, currency_code, facet, one_of


class Queue(Labelled):
    """Where a customer of collections waits, in the order in which the queues are worked."""

    LIFTED = "lifted", "Lifted"
    SUSPENDED = "suspended", "Suspended"
    OVERDUE = "overdue", "Overdue"


def queues(now: Instant) -> dict[Queue, ColumnElement[bool]]:
    """What each queue asks for; no customer is in two."""
    holds = conditions(now)
    return {
        Queue.LIFTED: holds[Shown.SUSPENSION_LIFTED],
        Queue.SUSPENDED: holds[Shown.SUSPENDED],
        Queue.OVERDUE: Customer.is_overdue(now) & (Customer.bill_status != BillStatus.SUSPENDED),
    }


@dataclass(frozen=True, slots=True)
class CollectionFilter(Filter):
    """Which queue, in which currency; all of them if nothing is said. The permanently terminated are left out."""

    queue: Queue | None = facet(
        None, "Queue", read=one_of(Queue), says="{}", word=lambda v: v.label, where=lambda v, now: queues(now)[v]
    )
    currency: str = facet("", "Currency", read=currency_code, says="in {}", where=lambda v, _: Customer.currency == v)

    @property
    def is_by_clock(self) -> bool:
        return False

    def where(self, now: Instant) -> list[ColumnElement[bool]]:
        asked = [facet.where(value, now) for facet, value in self.chosen() if facet.where is not None]
        each = (holds & live() for holds in queues(now).values())  # said in each, or its own index is not entered
        return [live(), or_(*each), *asked]

    def describe(self, *, quoted: bool = True) -> str:  # noqa: ARG002 - nobody's name is in it
        said = [facet.says.format(facet.word(value)) for facet, value in self.chosen()]
        return ", ".join([*said, "not permanently terminated"])

    def require(self, actor: Actor) -> None:
        """Nothing in it looks into what anybody sees masked."""


EVERY_QUEUE = CollectionFilter()


def queue_of(now: Instant) -> ColumnElement[str]:
    return case(*((holds, literal(queue.value)) for queue, holds in queues(now).items()))

"""The collection of a demo customer: the steps that the run would have taken about its invoices."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from data_access.base.clock import day_in
from data_access.base.statuses import BillStatus
from data_access.domain.billing.ledger import Books
from data_access.domain.collections.dunning import STAGES, Dated, DunnedInvoice, InvoiceCase, StepCalendar, case_of
from data_access.domain.collections.pacing import due, with_taken
from data_access.domain.collections.policy import Policy
from data_access.domain.collections.visiting import safe_visit
from data_access.domain.lifecycle import MoveTerms, StatusFacts
from data_access.domain.moves import MOVES, OF_STEP
from data_access.models.money import OPEN, CollectionStatus, PaymentStatus
from data_access.seed.destiny import Life
from data_access.services.collecting import why_taken

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MoveMade:
    """A move that followed from an invoice, or from its payment."""

    at: datetime
    move: str
    status_to: BillStatus
    reason: str


@dataclass(slots=True)
class Pursuit:
    """What was done about a customer's invoices, and the facts that this left behind."""

    facts: StatusFacts = field(default_factory=StatusFacts)
    steps: list[tuple[Row, Dated]] = field(default_factory=list)
    changes: list[MoveMade] = field(default_factory=list)
    visit: datetime | None = None

    def rows(self, books: Books) -> Iterator[Row]:
        """The steps as rows, once the invoices have their ids."""
        for invoice, dated in self.steps:
            yield {
                "customer_id": books.customer_id, "invoice_id": invoice["id"], "command_id": books.command_id,
                "step": dated.step, "days": dated.days, "due_at": dated.at, "at": dated.at,
            }  # fmt: skip


def pursue(life: Life, books: Books, place: StepCalendar) -> Pursuit:
    """Plays what followed from the invoices that were paid late, or not at all, until the services stopped or now."""
    return _Play(life, books, place, _settled(books)).whole()


def _settled(books: Books) -> Mapping[int, datetime]:
    """When each invoice that is paid was paid in full, by its place among the invoices."""
    last = {id(row["invoice"]): row["at"] for row in books.allocations}
    return {
        index: last[id(row)]
        for index, row in enumerate(books.invoices)
        if row["payment_status"] is PaymentStatus.PAID
    }  # fmt: skip


@dataclass(slots=True)
class _Play:
    life: Life
    books: Books
    place: StepCalendar
    settled: Mapping[int, datetime]
    told: Pursuit = field(default_factory=Pursuit)

    def whole(self) -> Pursuit:
        end = self.life.ended_at or self.life.now
        policy, _ = self.life.of_class.policies()
        cases = [case_of(self._bill(index, policy), self.place) for index in self._late(end)]
        asked = {dated.at for case in cases for dated in case.steps} | {self.settled.get(_key(case)) for case in cases}
        for at in sorted(moment for moment in asked if moment is not None and moment < end):
            cases = self._at(at, cases)
        if self.life.ended_at is None:
            self.told.visit = safe_visit(self._open(cases, policy), self.told.facts, self.place, self.life.now)
        return self.told

    def _late(self, end: datetime) -> list[int]:
        return [
            index
            for index, row in enumerate(self.books.invoices)
            if row["payment_status"] in {*OPEN, PaymentStatus.PAID}
            and row["overdue_from"] < min(end, self.settled.get(index, end))
        ]

    def _bill(self, index: int, policy: Policy) -> DunnedInvoice:
        row = self.books.invoices[index]
        return DunnedInvoice(
            index, row["number"], row["issued_on"], row["due_on"], row["overdue_from"], row["total"], policy
        )

    def _at(self, at: datetime, cases: list[InvoiceCase]) -> list[InvoiceCase]:
        """What is done at a moment: the suspension ends with the payment, or the next steps are taken."""
        unpaid = [case for case in cases if self.settled.get(_key(case), self.life.now) > at]
        if not any(case.bill.is_overdue(at) for case in unpaid):
            self._resume(at)
        for one in due(unpaid, self.told.facts, at):
            self.told.steps.append((self.books.invoices[_key(one.case)], one.dated))
            if one.step in STAGES:
                self._move(OF_STEP[one.step].name, at, why_taken(one), is_overdue=True)
            cases = with_taken(cases, one, at)
        return cases

    def _resume(self, at: datetime) -> None:
        paid = "Nothing is overdue any more."
        if self.told.facts.bill_status is BillStatus.SUSPENDED:
            self._move("resume", at, paid)
        elif self.told.facts.service_limited:
            self._move("end_limitation", at, paid)

    def _move(self, name: str, at: datetime, reason: str, *, is_overdue: bool = False) -> None:
        window = self.life.of_class.reactivation_window_days
        terms = MoveTerms(at, day_in(self.place.zone, at), self.place.zone, is_overdue, window)
        self.told.facts = MOVES[name].becomes(self.told.facts, terms)
        self.told.changes.append(MoveMade(at, name, self.told.facts.bill_status, reason))

    def _open(self, cases: list[InvoiceCase], policy: Policy) -> list[InvoiceCase]:
        """The cases that are open today, with those that are not late."""
        taken = {_key(case): case for case in cases}
        return [
            taken.get(index) or case_of(self._bill(index, policy), self.place)
            for index, row in enumerate(self.books.invoices)
            if row["payment_status"] in OPEN and row["collection_status"] is CollectionStatus.COLLECT
        ]


def _key(case: InvoiceCase) -> int:
    return case.bill.invoice_id

"""One customer's life in any order of commands, beside a model of a dictionary and loops that knows nothing of ours."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Refusal
from data_access.base.permissions import SYSTEM, Permission, Role
from data_access.commands.customers.status import ChangeStatus, class_of
from data_access.domain.lifecycle import facts_of
from data_access.domain.moves import MOVES
from data_access.models.customers import Customer
from data_access.models.history import Change, CommandLog, StatusEvent
from data_access.models.money import Allocation, Invoice, Transaction
from data_access.services.status_changes import carry_out, terms_for
from data_access.store.access import Access, Command, new_command_id
from data_access.store.unit_of_work import UnitOfWork
from tests.data_access.test_money import booking
from tests.support.builders import a_class, a_customer, an_invoice
from tests.support.examples import examples
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW, access_for, knowingly
from tests.support.visits import visited_too_late

CENTS = st.integers(1, 20_000).map(lambda cents: Decimal(cents) / 100)
ALIVE = ("open", "suspended")


@dataclass(frozen=True, slots=True)
class Done:
    pass


@dataclass(frozen=True, kw_only=True)
class MoveBySystem(Command[Done]):
    """A move that only the system makes, as a run over the due ones would make it."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = Done

    customer_id: int
    move: str

    def apply(self, work: UnitOfWork) -> Done:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        if MOVES[self.move].misfit(facts_of(customer)) is None:
            terms = terms_for(work, customer, class_of(work, customer), SYSTEM)
            carry_out(work, customer, MOVES[self.move], terms, reason="", login=SYSTEM.login)
        return Done()


class OneCustomer(RuleBasedStateMachine):
    """Every rule does one thing to the product and, in plain words, to the model."""

    engine: ClassVar[Engine]

    @initialize()
    def arrives(self) -> None:
        self.access = access_for(
            self.engine, Role.ADMIN, credit_per_booking=Decimal(10**6), credit_per_day=Decimal(10**6)
        )
        self.id = a_customer(self.engine, customer_class_id=a_class(self.engine, suspend_after=3, reminders=[2]))
        self.system = Access(self.engine, SYSTEM, lambda: NOW)
        self.model = {"balance": Decimal(0), "free": Decimal(0), "status": "open", "blocked": False, "lifted": False}
        self.owed: list[dict[str, object]] = []
        self.commands = 0

    def late(self, since: str = "late") -> bool:
        return any(bill[since] and bill["paid"] != bill["total"] for bill in self.owed)

    def book(self, kind: Kind, amount: Decimal) -> bool:
        try:
            knowingly(self.access, booking(self.id, kind, str(amount)))
        except Refusal:
            return False
        self.commands += 1
        return True

    @rule(total=CENTS, days_ago=st.integers(0, 60))
    def is_invoiced(self, total: Decimal, days_ago: int) -> None:
        issued_on = NOW.date() - timedelta(days=days_ago)
        an_invoice(self.engine, self.id, total=total, issued_on=issued_on)
        self.model["balance"] += total
        bill = {
            "on": issued_on, "total": total, "paid": Decimal(0), "late": days_ago > 14, "suspends": days_ago > 16,
        }  # fmt: skip
        self.owed.append(bill)
        self.model["free"] = self.use(self.model["free"])

    def use(self, money: Decimal) -> Decimal:
        """Pays the oldest invoices; what is left."""
        for bill in sorted(self.owed, key=lambda bill: bill["on"]):
            part = min(money, bill["total"] - bill["paid"])
            bill["paid"] += part
            money -= part
        return money

    @rule(amount=CENTS)
    def is_charged(self, amount: Decimal) -> None:
        booked = self.book(Kind.MANUAL_CHARGE, amount)
        assert booked is (self.model["status"] not in ("permanently_terminated", "exported"))
        self.model["balance"] += amount if booked else 0

    @rule(amount=CENTS, kind=st.sampled_from([Kind.MANUAL_CREDIT, Kind.PROMOTIONAL_CREDIT]))
    def is_credited(self, amount: Decimal, kind: Kind) -> None:
        self.model["balance"] -= amount if self.book(kind, amount) else 0

    @rule(amount=CENTS)
    def pays(self, amount: Decimal) -> None:
        booked = self.book(Kind.MANUAL_PAYMENT, amount)
        assert booked is (self.model["status"] != "exported")
        if not booked:
            return
        self.model["balance"] -= amount
        self.model["free"] += self.use(amount)
        if self.model["status"] == "suspended" and not self.late():
            self.model |= {"status": "open", "lifted": False}

    @rule(amount=CENTS)
    def is_refunded(self, amount: Decimal) -> None:
        booked = self.book(Kind.REFUND, amount)
        assert booked is (amount <= self.model["free"] and self.model["status"] != "exported")
        if booked:
            self.model["balance"] += amount
            self.model["free"] -= amount

    @rule()
    def the_run_suspends_whom_the_terms_suspend(self) -> None:
        if self.model["status"] == "open" and self.late("suspends"):
            self.system.execute(MoveBySystem(customer_id=self.id, move="suspend", command_id=new_command_id()))
            self.commands += 1
            self.model["status"] = "suspended"

    @rule(name=st.sampled_from([name for name, move in MOVES.items() if not move.by_system]), days=st.integers(0, 40))
    def a_person_changes_the_status(self, name: str, days: int) -> None:
        code = self.row().customer_code
        order = ChangeStatus(
            customer_id=self.id, move=name, day=NOW.date() + timedelta(days=days), confirm_customer_code=code,
            reason="because", command_id=new_command_id(),
        )  # fmt: skip
        try:
            self.access.execute(order)
        except Refusal:
            return
        self.commands += 1
        self.follow(name, days)

    def follow(self, name: str, days: int) -> None:
        back = "suspended" if self.late("suspends") else "open"
        was = self.model["status"]
        assert was != "permanently_terminated", "nothing moves after the end"
        if name == "block":
            assert was in ALIVE
            self.model["blocked"] = True
        elif name == "unblock":
            assert self.model["blocked"]
            self.model |= {"blocked": False, "status": back if was == "open" else was}
        elif name == "lift_suspension":
            assert was == "suspended"
            assert 1 <= days <= 30
            self.model["lifted"] = True
        elif name == "clear_lift":
            assert self.model["lifted"]
            self.model["lifted"] = False
        elif name == "provisionally_terminate":
            assert was in ALIVE
            self.model |= {"status": "provisionally_terminated", "lifted": False}
        elif name in ("reactivate", "clear_exported"):
            assert was == {"reactivate": "provisionally_terminated", "clear_exported": "exported"}[name]
            self.model["status"] = back
        elif name == "mark_exported":
            assert was in ALIVE
            self.model |= {"status": "exported", "lifted": False}
        elif name == "permanently_terminate" and days == 0:
            self.model |= {"status": "permanently_terminated", "lifted": False}

    def row(self) -> Customer:
        with Session(self.engine) as session:
            return session.get_one(Customer, self.id)

    @invariant()
    def the_row_is_what_the_model_says(self) -> None:
        row = self.row()
        assert row.balance == self.model["balance"]
        assert row.unallocated == self.model["free"]
        assert row.outstanding == sum((bill["total"] - bill["paid"] for bill in self.owed), Decimal(0))
        assert (row.bill_status.value, row.blocked) == (self.model["status"], self.model["blocked"])
        assert (row.suspension_lifted_until is not None) is self.model["lifted"]
        assert (row.first_overdue_from is not None and row.first_overdue_from <= NOW) is self.late()

    @invariant()
    def collection_comes_in_time(self) -> None:
        for hours in (0, 24, 24 * 20):
            assert not visited_too_late(self.engine, NOW + timedelta(hours=hours))

    @invariant()
    def no_invoice_is_open_beside_money_and_nothing_is_lost(self) -> None:
        kept = read_ledgers(self.engine, of=self.id)
        assert kept.open_beside_money() + kept.lost_or_invented() + kept.cannot_be_paid() == []

    @invariant()
    def the_ledger_adds_up(self) -> None:
        with Session(self.engine) as session:
            rows = session.scalars(
                select(Transaction).where(Transaction.customer_id == self.id).order_by(Transaction.id)
            ).all()
            used = select(Allocation.payment_id, func.sum(Allocation.amount)).where(Allocation.customer_id == self.id)
            for payment_id, amount in session.execute(used.group_by(Allocation.payment_id)):
                assert amount <= -session.get_one(Transaction, payment_id).amount
            paid = dict(
                session.execute(
                    select(Allocation.invoice_id, func.sum(Allocation.amount))
                    .where(Allocation.customer_id == self.id, Allocation.invoice_id.is_not(None))
                    .group_by(Allocation.invoice_id)
                ).all()
            )
            for invoice in session.scalars(select(Invoice).where(Invoice.customer_id == self.id)):
                assert invoice.paid == paid.get(invoice.id, Decimal(0))
        balance = Decimal(0)
        for row in rows:
            balance += row.amount
            assert row.balance_after == balance
        assert balance == self.model["balance"]

    @invariant()
    def every_command_is_in_the_log_and_every_status_has_its_event(self) -> None:
        with Session(self.engine) as session:
            logged = session.scalar(
                select(func.count()).select_from(CommandLog).where(CommandLog.customer_id == self.id)
            )
            last = session.scalars(
                select(StatusEvent).where(StatusEvent.customer_id == self.id).order_by(StatusEvent.id.desc())
            ).first()
            assert logged == self.commands
            assert last is not None
            assert (last.status_to.value, last.blocked) == (self.model["status"], self.model["blocked"])
            assert session.scalar(select(func.count()).select_from(Change).where(Change.customer_id == self.id))


def test_any_order_of_commands_keeps_the_books_and_the_states(engine: Engine) -> None:
    OneCustomer.engine = engine
    quick = settings(
        max_examples=examples(15), stateful_step_count=25, suppress_health_check=list(HealthCheck),
        print_blob=True, derandomize=True,
    )  # fmt: skip
    run_state_machine_as_test(OneCustomer, settings=quick)


def test_dates_are_compared_as_days(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, issued_on=NOW.date() - timedelta(days=14), due_on=NOW.date())
    with Session(engine) as session:
        row = session.get_one(Customer, customer)
    assert row.first_overdue_from is not None
    assert row.first_overdue_from.date() == date(2026, 3, 17)

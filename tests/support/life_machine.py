"""One customer's life on the product, by persons and by the jobs, with the reference beside it; commands are killed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.measured_parameters import MeasuredParameter
from data_access.base.permissions import SYSTEM
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.money import BookTransaction
from data_access.commands.collections.promises import MakePromise
from data_access.commands.customers.status import ChangeStatus
from data_access.commands.services.services import AddSubscription, FinishSubscription, KeepSubscription
from data_access.commands.services.usage import BookCharges, Charge
from data_access.commands.services.wallets import TopUpWallet
from data_access.commands.usage.measuring import CountedItems, RecordSamples
from data_access.models.collection import Promise
from data_access.models.customers import Customer
from data_access.models.money import Invoice, Transaction
from data_access.models.services import Subscription
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.forecast.customer_forecast import ahead_of
from data_access.queries.forecast.forecast_steps import OF_STATUS
from data_access.queries.planned.planned import PlannedChanges
from data_access.services.facts.cases import debt_of
from data_access.services.status_changes import earliest_visit
from data_access.store.access import Command, Reader, new_command_id
from tests.support.ledgers import read_ledgers
from tests.support.life_desk import PENALTY, TOP_UP_FEE, Mortal
from tests.support.reference import ALIVE, GONE, STEPS, Life
from tests.support.reference_books import DIRECTIONS, ONE_DAY

AMOUNTS = st.integers(1, 30_000).map(lambda cents: Decimal(cents) / 100)
FINE_AMOUNTS = AMOUNTS | st.integers(1, 10**7).map(lambda parts: Decimal(parts).scaleb(-5))
SMALL_AMOUNTS = st.integers(1, 3_000).map(lambda cents: Decimal(cents) / 100)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "America/Santiago", "Asia/Kolkata")
BIRTHS = (datetime(2026, 3, 16, 9, tzinfo=UTC), datetime(2026, 10, 20, 23, tzinfo=UTC))  # clocks change soon after
TERMS = st.fixed_dictionaries(
    {
        "period": st.sampled_from(["weekly", "semimonthly", "monthly"]),
        "delay": st.sampled_from([0, 6]),
        "net": st.sampled_from([0, 3, 14]),
        "late_fee": st.sampled_from([Decimal(0), Decimal(5)]),
        "reactivation_fee": st.sampled_from([Decimal(0), Decimal("7.50")]),
        "limit": st.sampled_from([None, 1, 3]),
        "suspend": st.sampled_from([3, 7]),
        "terminate": st.sampled_from([None, None, 7, 20]),
        "working_days": st.booleans(),
        "hour": st.sampled_from([0, 7]),
        "window": st.sampled_from([5, 30]),
        "horizon": st.just(30),
        "taxes": st.sampled_from([(), (Decimal(10),), (Decimal(19), Decimal("2.5"))]),
    }
)
DAYS_AHEAD = 90
MOVES = (
    "block", "unblock", "lift_suspension", "clear_lift", "provisionally_terminate", "reactivate",
    "permanently_terminate", "cancel_planned", "mark_exported", "clear_exported",
)  # fmt: skip


class OneLife(Mortal):
    """Every rule does one thing to the product and to the reference; afterwards they are found equal."""

    @initialize(zone=st.sampled_from(ZONES), born=st.sampled_from(BIRTHS), terms=TERMS)
    def is_created(self, zone: str, born: datetime, terms: dict[str, Any]) -> None:
        self.begin(zone, born, terms)

    # what people do

    def books(self, kind: str, amount: Decimal) -> bool:
        allowed = self.life.can_book(kind, amount)
        order = BookTransaction(
            customer_id=self.id, kind=Kind(kind), amount=amount, service="Calls" if "manual_c" in kind else None,
            reason="because", command_id=new_command_id(),
        )  # fmt: skip
        assert self.tries(order) is allowed
        return allowed

    @rule(amount=FINE_AMOUNTS)
    def is_charged(self, amount: Decimal) -> None:
        if self.books("manual_charge", amount):
            self.life.book("manual_charge", amount)

    def is_invoiced(self, amount: Decimal) -> None:
        self.is_charged(amount)
        if self.life.period_to is not None:
            self.run_until(self.life.start_of(self.life.period_to + ONE_DAY, 8))

    @precondition(lambda self: self.life.status in ALIVE)
    @rule(amount=FINE_AMOUNTS, step=st.sampled_from(["", "", *STEPS]), seconds=st.sampled_from([-1, 0, 3600]))
    def falls_into_debt(self, amount: Decimal, step: str, seconds: int) -> None:
        """Invoiced, and nothing paid until a step of collection, if one is named."""
        self.is_left_unpaid(amount, step, seconds)

    def is_left_unpaid(self, amount: Decimal, step: str, seconds: int) -> None:
        self.is_invoiced(amount)
        bills = self.life.open_bills()
        at = self.life.step_on(bills[-1], step) if bills and step else None
        if at is not None:
            self.run_until(at + timedelta(seconds=seconds))

    @precondition(lambda self: self.life.status not in GONE)
    @rule(amounts=st.lists(AMOUNTS, min_size=1, max_size=3), days=st.integers(0, 12))
    def uses_a_service(self, amounts: list[Decimal], days: int) -> None:
        """Today, or some days ago: maybe in a period that is closed by now."""
        day = max(self.born_on, self.life.today() - days * ONE_DAY)
        charges = tuple((self.id, Charge(new_command_id(), amount, "Calls", day)) for amount in amounts)
        assert self.tries(BookCharges(charges=charges, command_id=new_command_id()))
        for amount in amounts:
            self.life.use(amount, day)

    @rule(value=st.integers(0, 30))
    def is_measured(self, value: int) -> None:
        """Once an instant; of who has left nothing is counted any more."""
        counted = CountedItems(MeasuredParameter.PBX_EXTENSIONS, self.life.now, value)
        assert self.tries(RecordSamples(samples=((self.id, counted),), command_id=new_command_id()))
        if self.life.status not in GONE and self.life.now not in [at for at, _ in self.life.samples]:
            self.life.samples.append((self.life.now, value))

    @rule(is_reversed=st.booleans())
    def tops_up_a_wallet(self, is_reversed: bool) -> None:
        order = TopUpWallet(customer_id=self.id, option_id=self.option_id, command_id=new_command_id())
        allowed = self.life.status in ALIVE
        assert self.tries(order) is allowed
        if allowed:
            self.life.book("wallet_top_up", TOP_UP_FEE)
            if is_reversed:
                self.is_reversed(0)

    @precondition(lambda self: self.life.status in ALIVE)
    @rule(then=st.sampled_from(["", "", "kept", "closed later"]))
    def closes_a_subscription_early(self, then: str) -> None:
        """Maybe the end is moved behind the minimum term at once, or taken back: the penalty follows."""
        added = AddSubscription(customer_id=self.id, plan_id=self.plan_id, command_id=new_command_id())
        assert self.tries(added)
        finished = FinishSubscription(subscription_id=self.rows(Subscription)[-1].id, command_id=new_command_id())
        assert self.tries(finished)
        self.life.close_periods()
        self.life.reckon()
        self.life.book("cancellation_penalty", PENALTY)
        if then:
            made, later = self.rows(Subscription)[-1].id, self.life.today() + 400 * ONE_DAY
            moved: Command[Any] = KeepSubscription(subscription_id=made, command_id=new_command_id())
            if then == "closed later":
                moved = FinishSubscription(subscription_id=made, finished_on=later, command_id=new_command_id())
            assert self.tries(moved)
            self.life.undo(self.life.bookings[-1])
            self.life.reckon()

    @rule(amount=SMALL_AMOUNTS)
    def is_credited(self, amount: Decimal) -> None:
        if self.books("manual_credit", amount):
            self.life.book("manual_credit", amount)

    @rule(amount=AMOUNTS)
    def pays(self, amount: Decimal) -> None:
        if self.books("manual_payment", amount):
            self.life.pay(amount)

    @precondition(lambda self: self.life.outstanding() > 0)
    @rule(short=st.sampled_from([Decimal(0), Decimal("0.01")]))
    def pays_all_or_nearly_all(self, short: Decimal) -> None:
        amount = self.life.outstanding() - short
        if amount > 0 and self.books("manual_payment", amount):
            self.life.pay(amount)

    @precondition(lambda self: self.life.unallocated() > 0)
    @rule(amount=AMOUNTS)
    def is_refunded(self, amount: Decimal) -> None:
        if self.books("refund", amount):
            self.life.refund(amount)

    @precondition(lambda self: self.life.bookings)
    @rule(which=st.integers(0, 10**6))
    def is_reversed(self, which: int) -> None:
        """The later bookings more often, the opposite ones too: they refuse."""
        rows = self.life.bookings
        index = len(rows) - 1 - which % min(len(rows), 12)
        allowed = self.life.can_reverse(rows[index])
        order = ReverseTransaction(
            transaction_id=self.rows(Transaction)[index].id, reason="wrong", command_id=new_command_id()
        )
        assert self.tries(order) is allowed
        if allowed:
            self.life.reverse(rows[index])

    @rule(amount=AMOUNTS, days=st.integers(1, 12))
    def promises(self, amount: Decimal, days: int) -> None:
        day = self.life.today() + days * ONE_DAY
        order = MakePromise(
            customer_id=self.id, amount=amount, due_on=day, reason="called", command_id=new_command_id()
        )
        allowed = self.life.status not in ("exported", "permanently_terminated")
        assert self.tries(order) is allowed
        if allowed:
            self.life.promise(amount, self.life.start_of(day))

    @rule(name=st.sampled_from(MOVES), days=st.integers(0, 32))
    def is_moved(self, name: str, days: int) -> None:
        """Possible or not."""
        self.moves(name, self.life.today() + days * ONE_DAY)

    @rule(which=st.integers(0, 10**6), days=st.integers(1, 20))
    def is_moved_as_is_possible(self, which: int, days: int) -> None:
        day = self.life.today() + days * ONE_DAY
        names = [name for name in MOVES if self.life.can_move(name, day)]
        if names:
            self.moves(names[which % len(names)], day)

    def moves(self, name: str, day: date, amount: Decimal | None = None) -> None:
        order = ChangeStatus(
            customer_id=self.id, move=name, day=day, confirm_customer_code="C-1", reason="because",
            promise_amount=amount, command_id=new_command_id(),
        )  # fmt: skip
        allowed = self.life.can_move(name, day)
        assert self.tries(order) is allowed
        if allowed:
            self.life.move(name, day)
            if amount is not None:
                self.life.promise(amount, self.life.start_of(day))

    @precondition(lambda self: self.life.status in ALIVE)
    @rule(days=st.integers(1, 6), amount=st.none() | AMOUNTS, runs_out=st.booleans())
    def is_lifted(self, days: int, amount: Decimal | None, runs_out: bool) -> None:
        """Suspended first, if need be. Maybe nothing comes until the lift runs out."""
        if self.life.status == "open":
            self.is_left_unpaid(Decimal(50), "suspend", 0)
        day = self.life.today() + days * ONE_DAY
        self.moves("lift_suspension", day, amount)
        if runs_out:
            self.run_until(self.life.start_of(day))

    # what time does

    @rule(hours=st.integers(1, 30))
    def hours_go_by(self, hours: int) -> None:
        self.run_until(self.life.now + timedelta(hours=hours))

    @precondition(lambda self: self.life.turns())
    @rule(which=st.integers(0, 3), seconds=st.sampled_from([-1, 0, 0, 3600]))
    def the_next_turn_comes(self, which: int, seconds: int) -> None:
        """A second before it, on it, or an hour after."""
        turns = self.life.turns()
        self.run_until(turns[min(which, len(turns) - 1)] + timedelta(seconds=seconds))

    @precondition(lambda self: self.life.status in ALIVE)
    @rule(amount=AMOUNTS, seconds=st.sampled_from([-1, 0, 3600]))
    def pays_when_the_due_day_ends(self, amount: Decimal, seconds: int) -> None:
        """Just before, or just after, when no job has looked yet."""
        self.is_invoiced(amount)
        for bill in self.life.open_bills()[-1:]:
            end = self.life.start_of(bill["due_on"] + ONE_DAY) + timedelta(seconds=seconds)
            if end > self.life.now:
                self.run_until(end - timedelta(minutes=1))
                self.life.now = end
            self.pays(self.life.outstanding())

    @rule(days=st.integers(1, 40))
    def nothing_runs_for_days(self, days: int) -> None:
        """People go on meanwhile; the jobs come with the next rule of time."""
        self.life.now += days * ONE_DAY

    @rule(flushes=st.integers(0, 12))
    def the_next_is_killed(self, flushes: int) -> None:
        self.flushes_left = flushes

    # what must hold

    def rows(self, model: Any) -> list[Any]:
        with Session(self.engine) as session:
            return list(session.scalars(select(model).where(model.customer_id == self.id).order_by(model.id)))

    @invariant()
    def the_customer_is_as_the_reference_says(self) -> None:
        with Session(self.engine) as session:
            row = session.get_one(Customer, self.id)
        life = self.life
        assert (row.bill_status.value, row.blocked) == (life.status, life.blocked)
        assert (row.service_limited and row.bill_status.value == "open") == (life.limited and life.status == "open")
        assert (row.suspension_lifted_until, row.first_lifted_on) == (life.lifted_until, life.first_lifted_on)
        assert (row.balance, row.unallocated) == (life.balance(), life.unallocated())
        assert row.outstanding == life.outstanding()
        assert (row.first_overdue_from is not None and row.first_overdue_from <= life.now) is life.is_overdue()
        if life.status in ("provisionally_terminated", "permanently_terminated"):
            assert row.terminate_on == life.terminate_on

    @invariant()
    def the_books_are_as_the_reference_says(self) -> None:
        said = [(DIRECTIONS[row["kind"]], row["kind"], row["sum"]) for row in self.life.bookings]
        found = [(DIRECTIONS[row.kind.value], row.kind.value, row.amount) for row in self.rows(Transaction)]
        assert found == said
        invoices = [(row.total, row.paid, row.payment_status.value, row.due_on) for row in self.rows(Invoice)]
        assert invoices == [
            (bill["total"], bill["paid"], Life.paid_as(bill), bill["due_on"]) for bill in self.life.bills
        ]
        promises = [(row.amount, row.received, row.state.value) for row in self.rows(Promise)]
        assert promises == [(row["amount"], row["received"], row["state"]) for row in self.life.promises]

    @invariant()
    def every_rule_of_the_ledgers_holds(self) -> None:
        assert read_ledgers(self.engine).breaches() == []

    @invariant()
    def the_line_under_the_figures_comes_to_the_balance(self) -> None:
        """Looked at after every few bookings: a whole head takes its time."""
        if len(self.life.bookings) % 4:
            return
        told = self.access.fetch(CustomerHead(self.id))
        assert told.parts.balance == told.balance == self.life.balance()
        assert told.parts.now <= self.life.outstanding()
        assert (told.parts.now > 0) is self.life.is_overdue()

    @invariant()
    def collection_knows_when_to_come(self) -> None:
        with Session(self.engine) as session:
            row = session.get_one(Customer, self.id)
            cases = debt_of(Reader(session, SYSTEM, self.life.now), row).cases
            anew = earliest_visit(cases, row, self.life.now)
        late = {at is not None and at <= self.life.now for at in (row.collect_at, anew)}
        assert row.collect_at == anew or late == {True}

    @invariant()
    def what_is_asked_of_all_is_what_is_foretold_of_it(self) -> None:
        """Kept since a job came by or played forward: whichever it is."""
        found = self.system.fetch(PlannedChanges(DAYS_AHEAD, OF_STATUS)).rows
        with Session(self.engine) as session:
            (steps,) = ahead_of(Reader(session, SYSTEM, self.life.now), [self.id]).values()
        last = self.life.today() + DAYS_AHEAD * ONE_DAY
        assert [one.told for one in found] == [one for one in steps if one.kind in OF_STATUS and one.on <= last]

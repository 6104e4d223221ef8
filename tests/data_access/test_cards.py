"""Paying by card: the money path with a bank that approves, refuses, and falls silent before or after it has acted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid, NotPermitted, Refusal, Rejected
from data_access.base.payment_methods import MethodKind
from data_access.base.permissions import SYSTEM, Role
from data_access.base.schedule import Job
from data_access.base.statuses import BillStatus
from data_access.commands.cards.card_answers import CardDone, Outcome, RecordCardAnswer
from data_access.commands.cards.cardnumbers import holds_card_number
from data_access.commands.cards.cards import (
    AddCard,
    CaptureCardPayment,
    RefundCardPayment,
    RemoveCard,
    RequestCardPayment,
    VoidCardPayment,
)
from data_access.jobs.paying import carry_out, settle_card_payment
from data_access.jobs.runner import run_job
from data_access.models.cards import BankOperation, CardState
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from data_access.queries.audit.customer_audit import CustomerAudit
from data_access.queries.cards.cards import (
    CardInstruction,
    CardPaid,
    CardPaymentsOf,
    CardsOf,
    OpenRequest,
    UnknownCardPayments,
)
from data_access.store.access import Access, new_command_id
from data_access.store.gateway import Answer, Gateway, Instruction, LocalGateway, NoAnswer
from data_access.store.job_leases import Holder
from tests.data_access.test_corrections import sound, undoing
from tests.data_access.test_money import booking
from tests.support.builders import a_customer, a_reseller, a_suspended_customer, an_invoice
from tests.support.people import NOW, a_person, access_for

D = Decimal
LATER = NOW + timedelta(minutes=10)
TOKENS = iter(range(10**6))


def adding(customer_id: int, mark: str = "test-approve", **over: Any) -> AddCard:
    told = {
        "token": f"{mark}-{next(TOKENS)}", "brand": "Visa", "last_four": "4242", "expires_on": date(2028, 1, 31),
        "command_id": new_command_id(),
    } | over  # fmt: skip
    return AddCard(customer_id=customer_id, **told)


@dataclass
class Desk:
    """A manager, the bank, and a customer with a card of some behaviour."""

    engine: Engine
    access: Access
    bank: LocalGateway
    customer: int
    card: int

    def order(self, amount: str = "50", **over: Any) -> RequestCardPayment:
        told: dict[str, Any] = {"customer_id": self.customer, "method_id": self.card, "command_id": new_command_id()}
        return RequestCardPayment(amount=D(amount), **(told | over))

    def pay(self, amount: str = "50", **over: Any) -> CardDone:
        return carry_out(self.access, self.bank, self.order(amount, **over))

    def capture(self, payment: CardDone, amount: str) -> CardDone:
        order = CaptureCardPayment(
            card_payment_id=payment.card_payment_id, amount=D(amount), command_id=new_command_id()
        )
        return carry_out(self.access, self.bank, order)

    def let_go(self, payment: CardDone) -> CardDone:
        order = VoidCardPayment(card_payment_id=payment.card_payment_id, command_id=new_command_id())
        return carry_out(self.access, self.bank, order)

    def give_back(self, payment: CardDone, amount: str, reason: str = "paid twice") -> CardDone:
        return carry_out(self.access, self.bank, refunding(payment, amount, reason))

    def settle(self, payment_id: int) -> CardDone | None:
        return settle_card_payment(Access(self.engine, SYSTEM, lambda: NOW), self.bank, payment_id)

    def due(self, after_minutes: int = 0) -> list[int]:
        now = NOW + timedelta(minutes=after_minutes)
        return Access(self.engine, SYSTEM, lambda: now).fetch(UnknownCardPayments())

    def row(self) -> Customer:
        with Session(self.engine) as session:
            return session.get_one(Customer, self.customer)

    def booked(self) -> list[tuple[Kind, Decimal]]:
        with Session(self.engine) as session:
            mine = select(Transaction).where(Transaction.customer_id == self.customer).order_by(Transaction.id)
            kinds = (Kind.ECOMMERCE_PAYMENT, Kind.CAPTURE_PAYMENT, Kind.ECOMMERCE_REFUND)
            return [(row.kind, row.amount) for row in session.scalars(mine) if row.kind in kinds]

    def shown(self) -> CardPaid:
        return self.access.fetch(CardPaymentsOf(self.customer))[0]

    def at_the_bank(self) -> Decimal:
        """What the bank has taken of the cards, less what it gave back."""
        signs = {"charge": 1, "capture": 1, "refund": -1}
        with Session(self.engine) as session:
            rows = session.scalars(select(BankOperation)).all()
        return sum((row.amount * signs.get(row.operation, 0) for row in rows if row.answer["approved"]), D(0))


def refunding(payment: CardDone, amount: str, reason: str = "paid twice") -> RefundCardPayment:
    return RefundCardPayment(
        card_payment_id=payment.card_payment_id, amount=D(amount), reason=reason, command_id=new_command_id()
    )


def desk(engine: Engine, mark: str = "test-approve", customer: int | None = None) -> Desk:
    access = access_for(engine, Role.MANAGER, credit_per_booking=D(500), credit_per_day=D(1000))
    customer_id = a_customer(engine) if customer is None else customer
    card = access.execute(adding(customer_id, mark)).method_id
    return Desk(engine, access, LocalGateway(engine, lambda: NOW), customer_id, card)


ACCOUNT = {"brand": "City Bank", "last_four": "3000", "expires_on": None}
DEBIT = ACCOUNT | {"kind": MethodKind.DIRECT_DEBIT, "mandate": "M-000017"}


@pytest.mark.parametrize("kind", [ACCOUNT | {"kind": MethodKind.E_CHECK}, DEBIT])
def test_an_account_at_a_bank_is_charged_as_a_card_is_and_never_reserved(engine: Engine, kind: dict[str, Any]) -> None:
    access, customer = access_for(engine, Role.MANAGER), a_customer(engine)
    method = access.execute(adding(customer, **kind)).method_id
    (stored,) = access.fetch(CardsOf(customer))
    assert (stored.kind, stored.mandate, stored.has_expired) == (kind["kind"], kind.get("mandate", ""), False)
    desk = Desk(engine, access, LocalGateway(engine, lambda: NOW), customer, method)
    assert desk.pay("50").state == "done"
    assert desk.row().balance == -50
    with pytest.raises(Rejected, match="reserved on a card only"):
        access.execute(desk.order(capture_at_once=False))
    access.execute(RemoveCard(method_id=method, command_id=new_command_id()))
    assert access.fetch(CardsOf(customer)) == ()


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"expires_on": None}, "expires_on"),
        ({"mandate": "M-1"}, "mandate"),
        (DEBIT | {"mandate": " "}, "mandate"),
        (DEBIT | {"mandate": "M" * 36}, "mandate"),
        (DEBIT | {"expires_on": date(2028, 1, 31)}, "expires_on"),
        (DEBIT | {"mandate": "DE89 3704 0044 0532 0130 00"}, "mandate"),
        (DEBIT | {"brand": "Bank gb82west12345698765432 of ours"}, "brand"),
        (DEBIT | {"last_four": "300"}, "last_four"),
    ],
)
def test_each_kind_has_what_belongs_to_it_and_never_a_number(engine: Engine, over: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        access_for(engine, Role.MANAGER).execute(adding(a_customer(engine), **over))
    assert set(wrong.value.complaints) == {field}


def test_a_card_payment_settles_invoices_and_resumes_service(engine: Engine) -> None:
    at = desk(engine, customer=a_suspended_customer(engine))
    done = at.pay("120")
    assert (done.state, at.row().bill_status, at.row().unallocated) == ("done", BillStatus.OPEN, D(20))
    assert at.booked() == [(Kind.ECOMMERCE_PAYMENT, D(-120))]
    shown = at.shown()
    assert (shown.state, shown.captured, shown.refundable, shown.under_way) == (
        CardState.CAPTURED,
        D(120),
        D(20),
        False,
    )


def test_a_declined_card_moves_no_money_and_says_why(engine: Engine) -> None:
    at = desk(engine, "test-refuse")
    done = at.pay()
    assert (done.state, done.why) == ("refused", "The bank declined the card.")
    assert at.booked() == []
    assert at.shown().state is CardState.REFUSED


def test_a_card_that_no_bank_knows_is_refused(engine: Engine) -> None:
    assert desk(engine, "tok").pay().why == "The bank does not know this card."


def test_a_payment_without_an_answer_is_unknown_until_it_is_asked_for(engine: Engine) -> None:
    at = desk(engine, "test-lost-after")
    done = at.pay("50")
    assert (done.state, at.booked(), at.shown().under_way) == ("unknown", [], True)
    assert at.due() == [done.card_payment_id]
    settled = at.settle(done.card_payment_id)
    assert settled is not None
    assert settled.state == "done"
    assert at.booked() == [(Kind.ECOMMERCE_PAYMENT, D(-50))]
    assert at.at_the_bank() == D(50)
    assert at.settle(done.card_payment_id) is None
    assert (at.booked(), at.due()) == ([(Kind.ECOMMERCE_PAYMENT, D(-50))], [])


def test_a_payment_that_never_reached_the_bank_is_over_and_cannot_arrive_late(engine: Engine) -> None:
    at = desk(engine, "test-lost-before")
    order = at.order("50")
    done = carry_out(at.access, at.bank, order)
    late = Access(engine, SYSTEM, lambda: NOW).fetch(CardInstruction(done.operation_id))
    settled = at.settle(done.card_payment_id)
    assert settled is not None
    assert (settled.state, "nothing was done" in settled.why) == ("refused", True)
    arrives = Instruction(late.key, late.operation, "test-approve", late.about, late.amount, late.currency)
    assert not at.bank.send(arrives).approved
    assert (at.booked(), at.at_the_bank()) == ([], D(0))


def test_nothing_more_is_charged_while_an_outcome_is_unknown(engine: Engine) -> None:
    at = desk(engine, "test-lost-after")
    done = at.pay("50")
    with pytest.raises(Rejected, match="nothing is charged twice"):
        at.pay("50")
    at.settle(done.card_payment_id)
    assert at.pay("5").state == "unknown"


def test_the_same_order_sent_twice_is_charged_once(engine: Engine) -> None:
    at = desk(engine)
    order = at.order("50")
    first, second = (carry_out(at.access, at.bank, order) for _ in range(2))
    assert first == second
    assert at.booked() == [(Kind.ECOMMERCE_PAYMENT, D(-50))]
    assert at.at_the_bank() == D(50)


def test_the_audit_tells_no_key_of_the_gateway(engine: Engine) -> None:
    at = desk(engine)
    order = at.order("50")
    carry_out(at.access, at.bank, order)
    told = at.access.fetch(CustomerAudit(at.customer)).rows
    assert "Card payment" in {row.entity for row in told}
    assert order.command_id not in {row.after for row in told}


def test_the_same_order_sent_twice_at_once_is_charged_once(engine: Engine) -> None:
    at = desk(engine)
    order = at.order("50")
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: carry_out(at.access, at.bank, order), range(4)))
    assert {one.state for one in done} == {"done"}
    assert at.booked() == [(Kind.ECOMMERCE_PAYMENT, D(-50))]
    assert at.at_the_bank() == D(50)
    assert sound(engine)


def test_two_orders_at_once_are_never_under_way_together(engine: Engine) -> None:
    at = desk(engine, "test-lost-after")

    def tried(_: int) -> str:
        try:
            return at.pay("50").state
        except Rejected:
            return "rejected"

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(tried, range(4)))
    assert told == ["rejected", "rejected", "rejected", "unknown"]
    assert at.at_the_bank() == D(50)


class Crash(BaseException):
    """The process ends here."""


@dataclass
class Crashing:
    """A bank at the moment of a crash: before it hears of the order, or after it has done it."""

    bank: Gateway
    does_it: bool

    def send(self, instruction: Instruction) -> Answer:
        if self.does_it:
            self.bank.send(instruction)
        raise Crash

    def ask(self, key: str) -> Answer:
        raise NoAnswer(key)


@pytest.mark.parametrize(("does_it", "taken"), [(False, 0), (True, 50)])
def test_a_crash_around_the_bank_is_settled_later_without_a_double_charge(
    engine: Engine, does_it: bool, taken: int
) -> None:
    at = desk(engine)
    with pytest.raises(Crash):
        carry_out(at.access, Crashing(at.bank, does_it), at.order("50"))
    payment_id = at.shown().card_payment_id
    assert (at.shown().state, at.due(1), at.due(2)) == (CardState.REQUESTED, [], [payment_id])
    for _ in range(2):
        at.settle(payment_id)
    assert at.at_the_bank() == D(taken)
    assert sum(-amount for _, amount in at.booked()) == D(taken)
    assert at.row().balance == D(-taken)


@pytest.mark.parametrize("mark", ["test-lost-after-on-capture", "test-lost-after-on-refund"])
def test_a_lost_answer_to_a_later_step_is_settled_once(engine: Engine, mark: str) -> None:
    at = desk(engine, mark)
    reserved = at.pay("50", capture_at_once=False)
    captured = at.capture(reserved, "40")
    at.settle(reserved.card_payment_id)
    back = at.give_back(reserved, "15")
    at.settle(reserved.card_payment_id)
    assert "unknown" in (captured.state, back.state)
    assert at.booked() == [(Kind.CAPTURE_PAYMENT, D(-40)), (Kind.ECOMMERCE_REFUND, D(15))]
    assert at.at_the_bank() == D(25)
    assert at.shown().refundable == at.row().unallocated == D(25)
    assert sound(engine)


def test_an_answer_that_is_recorded_twice_is_booked_once(engine: Engine) -> None:
    at = desk(engine, "test-lost-after")
    done = at.pay("50")
    system = Access(engine, SYSTEM, lambda: LATER)

    def record(outcome: Outcome) -> CardDone:
        return system.execute(
            RecordCardAnswer(operation_id=done.operation_id, outcome=outcome, command_id=new_command_id())
        )

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(record, [Outcome.APPROVED, Outcome.APPROVED]))
    assert told[0] == told[1] == record(Outcome.REFUSED)
    assert at.booked() == [(Kind.ECOMMERCE_PAYMENT, D(-50))]


def test_the_job_asks_the_bank_and_books_what_it_says(engine: Engine) -> None:
    at = desk(engine, "test-lost-after")
    at.pay("50")
    ran = run_job(engine, Job.ASK_GATEWAY, lambda: LATER, Holder("worker-1"))
    assert ran is not None
    assert (ran.tally.found, ran.tally.done, at.booked()) == (1, 1, [(Kind.ECOMMERCE_PAYMENT, D(-50))])


def test_a_bank_that_stays_silent_is_asked_again_later(engine: Engine) -> None:
    at = desk(engine, "test-lost-after")
    done = at.pay()
    with pytest.raises(Rejected, match="asked again later"):
        settle_card_payment(Access(engine, SYSTEM, lambda: LATER), Crashing(at.bank, False), done.card_payment_id)
    assert at.due() == [done.card_payment_id]


def test_reserved_money_moves_no_balance_until_it_is_captured(engine: Engine) -> None:
    at = desk(engine)
    reserved = at.pay("50", capture_at_once=False)
    assert (at.shown().state, at.row().balance, at.at_the_bank()) == (CardState.AUTHORISED, D(0), D(0))
    at.capture(reserved, "30")
    assert (at.shown().captured, at.row().balance, at.at_the_bank()) == (D(30), D(-30), D(30))
    with pytest.raises(Rejected, match="is captured: only reserved money"):
        at.capture(reserved, "1")


def test_no_more_is_captured_than_was_reserved(engine: Engine) -> None:
    at = desk(engine)
    reserved = at.pay("50", capture_at_once=False)
    with pytest.raises(Invalid, match=r"Reserved are 50.00 EUR"):
        at.capture(reserved, "50.01")
    assert at.capture(reserved, "50").state == "done"


def test_reserved_money_is_let_go(engine: Engine) -> None:
    at = desk(engine)
    reserved = at.pay("50", capture_at_once=False)
    assert at.let_go(reserved).state == "done"
    assert (at.shown().state, at.booked()) == (CardState.VOIDED, [])
    with pytest.raises(Rejected, match="is voided"):
        at.capture(reserved, "1")


def test_the_bank_itself_captures_no_more_than_it_holds_and_refunds_no_more_than_it_took(engine: Engine) -> None:
    at = desk(engine)
    reserved = at.pay("50", capture_at_once=False)
    first = Access(engine, SYSTEM, lambda: NOW).fetch(CardInstruction(reserved.operation_id))

    def asked(operation: str, amount: str, key: str) -> bool:
        kind = type(first.operation)(operation)
        return at.bank.send(Instruction(key, kind, first.token, first.key, D(amount), "EUR")).approved

    assert [asked("refund", "1", "a"), asked("capture", "51", "b"), asked("capture", "50", "c")] == [False, False, True]
    assert [asked("void", "50", "d"), asked("capture", "1", "e"), asked("refund", "30", "f")] == [False, False, True]
    assert [asked("refund", "21", "g"), asked("refund", "20", "h"), asked("refund", "20", "h")] == [False, True, True]


def test_only_what_paid_no_invoice_is_given_back_to_the_card(engine: Engine) -> None:
    at = desk(engine)
    an_invoice(engine, at.customer, total=D(30))
    paid = at.pay("50")
    with pytest.raises(Invalid, match=r"20.00 EUR of this payment paid no invoice"):
        at.give_back(paid, "20.01")
    at.give_back(paid, "20")
    assert at.booked()[1:] == [(Kind.ECOMMERCE_REFUND, D(20))]
    assert (at.row().unallocated, at.shown().refunded, at.shown().refundable) == (D(0), D(20), D(0))
    with pytest.raises(Invalid):
        at.give_back(paid, "0.01")
    assert sound(engine)


def test_other_money_of_the_customer_does_not_go_to_the_card(engine: Engine) -> None:
    at = desk(engine)
    an_invoice(engine, at.customer, total=D(50))
    paid = at.pay("50")
    at.access.execute(booking(at.customer, Kind.MANUAL_PAYMENT, "80"))
    with pytest.raises(Invalid, match=r"0.00 EUR of this payment"):
        at.give_back(paid, "1")


def test_an_invoice_paid_while_the_bank_gives_the_money_back_is_open_again(engine: Engine) -> None:
    at = desk(engine, "test-lost-after-on-refund")
    paid = at.pay("50")
    at.give_back(paid, "40")
    an_invoice(engine, at.customer, total=D(30), at=NOW)
    wrong = at.access.execute(booking(at.customer, Kind.MANUAL_PAYMENT, "5"))
    at.access.execute(undoing(wrong.transaction_id))  # unused money pays what is open: the card's is 20 of it
    assert at.row().outstanding == D(0)
    at.settle(paid.card_payment_id)
    assert (at.row().outstanding, at.row().unallocated, at.row().balance) == (D(20), D(0), D(20))
    assert sound(engine)


def test_a_card_payment_that_was_reversed_is_not_given_back_once_more(engine: Engine) -> None:
    at = desk(engine)
    paid = at.pay("50")
    at.access.execute(undoing(paid.transaction_id or 0))
    with pytest.raises(Invalid, match=r"0.00 EUR of this payment"):
        at.give_back(paid, "1")
    assert at.shown().refundable == D(0)


def test_a_refund_needs_a_reason_and_stays_within_the_own_limits(engine: Engine) -> None:
    at = desk(engine)
    paid = at.pay("90")
    with pytest.raises(Invalid, match="Give the reason"):
        at.give_back(paid, "5", reason=" ")
    person = a_person(engine, Role.SUPPORT, credit_per_booking=D(40), credit_per_day=D(50))
    support = Access(engine, person, lambda: NOW)
    with pytest.raises(Rejected, match="at most 40"):
        carry_out(support, at.bank, refunding(paid, "40.01"))
    carry_out(support, at.bank, refunding(paid, "40"))
    with pytest.raises(Rejected, match=r"10\.00 EUR is left"):
        carry_out(support, at.bank, refunding(paid, "11"))


def test_an_analyst_neither_charges_cards_nor_stores_them(engine: Engine) -> None:
    at = desk(engine)
    analyst = access_for(engine, Role.ANALYST)
    with pytest.raises(NotPermitted):
        carry_out(analyst, at.bank, at.order())
    with pytest.raises(NotPermitted):
        analyst.execute(adding(at.customer))


def test_nobody_writes_an_answer_in_the_name_of_the_bank(engine: Engine) -> None:
    at = desk(engine, "test-lost-before")
    done = at.pay()
    answer = RecordCardAnswer(operation_id=done.operation_id, outcome=Outcome.APPROVED, command_id=new_command_id())
    with pytest.raises(NotPermitted):
        access_for(engine, Role.ADMIN).execute(answer)


@pytest.mark.parametrize("field", ["token", "brand", "last_four", "reason"])
@pytest.mark.parametrize("number", ["4242424242424242", "4242 4242 4242 4242", "x 3782-822463-10005 y"])
def test_a_card_number_is_stored_nowhere(engine: Engine, field: str, number: str) -> None:
    with pytest.raises(Invalid, match="looks like a card number") as refused:
        access_for(engine, Role.MANAGER).execute(adding(a_customer(engine), **{field: number}))
    assert field in refused.value.complaints
    assert number not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("4242424242424242", True), ("4242424242424241", False), ("378282246310005", True), ("4222222222222", True),
        ("424242424242", False), ("tok_1MqLiJLkdIwHu7ix", False), ("0" * 20, False), ("a5500005555555559z", True),
    ],
)  # fmt: skip
def test_card_numbers_are_told_by_length_and_check_digit(text: str, is_one: bool) -> None:
    assert holds_card_number(text) is is_one


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"token": " "}, "token"),
        ({"token": "a b"}, "token"),
        ({"brand": ""}, "brand"),
        ({"last_four": "42a2"}, "last_four"),
        ({"expires_on": NOW.date() - timedelta(days=1)}, "expires_on"),
    ],
)
def test_a_card_is_complete_or_refused(engine: Engine, over: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        access_for(engine, Role.MANAGER).execute(adding(a_customer(engine), **over))
    assert set(refused.value.complaints) == {field}


def test_a_removed_card_is_shown_and_charged_no_more(engine: Engine) -> None:
    at = desk(engine)
    assert [card.last_four for card in at.access.fetch(CardsOf(at.customer))] == ["4242"]
    paid = at.pay("10")
    at.access.execute(RemoveCard(method_id=at.card, command_id=new_command_id()))
    assert at.access.fetch(CardsOf(at.customer)) == ()
    with pytest.raises(Rejected, match="was removed"):
        at.pay()
    with pytest.raises(Rejected, match="already been removed"):
        at.access.execute(RemoveCard(method_id=at.card, command_id=new_command_id()))
    assert at.give_back(paid, "10").state == "done"


def test_a_card_is_charged_for_its_own_customer_until_it_expires(engine: Engine) -> None:
    at = desk(engine)
    with pytest.raises(Rejected, match="another customer's"):
        at.pay(customer_id=a_customer(engine))
    old = at.access.execute(adding(at.customer, expires_on=NOW.date())).method_id
    tomorrow = access_for(engine, Role.MANAGER, NOW + timedelta(days=1))
    with pytest.raises(Rejected, match="has expired"):
        carry_out(tomorrow, at.bank, at.order(method_id=old))


def test_a_card_is_stored_once(engine: Engine) -> None:
    at = desk(engine)
    token = {"token": "test-approve-same"}
    at.access.execute(adding(at.customer, **token))
    with pytest.raises(Invalid, match="already stored"):
        at.access.execute(adding(at.customer, **token))


@pytest.mark.parametrize(
    ("status", "is_possible"), [(BillStatus.PERMANENTLY_TERMINATED, True), (BillStatus.EXPORTED, False)]
)
def test_a_debt_can_be_paid_by_card_after_the_end(engine: Engine, status: BillStatus, is_possible: bool) -> None:
    at = a_customer(engine, bill_status=status)
    try:
        done = desk(engine, customer=at).pay("5").state
    except Rejected:
        done = "rejected"
    assert done == ("done" if is_possible else "rejected")


def test_yen_are_charged_whole(engine: Engine) -> None:
    at = desk(engine, customer=a_customer(engine, currency="JPY"))
    with pytest.raises(Invalid, match="JPY has no decimals"):
        at.pay("1.5")
    assert at.pay("150").state == "done"


def test_cards_of_another_reseller_are_not_seen(engine: Engine) -> None:
    at = desk(engine, customer=a_customer(engine, reseller_id=a_reseller(engine)))
    own = access_for(engine, Role.SUPPORT, reseller_id=a_reseller(engine))
    asks: list[Callable[[], object]] = [
        lambda: own.fetch(CardsOf(at.customer)),
        lambda: own.fetch(CardPaymentsOf(at.customer)),
        lambda: own.execute(RemoveCard(method_id=at.card, command_id=new_command_id())),
        lambda: own.execute(at.order()),
    ]
    for ask in asks:
        with pytest.raises(Refusal, match="not found"):
            ask()


def test_requests_are_the_systems_business(engine: Engine) -> None:
    at = desk(engine, "test-lost-after")
    done = at.pay()
    assert Access(engine, SYSTEM, lambda: NOW).fetch(OpenRequest(done.card_payment_id)) == done.operation_id
    for query in (OpenRequest(done.card_payment_id), CardInstruction(done.operation_id), UnknownCardPayments()):
        with pytest.raises(NotPermitted):
            at.access.fetch(query)

"""The end of a contract: advance charges are returned, credit becomes money, rounding is settled."""

from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from sqlalchemy import func

from data_access.base.bookings import CASH, CREDITS, GIFTS, Kind
from data_access.base.clock import day_in
from data_access.base.money import ZERO, smallest
from data_access.base.statuses import GONE, LEFT, BillStatus
from data_access.domain.billing.recurring_fees import Running
from data_access.domain.lifecycle import MoveTerms, facts_of
from data_access.domain.moves import Move
from data_access.models.customers import Customer
from data_access.models.history import StatusEvent
from data_access.models.money import InvoiceType, Transaction
from data_access.services.discounting import take_off
from data_access.services.entering import Texts, book, book_either_way
from data_access.services.facts.asking import InvoiceAmounts, asked, free_bookings, with_taxes
from data_access.services.facts.fees_of_customer import class_of, running_fees
from data_access.services.facts.usage.measured_fees import measured_fees
from data_access.services.settlement import book_fees, receive
from data_access.services.status_changes import carry_out
from data_access.store.unit_of_work import UnitOfWork


def make_move(
    work: UnitOfWork, customer: Customer, move: Move, terms: MoveTerms, *, reason: str, login: str
) -> StatusEvent:
    """Makes a move. Where it ends a life, the days until then are charged and what was charged beyond is given back."""
    if is_left_by(move, customer, terms):
        charge_ended(work, customer)
    event = carry_out(work, customer, move, terms, reason=reason, login=login)
    if customer.bill_status in GONE:
        reckon(work, customer)
    return event


def is_left_by(move: Move, customer: Customer, terms: MoveTerms) -> bool:
    """Whether the customer is permanently terminated, or exported, after the move."""
    return move.becomes(facts_of(customer), terms).bill_status in LEFT


def charge_ended(work: UnitOfWork, customer: Customer, through: date | None = None) -> None:
    """Books what recurs for the days until one, yesterday if none is said, and credits the days without service.

    What a discount plan takes off the usage so far is credited too.
    """
    running = running_fees(work, customer)
    if running is not None:
        last = through or running.today - timedelta(days=1)
        fees = running.arrears(last)
        book_fees(work, customer, [*fees, *running.credits(last, fees)])
        _charge_measured(work, customer, running, last)
    take_off(work, customer)


def _charge_measured(work: UnitOfWork, customer: Customer, running: Running, last: date) -> None:
    """Books what was measured on the days that ended; a level that costs nothing leaves no booking."""
    for fee in measured_fees(work, customer, class_of(work, customer), running, last):
        if fee.amount > ZERO:
            texts = Texts(service=fee.terms.service, reference=fee.reference, visible_comment=fee.says)
            book(work, customer, Kind.MEASURED_CHARGE, fee.amount, value_on=fee.days.last, texts=texts)


def reckon(work: UnitOfWork, customer: Customer) -> None:
    """What has to be done before an invoice that may be the last one: days charged beyond the end are credited.

    Of whom has left, a credit above what is still to be invoiced becomes money: no later invoice would take it off.
    When life is over for good, what is then left and cannot be paid is evened out.
    """
    running = running_fees(work, customer)
    if running is not None:
        book_fees(work, customer, running.beyond())
    if customer.bill_status not in GONE:
        return
    free = free_bookings(work, customer.id)
    told = _told(work, customer, free)
    if _left(told) > ZERO:
        _turn_into_money(work, customer, free, told)
    if customer.bill_status is BillStatus.PERMANENTLY_TERMINATED:
        _even_out(work, customer)


def even_out_last(work: UnitOfWork, customer: Customer, by: Decimal, on: date) -> list[Transaction]:
    """What the last invoice asks above or below its bookings, as a booking of its own: no later one would carry it."""
    is_over = customer.bill_status is BillStatus.PERMANENTLY_TERMINATED
    return [book_either_way(work, customer, Kind.ROUNDING, by, value_on=on)] if is_over and by else []


def book_taxes(work: UnitOfWork, customer: Customer, told: InvoiceAmounts, on: date) -> list[Transaction]:
    """Books the taxes that bookings bear and that are not booked yet, a booking each."""
    return [
        book_either_way(work, customer, Kind.TAX, amount, value_on=on, texts=Texts(service=label))
        for label, amount in told.untaxed.items()
    ]


def _told(work: UnitOfWork, customer: Customer, free: list[Transaction]) -> InvoiceAmounts:
    return asked(work, customer, class_of(work, customer), InvoiceType.REGULAR, free)


def _left(told: InvoiceAmounts) -> Decimal:
    """The credit that is left when all is invoiced; below zero: what is still to be asked for."""
    return told.carried + told.remainder - told.booked


def _turn_into_money(work: UnitOfWork, customer: Customer, free: list[Transaction], told: InvoiceAmounts) -> None:
    """As far as it pays open invoices, or was paid for: a gift is not given out as money. Its taxes are booked before.

    Whoever may come back keeps the credits made by hand: they would end a suspension that no credit ends.
    """
    is_over = customer.bill_status is BillStatus.PERMANENTLY_TERMINATED
    left, of_class = _left(told), class_of(work, customer)
    charged = with_taxes(work, customer, of_class, [row for row in free if row.amount > ZERO])

    def credited(kinds: frozenset[Kind]) -> Decimal:
        return max(-with_taxes(work, customer, of_class, [row for row in free if row.kind in kinds]), ZERO)

    paid_for = min(_paid_in(work, customer), left + charged - credited(GIFTS))
    most = left if is_over else left + charged - credited(GIFTS | CREDITS)
    amount = min(left, most, customer.outstanding + max(paid_for, ZERO))
    amount = amount.quantize(smallest(customer.currency), ROUND_DOWN)
    if amount > ZERO:
        on = day_in(customer.billing_zone, work.now)
        book_taxes(work, customer, told, on)
        book(work, customer, Kind.CREDIT_TAKEN, amount, value_on=on)
        receive(work, customer, book(work, customer, Kind.CREDIT_PAYMENT, amount, value_on=on))


def _paid_in(work: UnitOfWork, customer: Customer) -> Decimal:
    """The money that was paid and not given back, less what lies there unused."""
    mine = work.select(Transaction).where(Transaction.customer_id == customer.id, Transaction.kind.in_(CASH))
    received = work.session.scalar(mine.with_only_columns(func.sum(Transaction.amount))) or ZERO
    return -received - customer.unallocated


def _even_out(work: UnitOfWork, customer: Customer) -> None:
    """Nothing that could be paid is left: less than a unit of credit, or what rounds to nothing."""
    told = _told(work, customer, free_bookings(work, customer.id))
    left, on = _left(told), day_in(customer.billing_zone, work.now)
    if left and told.total == ZERO and left < smallest(customer.currency):
        book_taxes(work, customer, told, on)
        book_either_way(work, customer, Kind.ROUNDING, left, value_on=on)

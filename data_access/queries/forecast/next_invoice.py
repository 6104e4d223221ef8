"""The next invoice of one customer: what the current period would be billed, calculated now as its close will."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.clock import day_in
from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.base.statuses import BILLED, RUNNING
from data_access.domain.billing.periods import Period
from data_access.domain.billing.recurring_fees import Fee, Running
from data_access.models.customers import Customer
from data_access.models.money import InvoiceType, Transaction
from data_access.queries.customer_context import CustomerContext, customer_context
from data_access.services.billing.invoicing import why_none
from data_access.services.billing.reissuing import parted, void_lines
from data_access.services.facts.asking import InvoiceAmounts, asked, free_bookings, left_lines, sum_of_left
from data_access.services.facts.fees_of_customer import running_fees, waits_for_funds
from data_access.services.facts.invoicing import closes_periods, creates_invoices
from data_access.services.facts.plans.discounts_of_customer import discounts_due
from data_access.services.facts.together import apart, together
from data_access.services.facts.usage.measured_fees import measured_fees
from data_access.store.access import Query, Reader

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ForeseenCharge:
    """Something that the close will book. `grows`: it follows usage that may still arrive, and stands as of now."""

    kind: Kind
    service: str
    says: str
    amount: Decimal

    @property
    def grows(self) -> bool:
        return BOOKINGS[self.kind].follows_usage


@dataclass(frozen=True, slots=True)
class ForeseenInvoice:
    """What the close of a period will book and ask for, if nothing else happens until then.

    `booked`: what is booked already and stands on no invoice. `amounts`: one for each invoice; several where bookings
    stood on void ones. None is issued where `refusal` says why, or where `amounts` is empty.
    """

    period: Period
    closes_at: datetime
    booked: Decimal
    charges: tuple[ForeseenCharge, ...]
    amounts: tuple[InvoiceAmounts, ...]
    refusal: str
    currency: str

    @property
    def total(self) -> Decimal:
        """What all of them ask for."""
        return sum((one.total for one in self.amounts), ZERO)


@dataclass(frozen=True)
class NextInvoiceOf(Query[ForeseenInvoice | None]):
    """What the running billing period of a customer comes to as of now; None where no period runs or closes."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> ForeseenInvoice | None:
        of = customer_context(reader, self.customer_id)
        running = running_fees(reader, of.customer) if of.customer.bill_status in BILLED else None
        if running is None or of.customer.closes_at is None:
            return None
        charges = tuple(_foreseen(reader, of, running))
        last, is_last = running.running.last, of.customer.terminated_at is not None
        booked = [row for row in free_bookings(reader, of.customer_id) if is_last or row.value_on <= last]
        refusal = _refusal(of)
        amounts = () if refusal else tuple(_asked(reader, of, [*booked, *_as_booked(of.customer, charges, last)]))
        sum_booked = sum((row.amount for row in booked), ZERO)
        return ForeseenInvoice(
            running.running, of.customer.closes_at, sum_booked, charges, amounts, refusal, of.currency
        )


def _refusal(of: CustomerContext) -> str:
    if not closes_periods(of.own_invoicing):
        return "The billing of this customer is locked: the period does not close until the lock is lifted."
    if not creates_invoices(of.own_invoicing, of.of_class):
        return "No invoice is issued when the period closes: what is booked is charged without one."
    return ""


def _foreseen(reader: Reader, of: CustomerContext, running: Running) -> Iterator[ForeseenCharge]:
    """What is booked by the close, in its order: fees, days without service, measured services, discounts."""
    customer, last = of.customer, running.running.last
    if running.ends_on is not None:
        last = min(last, running.ends_on - _DAY)
    at_close = replace(running, today=max(day_in(of.zone, customer.closes_at or of.now), running.running.last + _DAY))
    ahead = _ahead(customer, running)
    charged = {fee.row.id for fee in ahead}
    rest = replace(at_close, subscriptions=tuple(one for one in running.subscriptions if one.row.id not in charged))
    fees = [*ahead, *rest.arrears(last)]
    fees += at_close.credits(last, fees)
    for fee in [*fees, *at_close.beyond()]:
        if fee.amount > ZERO:
            yield ForeseenCharge(fee.kind, fee.service, fee.says, fee.owed)
    for level in measured_fees(reader, customer, of.of_class, running, last):
        if level.amount > ZERO:
            yield ForeseenCharge(Kind.MEASURED_CHARGE, level.terms.service, level.says, level.amount)
    for off in discounts_due(reader, customer):
        yield ForeseenCharge(Kind.VOLUME_DISCOUNT, off.service, off.says, -off.amount)


def _ahead(customer: Customer, running: Running) -> list[Fee]:
    """What the jobs charge in advance before the close: what has begun since, or begins until then."""
    if customer.bill_status not in RUNNING or waits_for_funds(customer):
        return []
    found = list[Fee]()
    for one in running.subscriptions:
        begins = max(running.today, one.row.activated_on or running.today)
        found += replace(running, today=begins, subscriptions=(one,)).in_advance()
    return found


def _as_booked(customer: Customer, charges: Iterable[ForeseenCharge], on: date) -> Iterator[Transaction]:
    """The charges as the ledger would hold them, so that they are taxed and asked for like all others."""
    for place, one in enumerate(charges, 1):
        yield Transaction(
            id=-place, customer_id=customer.id, kind=one.kind, amount=one.amount, service=one.service, value_on=on,
            visible_comment=one.says,
        )  # fmt: skip


def _asked(reader: Reader, of: CustomerContext, bookings: Sequence[Transaction]) -> Iterator[InvoiceAmounts]:
    """Invoice by invoice, as `issue_again` goes through them; each leaves the next what it rounded and what is over."""
    asked_for = together({"void": void_lines(reader.actor), "left": left_lines(reader.actor)})
    lines = apart(reader.session.execute(asked_for, {"ids": [of.customer_id]}))
    parts, new = parted(reader, bookings, lines["void"])
    waiting = [row for row in new if row.amount < ZERO] if parts else []
    left = sum_of_left(lines["left"])
    rest = [row for row in new if row.amount >= ZERO] if parts else list(new)
    for of_type, rows in [*((old.type, rows) for old, rows in parts), (InvoiceType.REGULAR, rest)]:
        told = asked(reader, of.customer, of.of_class, of_type, [*rows, *waiting], left=left)
        if why_none(told, of.of_class, [*rows, *waiting]):
            waiting = [*rows, *waiting]
            continue
        waiting, left = [], (left[0] - told.carried + told.carried_on, told.remainder_on)
        yield told

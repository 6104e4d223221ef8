"""Recurring fees: what is owed for subscriptions and numbers, for days that ended and for those ahead."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from data_access.base.bookings import Kind
from data_access.base.clock import long_day
from data_access.base.money import ZERO
from data_access.domain.billing.number_fees import HeldNumber
from data_access.domain.billing.periods import Period
from data_access.domain.billing.proration import adjusted, share
from data_access.domain.billing.service_days import ServiceDays
from data_access.domain.billing.subscription_terms import percent_charged
from data_access.models.numbers import Did
from data_access.models.services import ChargeModel, Subscription, SubscriptionPlan

_DAY = timedelta(days=1)
FEES_OF_SUBSCRIPTIONS = "Subscriptions"  # their heading on an invoice
AHEAD = " ahead"  # the reference of a credit for days after the end


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee to be booked for the days that `reference` names, or one to be credited.

    `charged_until`: until when the subscription or number is charged then; None where that stays as it is.
    """

    row: Subscription | Did
    kind: Kind
    amount: Decimal
    value_on: date
    says: str
    reference: str
    charged_until: date | None

    @property
    def service(self) -> str:
        """Under which heading it stands on an invoice."""
        return "Numbers" if self.kind is Kind.DID_FEE else FEES_OF_SUBSCRIPTIONS

    @property
    def owed(self) -> Decimal:
        """What it adds to what the customer owes."""
        return -self.amount if self.kind is Kind.FEE_CREDIT else self.amount


@dataclass(frozen=True, slots=True)
class BookedFee:
    """A fee as it stands in the ledger: for whose days, which of them had not ended when it was recorded.

    `given_back_from`: from this day on it was given back, because the end came before.
    """

    key: str
    amount: Decimal
    days: Period
    recorded_on: date
    given_back_from: date | None = None


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription with its plan, and the discount rate that its customer has by default."""

    row: Subscription
    plan: SubscriptionPlan
    discount: Decimal = ZERO

    @property
    def key(self) -> str:
        return f"Subscription {self.row.id}"

    @property
    def fee(self) -> Decimal:
        return adjusted(self.plan.fee, percent_charged(self.row, self.discount))

    def not_charged(self, running: Period, until: date) -> Period:
        """The days of the running period up to a day for which nothing has been charged yet."""
        first = max(self.row.activated_on or running.last + _DAY, running.first)
        if self.row.charged_until is not None:
            first = max(first, self.row.charged_until + _DAY)
        last = min(until, running.last, self.row.finished_on or until)
        return Period(first, last)


@dataclass(frozen=True, slots=True)
class Running:
    """What recurs for one customer in its running period. `whole` is the period that a fee is meant for.

    `ends_on`: the first day that is charged no more, because the customer has left or is to be terminated on it.
    """

    running: Period
    whole: Period
    today: date
    days: ServiceDays
    subscriptions: tuple[Subscribed, ...]
    numbers: tuple[HeldNumber, ...]
    booked: tuple[BookedFee, ...]
    credited: Mapping[str, Decimal]
    ends_on: date | None = None

    def arrears(self, through: date) -> list[Fee]:
        """The fees for days that have ended, as far as they are not charged yet."""
        subscribed = [self._ended(one, through) for one in self.subscriptions]
        numbers = [self.held(one, through) for one in self.numbers]
        return [fee for fee in (*subscribed, *numbers) if fee is not None]

    def progressive(self) -> list[Fee]:
        """The fees of subscriptions charged day by day, until yesterday."""
        return [
            fee
            for one in self.subscriptions
            if one.plan.charge_model is ChargeModel.PROGRESSIVELY
            and (fee := self._ended(one, self.today - _DAY)) is not None
        ]

    def in_advance(self, *, resuming: bool = False) -> list[Fee]:
        """The fees charged in advance up to the end of the running period, as far as they are not charged yet.

        `resuming`: as if the customer were back in service today.
        """
        return [
            fee
            for one in self.subscriptions
            if one.plan.charge_model is ChargeModel.IN_ADVANCE
            and (fee := self._coming(one, resuming=resuming)) is not None
        ]

    def is_over_by_the_next(self, one: Subscribed) -> bool:
        """Whether nothing is charged for a subscription in the period after the running one."""
        free_from = self._free_from(one)
        return free_from is not None and free_from <= self.running.last + _DAY

    def of_period(self, one: Subscribed) -> Decimal:
        """What a subscription costs in the running period: what is booked for it, and what is still to come."""
        booked = sum((self._part(one, row, lambda _: True) for row in self.booked if row.key == one.key), ZERO)
        free_from = self._free_from(one)
        coming = one.not_charged(self.running, free_from - _DAY if free_from else self.running.last)
        days = [day for day in coming.days() if day >= self.today or self.days.state(day).is_charged(one.plan)]
        return booked - self.credited.get(one.key, ZERO) + share(one.fee, self.whole, days)

    def held(self, number: HeldNumber, through: date) -> Fee | None:
        """The fee of a number for the days that it was held, as far as they are not charged yet."""
        did = number.row
        first = max(did.assigned_on or self.running.first, self.running.first)
        if did.charged_until is not None:
            first = max(first, did.charged_until + _DAY)
        days = Period(first, min(through, self.running.last))
        if days.length < 1 or did.free_of_charge:
            return None
        amount = share(number.fee, self.whole, [day for day in days.days() if not self.days.state(day).is_gone])
        text = f"Number {did.number}, {spell(days)}"
        return Fee(did, Kind.DID_FEE, amount, days.last, text, reference(f"DID {did.id}", days), days.last)

    def credits(self, through: date, charged_now: Iterable[Fee] = ()) -> list[Fee]:
        """What was charged for days that ended without service, as far as the plan credits them and it is not done."""
        now = [booked_as(fee, self.today) for fee in charged_now]
        found = (self._credit(one, through, (*self.booked, *now)) for one in self.subscriptions)
        return [fee for fee in found if fee is not None]

    def beyond(self) -> list[Fee]:
        """What is given back of fees for days after the end of a subscription, or of the customer."""
        return [fee for one in self.subscriptions if (fee := self._beyond(one)) is not None]

    def _free_from(self, one: Subscribed) -> date | None:
        """The first day of which nothing is charged."""
        ends = (one.row.finished_on and one.row.finished_on + _DAY, self.ends_on)
        return min((day for day in ends if day is not None), default=None)

    def _beyond(self, one: Subscribed) -> Fee | None:
        free_from = self._free_from(one)
        if free_from is None:
            return None
        own = [row for row in self.booked if row.key == one.key]
        ahead = sum((self._part(one, row, lambda day: day >= free_from) for row in own), ZERO)
        before = sum((self._lost(one, row, free_from - _DAY) for row in own), ZERO)
        amount = ahead - max(self.credited.get(one.key, ZERO) - before, ZERO)  # some may be credited day by day already
        if amount <= ZERO:
            return None
        days = Period(free_from, max(row.days.last for row in own))
        text = f"{one.plan.public_name}, charged ahead for {spell(days)}"
        value_on = min(self.today, self.running.last)
        return Fee(one.row, Kind.FEE_CREDIT, amount, value_on, text, reference(one.key + AHEAD, days), free_from - _DAY)

    def _ended(self, one: Subscribed, through: date) -> Fee | None:
        """Who waited for funds, or was not charged while suspended, is not charged for those days afterwards."""
        days = one.not_charged(self.running, through)
        ahead = one.plan.charge_model is ChargeModel.IN_ADVANCE
        states = [(day, self.days.state(day)) for day in days.days()]
        charged = [day for day, state in states if state.is_charged(one.plan) and not (ahead and state.is_suspended)]
        return self._fee(one, days, charged, value_on=days.last)

    def _coming(self, one: Subscribed, *, resuming: bool) -> Fee | None:
        on = min(self.today, self.running.last)
        if one.row.activated_on is None or one.row.activated_on > on:
            return None
        if not resuming and not self.days.state(on).is_charged(one.plan):
            return None
        free_from = self._free_from(one)
        days = one.not_charged(self.running, free_from - _DAY if free_from else self.running.last)
        charged = [day for day in days.days() if day >= self.today or self.days.state(day).is_charged(one.plan)]
        return self._fee(one, days, charged, value_on=days.first)

    def _fee(self, one: Subscribed, days: Period, charged: Sequence[date], *, value_on: date) -> Fee | None:
        if days.length < 1:
            return None
        amount = share(one.fee, self.whole, charged)
        text = f"{one.plan.public_name}, {spell(days)}"
        return Fee(one.row, Kind.SUBSCRIPTION_FEE, amount, value_on, text, reference(one.key, days), days.last)

    def _credit(self, one: Subscribed, through: date, booked: Iterable[BookedFee]) -> Fee | None:
        lost = sum((self._lost(one, row, through) for row in booked if row.key == one.key), ZERO)
        amount = lost - self.credited.get(one.key, ZERO)
        if amount <= ZERO:
            return None
        days = Period(self.running.first, min(through, self.running.last))
        text = f"{one.plan.public_name}, days without service until {long_day(days.last)}"
        return Fee(one.row, Kind.FEE_CREDIT, amount, days.last, text, reference(one.key, days), None)

    def _lost(self, one: Subscribed, row: BookedFee, through: date) -> Decimal:
        """The part of a booked fee that belongs to days without service."""
        return self._part(one, row, lambda day: day <= through and not self._is_kept(one, day))

    def _part(self, one: Subscribed, row: BookedFee, belongs: Callable[[date], bool]) -> Decimal:
        """What of a booked fee is for some of its days. Days ahead were charged as they came."""
        charged = [
            day for day in row.days.days() if day >= row.recorded_on or self.days.state(day).is_charged(one.plan)
        ]
        cut = row.given_back_from
        places = [place for place, day in enumerate(charged) if (cut is None or day < cut) and belongs(day)]
        if not places:
            return ZERO
        counted = Period(charged[0], charged[0] + (len(charged) - 1) * _DAY)
        return share(row.amount, counted, [counted.first + place * _DAY for place in places])

    def _is_kept(self, one: Subscribed, day: date) -> bool:
        is_over = one.row.finished_on is not None and day > one.row.finished_on
        return not is_over and self.days.state(day).is_kept(one.plan)


def spell(days: Period) -> str:
    """Days in words, as an invoice says them."""
    return long_day(days.first) if days.length == 1 else f"{days.first:%-d %B} to {long_day(days.last)}"


def reference(key: str, days: Period) -> str:
    """What a booked fee refers to: the subscription or number, and the days."""
    return f"{key}, {days.first.isoformat()}/{days.last.isoformat()}"


def referred(text: str) -> tuple[str, Period]:
    """What `reference` told."""
    key, _, days = text.partition(", ")
    first, _, last = days.partition("/")
    return key, Period(date.fromisoformat(first), date.fromisoformat(last))


def booked_as(fee: Fee, on: date) -> BookedFee:
    """A fee as it will stand in the ledger."""
    key, days = referred(fee.reference)
    return BookedFee(key, fee.amount, days, on)

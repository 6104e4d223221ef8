"""Whether a service may be used, and for how much: the judgement, over facts alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from data_access.base.clock import short_day
from data_access.base.money import ZERO, exact_money
from data_access.base.permissions import Permission, who_can
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.models.customers import BalanceControl


@dataclass(frozen=True, slots=True)
class UsageFacts:
    """What the judgement looks at. Balance: positive when the customer owes. A limit of None does not limit.

    `limit` is the credit limit in force at `now`; `spent_today` counts from midnight where the customer is billed.
    `own_limit`: of the account in a billing period, of which it has used `spent_by_account`.
    `is_covered`: quotas cover all of it, so it costs nothing; `quota_refusal`: why a quota does not let it through.
    `full_price`: what it would cost without quotas, None: as much as it costs; the daily limit counts that.
    `place_refusal`: why it may not be used where it is used.
    """

    now: datetime
    today: date
    zone: str
    currency: str
    bill_status: BillStatus
    blocked: bool
    suspension_cause: SuspensionCause | None
    suspension_lifted_until: datetime | None
    balance_control: BalanceControl
    balance: Decimal
    limit: Decimal | None
    daily_limit: Decimal | None
    spent_today: Decimal
    account_ended_on: date | None = None
    account_blocked: bool = False
    own_limit: Decimal | None = None
    spent_by_account: Decimal = ZERO
    quota_refusal: str = ""
    is_covered: bool = False
    full_price: Decimal | None = None
    is_emergency: bool = False
    place_refusal: str = ""

    @property
    def is_stopped(self) -> bool:
        """Suspended, and not lifted at this moment."""
        lifted = self.suspension_lifted_until is not None and self.suspension_lifted_until > self.now
        return self.bill_status is BillStatus.SUSPENDED and not lifted

    @property
    def is_prepaid(self) -> bool:
        return self.balance_control is BalanceControl.PREPAID

    def say(self, amount: Decimal) -> str:
        return exact_money(amount, self.currency)


def used_by(account_code: str) -> str:
    """What the charge of a usage says about the account that used it."""
    return f"Account {account_code}" if account_code else ""


Judgement = Callable[[UsageFacts, Decimal], str | None]


def refusal_of_use(use: UsageFacts, amount: Decimal) -> str | None:
    """Why this amount may not be used now, as a sentence; None if it may. Zero: whether anything may be used at all."""
    asked = (*_JUDGEMENTS, _day) if use.is_covered else (*_JUDGEMENTS, *_OF_MONEY, _day)
    return next((why for judge in asked if (why := judge(use, amount)) is not None), None)


def _account(use: UsageFacts, _amount: Decimal) -> str | None:
    if use.account_ended_on is not None and use.account_ended_on <= use.today:
        return f"The account ended on {short_day(use.account_ended_on)}: it cannot be used any more."
    if use.account_blocked:
        return f"The account is blocked: it cannot be used. {_can(Permission.SERVICE_EDIT)} unblock it."
    return None


def _state(use: UsageFacts, _amount: Decimal) -> str | None:
    if use.bill_status is BillStatus.PERMANENTLY_TERMINATED:
        return "The customer is permanently terminated: nothing can be used any more."
    if use.bill_status is BillStatus.EXPORTED:
        return "The customer is exported: its services run at the new installation."
    if use.blocked:
        return f"The customer is blocked: nothing can be used. {_can(Permission.CUSTOMER_BLOCK)} unblock it."
    if use.is_stopped:
        return _SUSPENDED[use.suspension_cause or SuspensionCause.COLLECTION]
    if use.bill_status is BillStatus.PROVISIONALLY_TERMINATED:
        return (
            "The customer is provisionally terminated: nothing can be used. "
            f"{_can(Permission.CUSTOMER_TERMINATE)} reactivate it."
        )
    return None


_SUSPENDED = {
    SuspensionCause.COLLECTION: "The customer is suspended because an invoice is overdue: a payment of what is overdue "
    "ends that.",
    SuspensionCause.INSUFFICIENT_FUNDS: "The customer is suspended because its funds do not cover a fee: a payment "
    "ends that.",
}


def _can(permission: Permission) -> str:
    return f"{who_can(permission).capitalize()} can"


def _place(use: UsageFacts, _amount: Decimal) -> str | None:
    return use.place_refusal or None


def _quota(use: UsageFacts, _amount: Decimal) -> str | None:
    return use.quota_refusal or None


def _funds(use: UsageFacts, amount: Decimal) -> str | None:
    if not use.is_prepaid:
        return None
    funds = -use.balance
    if funds <= 0:
        return "No funds are available: a payment brings them back."
    if amount > funds:
        return f"{use.say(funds)} of funds are available: they do not cover {use.say(amount)}."
    return None


def _credit(use: UsageFacts, amount: Decimal) -> str | None:
    if use.is_prepaid or use.limit is None or use.balance + amount <= use.limit:
        return None
    return (
        f"The credit limit is {use.say(use.limit)} and the balance {use.say(use.balance)}: "
        f"{use.say(amount) if amount else 'anything'} more goes above it. A payment, or a higher limit, ends that."
    )


def _own_limit(use: UsageFacts, amount: Decimal) -> str | None:
    if use.own_limit is None or (
        use.spent_by_account < use.own_limit and use.spent_by_account + amount <= use.own_limit
    ):
        return None
    return (
        f"The account has its own limit of {use.say(use.own_limit)} a billing period and has used "
        f"{use.say(use.spent_by_account)} of it. {_can(Permission.SERVICE_EDIT)} raise the limit."
    )


def _day(use: UsageFacts, amount: Decimal) -> str | None:
    price = amount if use.full_price is None else use.full_price
    is_within = use.daily_limit is None or use.spent_today < use.daily_limit >= use.spent_today + price
    if use.daily_limit is None or is_within or use.is_emergency:
        return None
    return (
        f"The daily spending limit is {use.say(use.daily_limit)} and {use.say(use.spent_today)} of it are spent: "
        f"it resets at 00:00 in {use.zone}. Emergency numbers can be called. {_can(Permission.LIMIT_TEMPORARY)} raise "
        "it for today."
    )


_JUDGEMENTS: tuple[Judgement, ...] = (_account, _state, _place, _quota)  # the first that refuses is told
_OF_MONEY: tuple[Judgement, ...] = (_funds, _credit, _own_limit)

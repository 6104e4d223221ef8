"""Outgoing messages: the event of a status change, and the notices to customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from string import Template

from data_access.base.clock import long_day
from data_access.base.events import Event
from data_access.base.money import exact_money
from data_access.base.statuses import RUNNING, STOPPED, BillStatus
from data_access.domain.lifecycle import StatusFacts
from data_access.domain.moves import MOVES

Fact = str | Decimal | date


_COMES_BACK = {
    BillStatus.SUSPENDED: (Event.UNSUSPEND,),
    BillStatus.PROVISIONALLY_TERMINATED: (Event.ACTIVATED,),
    BillStatus.EXPORTED: (Event.IMPORTED,),
}
_ARRIVES = {
    BillStatus.SUSPENDED: Event.SUSPEND,
    BillStatus.PROVISIONALLY_TERMINATED: Event.DEACTIVATED,
    BillStatus.PERMANENTLY_TERMINATED: Event.CLOSED,
    BillStatus.EXPORTED: Event.EXPORTED,
}


def events_between(before: StatusFacts, after: StatusFacts) -> list[Event]:
    """What a status change is called outside, in the order in which it is told; a lift or a limitation is `Changed`."""
    events: list[Event] = []
    if before.blocked is not after.blocked:
        events.append(Event.BLOCKED if after.blocked else Event.UNBLOCKED)
    if before.bill_status is not after.bill_status:
        if after.bill_status in RUNNING:
            events.extend(_COMES_BACK.get(before.bill_status, ()))
        if after.bill_status in _ARRIVES:
            events.append(_ARRIVES[after.bill_status])
    return events or ([Event.STATUS_CHANGED] if before != after else [])


class Notice(StrEnum):
    """The messages that a customer gets."""

    REMINDER = "reminder"
    OVERDUE = "overdue"
    INVOICE_AGAIN = "invoice_again"
    LIMITATION_AHEAD = "limitation_ahead"
    SUSPENSION_AHEAD = "suspension_ahead"
    TERMINATION_AHEAD = "termination_ahead"
    LIMITED = "limited"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    PROVISIONALLY_TERMINATED = "provisionally_terminated"
    TERMINATED = "terminated"
    THRESHOLD_REACHED = "threshold_reached"
    PROMISE_BROKEN = "promise_broken"
    QUOTA_NEARLY_USED = "quota_nearly_used"
    SPENDING_LIMIT_NEAR = "spending_limit_near"
    SPENDING_LIMIT_REACHED = "spending_limit_reached"
    WALLET_EXPIRES = "wallet_expires"
    INVOICE_ISSUED = "invoice_issued"
    NOTHING_TO_PAY = "nothing_to_pay"


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A notice before its facts are filled in. Every notice knows the customer's name and who writes."""

    subject: Template
    body: Template

    @property
    def asks_for(self) -> frozenset[str]:
        """The facts that whoever gives the notice has to hand in."""
        return frozenset({*self.subject.get_identifiers(), *self.body.get_identifiers()} - _ALWAYS)


_ALWAYS = {"customer", "issuer"}


def _words(subject: str, *paragraphs: str) -> NoticeText:
    whole = "\n\n".join(("Dear $customer,", *paragraphs, "Kind regards\n$issuer"))
    return NoticeText(Template(subject), Template(f"{whole}\n"))


_PAID = "If you have already paid, please ignore this message."
_OPEN = "Your payment of $amount for invoice $number, due on $due_on, has not reached us yet."
_HELP = "Emergency numbers can always be called. If you did not use our services yourself, please call us now."

WORDS: dict[Notice, NoticeText] = {
    Notice.REMINDER: _words(
        "Invoice $number is due on $due_on",
        "This is a reminder that invoice $number is due on $due_on. The amount still to pay is $amount.",
        _PAID,
    ),
    Notice.OVERDUE: _words("Invoice $number is overdue", _OPEN, "Please pay it now.", _PAID),
    Notice.INVOICE_AGAIN: _words(
        "Reminder: invoice $number is unpaid", _OPEN, "Please pay it as soon as you can.", _PAID
    ),
    Notice.LIMITATION_AHEAD: _words(
        "Your services will be limited on $day",
        _OPEN,
        "Unless we receive your payment before then, your services will be limited on $day.",
        _PAID,
    ),
    Notice.SUSPENSION_AHEAD: _words(
        "Your services will be suspended on $day",
        _OPEN,
        "Unless we receive your payment before then, your services will be suspended on $day.",
        _PAID,
    ),
    Notice.TERMINATION_AHEAD: _words(
        "Your contract will be terminated on $day",
        _OPEN,
        "Unless we receive your payment before then, your contract will be terminated on $day. "
        + MOVES["terminate_unpaid"].tells,
        _PAID,
    ),
    Notice.LIMITED: _words(
        "Your services have been limited",
        "Your services have been limited because an invoice is overdue. You can still call emergency numbers and "
        "receive calls.",
        "Full service will be restored automatically once nothing is overdue.",
    ),
    Notice.SUSPENDED: _words(
        "Your services have been suspended",
        "Your services have been suspended.",
        "They will be restored automatically once we receive the missing payment.",
    ),
    Notice.RESUMED: _words("Your services have been restored", "All your services are available again."),
    Notice.PROVISIONALLY_TERMINATED: _words(
        "Your contract has been provisionally terminated",
        "Your contract has been provisionally terminated, and your services have stopped.",
        "It can still be reactivated before $day. On that day it ends permanently.",
    ),
    Notice.TERMINATED: _words(
        "Your contract has ended",
        f"Your contract has ended, and your services are no longer available. {MOVES['close'].tells}",
    ),
    Notice.THRESHOLD_REACHED: _words(
        "You have reached $threshold",
        "You asked us to tell you when you reach $threshold. You have reached it: the amount is now $amount.",
    ),
    Notice.PROMISE_BROKEN: _words(
        "Your promised payment has not arrived",
        "You promised to pay $amount by $day. We have not received it.",
        "Please pay it now.",
        _PAID,
    ),
    Notice.QUOTA_NEARLY_USED: _words(
        "You have used $used of $granted",
        "You have used $used of the $granted for $service that you have until $day. $beyond",
    ),
    Notice.SPENDING_LIMIT_NEAR: _words(
        "You have spent $spent today",
        "You have spent $spent on $day. At $limit your paid services stop until the day ends.",
        _HELP,
    ),
    Notice.SPENDING_LIMIT_REACHED: _words(
        "You have reached your daily limit of $limit",
        "You have spent $spent on $day and reached your limit of $limit for a day. Your paid services are available "
        "again when the day ends.",
        _HELP,
    ),
    Notice.WALLET_EXPIRES: _words(
        "$left for $service can be used until $day",
        "Of what you topped up, $left for $service are left. You can use them until $day; what is left then expires.",
    ),
    Notice.INVOICE_ISSUED: _words(
        "Your invoice $number", "We have issued your invoice $number for $amount. It is due on $due_on."
    ),
    Notice.NOTHING_TO_PAY: _words(
        "Your invoice $number", "We have issued your invoice $number. You owe nothing on it."
    ),
}


def notice_between(before: StatusFacts, after: StatusFacts) -> Notice | None:
    """What the customer is told of a status change; None where neither services nor the contract change by it."""
    if before.bill_status is not after.bill_status and after.bill_status in _ENDS:
        return _ENDS[after.bill_status]
    if _is_stopped(after):
        return None if _is_stopped(before) else Notice.SUSPENDED
    if after.service_limited and not before.service_limited:
        return Notice.LIMITED
    back = after.bill_status is BillStatus.OPEN and not after.service_limited and after.limitation_lifted_until is None
    return Notice.RESUMED if back and (_is_held(before) and not after.blocked) else None


_ENDS = {
    BillStatus.PROVISIONALLY_TERMINATED: Notice.PROVISIONALLY_TERMINATED,
    BillStatus.PERMANENTLY_TERMINATED: Notice.TERMINATED,
}


def _is_stopped(facts: StatusFacts) -> bool:
    return facts.bill_status is BillStatus.SUSPENDED and facts.suspension_lifted_until is None


def _is_held(facts: StatusFacts) -> bool:
    """Stopped, limited, or running on a lift alone."""
    return facts.service_limited or facts.bill_status in STOPPED


def written(notice: Notice, facts: Mapping[str, Fact], *, customer: str, issuer: str, currency: str) -> tuple[str, str]:
    """Subject and body of a notice. TypeError unless the facts are those that it asks for."""
    words = WORDS[notice]
    if set(facts) != words.asks_for:
        raise TypeError(f"{notice} asks for {sorted(words.asks_for)}, not for {sorted(facts)}")
    told = {name: _told(fact, currency) for name, fact in facts.items()}
    told |= {"customer": _one_line(customer), "issuer": _one_line(issuer)}
    return words.subject.substitute(told), words.body.substitute(told)


def _told(fact: Fact, currency: str) -> str:
    if isinstance(fact, Decimal):
        return exact_money(fact, currency)
    return long_day(fact) if isinstance(fact, date) else _one_line(fact)


def _one_line(text: str) -> str:
    return " ".join(text.split())

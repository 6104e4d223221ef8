"""The outbox: messages about a change, written in the transaction of the change itself."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from sqlalchemy import func

from data_access.base.bookings import BOOKINGS
from data_access.base.events import Event
from data_access.base.money import ZERO, exact
from data_access.base.text.text_keys import display_name
from data_access.domain.lifecycle import StatusFacts, status_words
from data_access.domain.notices import WORDS, Fact, Notice, events_between, notice_between, written
from data_access.domain.usage.usage_authorization import refusal_of_use
from data_access.models.customers import Account, BalanceControl, Customer
from data_access.models.money import Invoice, PaymentStatus, Transaction
from data_access.models.outbox import Channel, Message, MessageState, Webhook
from data_access.services.facts.fees_of_customer import class_of
from data_access.services.facts.spending_limits import use_by
from data_access.store.unit_of_work import UnitOfWork

NO_ADDRESS = "The customer has no e-mail address."
_CODES = 500  # a message names so many accounts; there can be tens of thousands


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A webhook as far as announcing is concerned; no events: all of them."""

    webhook_id: int
    events: frozenset[str]

    def wants(self, event: Event) -> bool:
        return not self.events or event in self.events


def announce(work: UnitOfWork, customer: Customer, event: Event, **payload: Any) -> None:
    """Tells every active webhook that subscribes to the event; one message each, in the order of the calls."""
    wanting = [subscriber for subscriber in _subscribers(work) if subscriber.wants(event)]
    told = _about(work, customer, event) | {name: _plain(value) for name, value in payload.items()} if wanting else {}
    for subscriber in wanting:
        work.session.add(
            Message(
                key=str(uuid4()), customer_id=customer.id, command_id=work.order.command_id, at=work.now,
                channel=Channel.WEBHOOK, event=event.value, webhook_id=subscriber.webhook_id, payload=told,
                next_try_at=work.now,
            )
        )  # fmt: skip


def _subscribers(work: UnitOfWork) -> list[Subscriber]:
    """The active webhooks, asked for once a command."""
    known: list[Subscriber] | None = work.session.info.get("subscribers")
    if known is None:
        query = work.select(Webhook).where(Webhook.is_active).with_only_columns(Webhook.id, Webhook.events)
        rows = work.session.execute(query.order_by(Webhook.id))
        known = work.session.info["subscribers"] = [Subscriber(row.id, frozenset(row.events.split())) for row in rows]
    return known


def _about(work: UnitOfWork, customer: Customer, event: Event) -> dict[str, Any]:
    return {
        "event": event.value, "customer_id": customer.id, "customer_code": customer.customer_code,
        "at": work.now.isoformat(),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    """As JSON has it: amounts and moments as text."""
    if isinstance(value, Decimal):
        return f"{exact(value):f}"
    return value.isoformat() if isinstance(value, date | datetime) else value


def announce_status(work: UnitOfWork, customer: Customer, before: StatusFacts, after: StatusFacts) -> None:
    """Tells what a status change is called outside, with what it means for the accounts of the customer."""
    events = [event for event in events_between(before, after) if any(s.wants(event) for s in _subscribers(work))]
    usability = _usability(work, customer) if events else {}
    for event in events:
        announce(work, customer, event, **usability)


def _usability(work: UnitOfWork, customer: Customer) -> dict[str, Any]:
    """Whether the accounts can be used now, judged as each use of one is."""
    work.session.flush()
    why = refusal_of_use(use_by(work.session, work.actor, customer, work.now), ZERO)
    held = work.select(Account).where(Account.customer_id == customer.id, Account.ended_on.is_(None))
    codes = work.session.scalars(held.with_only_columns(Account.account_code).order_by(Account.id).limit(_CODES))
    count = work.session.scalar(held.with_only_columns(func.count()))
    return {
        "status": customer.bill_status.value, "usable": why is None, "why": why or "",
        "accounts": count, "account_codes": list(codes),
    }  # fmt: skip


def announce_booking(work: UnitOfWork, customer: Customer, booked: Transaction) -> None:
    """Tells that the balance moved, that a payment came, and whether prepaid funds ran out or appeared by it."""
    money = {"transaction_id": booked.id, "amount": booked.amount, "currency": booked.currency}
    if booked.amount:
        announce(work, customer, Event.BALANCE_CHANGED, kind=booked.kind.value, balance=booked.balance_after, **money)
    if BOOKINGS[booked.kind].settles and booked.reverses_id is None:
        announce(work, customer, Event.PAYMENT_NEW, kind=booked.kind.value, **money)
    had, has = booked.balance_after - booked.amount < 0, booked.balance_after < 0
    if customer.balance_control is BalanceControl.PREPAID and had is not has:
        announce(work, customer, Event.FUNDS_APPEAR if has else Event.ZERO_FUNDS, available=-booked.balance_after)


def announce_paid(work: UnitOfWork, customer: Customer, invoice: Invoice, before: PaymentStatus) -> None:
    """Tells that more or less of an invoice is paid now, and whether its status changed by it."""
    told = {"invoice_id": invoice.id, "number": invoice.number, "paid": invoice.paid, "total": invoice.total}
    announce(work, customer, Event.INVOICE_PAID, status=invoice.payment_status.value, **told)
    if invoice.payment_status is not before:
        announce(work, customer, Event.INVOICE_STATUS, status=invoice.payment_status.value, **told)


@dataclass(frozen=True, slots=True)
class Valid:
    """How long a message says something true, judged when it is sent: until an instant, while an invoice is neither
    paid nor void, while the customer's status is what it tells of.
    """

    until: datetime | None = None
    open_invoice: int | None = None
    status: StatusFacts | None = None

    def as_payload(self) -> dict[str, Any]:
        told = {
            "until": self.until and self.until.isoformat(),
            "open_invoice": self.open_invoice,
            "status": self.status and status_words(self.status),
        }
        return {name: value for name, value in told.items() if value is not None}


ALWAYS = Valid()


def notify(
    work: UnitOfWork, customer: Customer, notice: Notice, *, key: str, valid: Valid = ALWAYS, **facts: Fact
) -> None:
    """Writes an e-mail to the customer, once a key. Without an address it stands there as failed, with the reason."""
    if work.session.scalar(work.select(Message).where(Message.key == key).with_only_columns(Message.id)) is not None:
        return
    issuer = class_of(work, customer)
    subject, body = written(
        notice,
        facts,
        customer=_name(customer),
        issuer=issuer.issuer_name or "Customer service",
        currency=customer.currency,
    )
    has_address = bool(customer.email.strip())
    work.session.add(
        Message(
            key=key, customer_id=customer.id, command_id=work.order.command_id, at=work.now, channel=Channel.EMAIL,
            event=notice.value, sender=issuer.notices_from, recipient=customer.email, subject=subject, body=body,
            payload=valid.as_payload() | ({"bcc": customer.bcc} if customer.bcc.strip() else {}), next_try_at=work.now,
            state=MessageState.WAITING if has_address else MessageState.FAILED,
            last_error="" if has_address else NO_ADDRESS,
        )
    )  # fmt: skip


def _name(customer: Customer) -> str:
    return display_name(
        company_name=customer.company_name,
        first_name=customer.first_name,
        last_name=customer.last_name,
        customer_code=customer.customer_code,
    )


def notify_status(
    work: UnitOfWork, customer: Customer, before: StatusFacts, after: StatusFacts, *, event_id: int
) -> None:
    """Tells the customer of a status change that stops services or brings them back, once a status event."""
    notice = notice_between(before, after)
    if notice is not None:
        told: dict[str, Fact] = {"day": after.terminate_on} if after.terminate_on and _asks_for_day(notice) else {}
        notify(work, customer, notice, key=f"status/{event_id}", valid=Valid(status=after), **told)


def _asks_for_day(notice: Notice) -> bool:
    return "day" in WORDS[notice].asks_for

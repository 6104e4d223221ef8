"""Stored cards in Adjust balance: pay, authorise, capture, release, refund. The bank does each of them once."""

from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import confirm, facts
from dashboard.customer.dialogs.money.own_limits import own_limits
from dashboard.customer.dialogs.money.review import consequences
from dashboard.customer.dialogs.money.review import draw as draw_review
from dashboard.kit import formats, viewer
from dashboard.kit.feedback import escape
from dashboard.kit.forms import form_values
from dashboard.kit.forms.forms import Form
from dashboard.kit.forms.rehearsal import knows_of, rehearsed, to_review
from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import BookTransaction
from data_access.commands.cards.card_answers import CardDone
from data_access.commands.cards.cards import CaptureCardPayment, RefundCardPayment, RequestCardPayment, VoidCardPayment
from data_access.jobs.paying import CardOrder, carry_out
from data_access.queries.billing.money import BookingPreview
from data_access.queries.cards.cards import Card, CardPaid, CardPaymentsOf, CardsOf
from data_access.queries.customers.customer import Head
from data_access.store.access import Access
from data_access.store.gateway import LocalGateway

PAY, RESERVE, TAKE, LET_GO, GIVE_BACK = "ecommerce_payment", "authorisation", "capture_payment", "void", "card_refund"
UNKNOWN = (
    "The bank has not answered, so it is not known whether this was done. It is asked again automatically; nothing "
    "is charged twice, and no other card payment of this customer starts until it answers."
)


@dataclass(frozen=True, slots=True)
class CardWay:
    """One thing that can be asked of a card. `about`: what it is done with; `books`: what it books when it is done."""

    name: str
    label: str
    says: str
    needs: Permission
    about: dict[str, str]
    books: Kind | None
    has_amount: bool = True

    @property
    def start(self) -> str:
        """The only one is chosen already."""
        return next(iter(self.about)) if len(self.about) == 1 else ""


def offered(access: Access, head: Head) -> dict[str, CardWay]:
    """What this person can ask of the cards of this customer; nothing where no card is stored."""
    if head.facts.bill_status is BillStatus.EXPORTED:
        return {}
    cards, paid = access.fetch(CardsOf(head.customer_id)), access.fetch(CardPaymentsOf(head.customer_id))
    usable = {str(card.method_id): _card(card) for card in cards if not card.has_expired}
    reservable = {str(card.method_id): _card(card) for card in cards if card.can_be_reserved}
    reserved = {str(one.card_payment_id): _paid(one) for one in paid if one.is_reserved}
    refundable = {str(one.card_payment_id): _paid(one) for one in paid if one.refundable > 0}
    every = (
        _booking(PAY, Permission.MONEY_PAYMENT, usable, Kind.ECOMMERCE_PAYMENT),
        CardWay(RESERVE, "Authorization only", "Reserves money on a stored card. Nothing is booked until it is taken.",
                Permission.MONEY_PAYMENT, reservable, None),
        _booking(TAKE, Permission.MONEY_PAYMENT, reserved, Kind.CAPTURE_PAYMENT),
        CardWay(LET_GO, "Void", "Releases reserved money. Nothing is booked.", Permission.MONEY_PAYMENT, reserved, None,
                has_amount=False),
        _booking(GIVE_BACK, Permission.MONEY_REFUND, refundable, Kind.ECOMMERCE_REFUND),
    )  # fmt: skip
    return {way.name: way for way in every if way.about and access.actor.may(way.needs)}


def _booking(name: str, needs: Permission, about: dict[str, str], kind: Kind) -> CardWay:
    return CardWay(name, BOOKINGS[kind].label, BOOKINGS[kind].says, needs, about, kind)


def _card(card: Card) -> str:
    return f"{card.brand}, ending {card.last_four}"


def _paid(one: CardPaid) -> str:
    amount = one.amount if one.is_reserved else one.refundable
    message = "reserved" if one.is_reserved else "can be given back"
    return f"{one.brand}, ending {one.last_four} · {formats.exact_money(amount, one.currency)} {message}"


def entry(form: Form, head: Head, way: CardWay) -> None:
    """The fields of one way, and the button to its review."""
    if way.name == GIVE_BACK:
        own_limits(form.access, head)
    form.choice(f"about_{way.name}", "Card", way.about, way.start)
    if way.has_amount:
        form.text("amount", f"Amount in {head.currency}")
    form.text("reason", "Reason" if way.name == GIVE_BACK else "Reason (optional)", help="Kept in the audit.")
    with st.container(horizontal=True):
        if st.button("Review", type="primary", key=form.key("review")):
            to_review(form, lambda known: _order(form, head, way, known))
        form.offer_start_over()


def _order(form: Form, head: Head, way: CardWay, known: int | None) -> CardOrder:
    about = form_values.chosen(form, f"about_{way.name}", "Choose the card.", way.start)
    reason, command_id = form.typed.get("reason", ""), form.command_id
    amount = form_values.cash(form, head.currency) if way.has_amount else Decimal(0)
    if way.name in (PAY, RESERVE):
        return RequestCardPayment(
            customer_id=head.customer_id, method_id=about, amount=amount, capture_at_once=way.name == PAY,
            knows_of=known, reason=reason, command_id=command_id,
        )  # fmt: skip
    if way.name == TAKE:
        return CaptureCardPayment(card_payment_id=about, amount=amount, reason=reason, command_id=command_id)
    if way.name == LET_GO:
        return VoidCardPayment(card_payment_id=about, reason=reason, command_id=command_id)
    return RefundCardPayment(card_payment_id=about, amount=amount, reason=reason, command_id=command_id)


def review(form: Form, head: Head, way: CardWay) -> None:
    """What it will do, in words, and the button that asks the bank."""
    foretold = rehearsed(form, lambda known: _order(form, head, way, known))
    order = _order(form, head, way, knows_of(form))
    showed = _told(form, head, way)
    gateway = LocalGateway(form.access.engine, form.access.now)
    confirm(
        form,
        head,
        "Confirm",
        lambda: carry_out(form.access, gateway, order),
        lambda done: _said(head, way, done),
        showed=showed,
        is_possible=foretold is not None,
    )


def _told(form: Form, head: Head, way: CardWay) -> list[str]:
    """Draws it; the consequences that must still be so when it is confirmed."""
    about, reason = way.about.get(form.typed.get(f"about_{way.name}", way.start), ""), form.typed.get("reason", "")
    if way.books is None:
        amount = formats.exact_money(form_values.cash(form, head.currency), head.currency) if way.has_amount else ""
        st.markdown(f"**{escape(way.label)}**")
        facts(("Card", about), ("Amount", amount), ("Reason", reason))
        return []
    as_booked = BookTransaction(
        customer_id=head.customer_id, kind=way.books, amount=form_values.cash(form, head.currency), reference=about,
        reason=reason, command_id=form.command_id,
    )  # fmt: skip
    preview = form.access.fetch(BookingPreview(head.customer_id, way.books, as_booked.amount))
    draw_review(head, BOOKINGS[way.books], as_booked, preview, today=viewer.today(form.access))
    return consequences(head, BOOKINGS[way.books], preview)


def _said(head: Head, way: CardWay, done: CardDone) -> str:
    if done.state == "refused":
        return f"{head.customer_code}: not done, the bank refused it. {done.why}"
    if done.state == "done":
        return f"{head.customer_code}: {way.label.lower()}, done."
    return f"{head.customer_code}: {way.label.lower()}. {UNKNOWN}"

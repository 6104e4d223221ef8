"""Payment method: the stored cards and bank accounts, the requests to the bank, and its answers."""

import streamlit as st

from dashboard.customer.actions import Action, action_buttons, chosen
from dashboard.customer.dialogs import adjust_balance
from dashboard.customer.dialogs.money import card_orders, cards
from dashboard.customer.sections import Drawn, Tab
from dashboard.customer.tabs.money import auto_payments
from dashboard.kit import formats
from dashboard.kit.tables.table import Column, Columns, chosen_row
from data_access.base.permissions import Permission
from data_access.queries.cards.cards import Card, CardPaid, CardPaymentsOf, CardsOf
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

_NEEDS = Permission.MONEY_PAYMENT
_SOON = 60  # days before a card expires


def _draw(access: Access, head: Head) -> None:
    stored, paid = access.fetch(CardsOf(head.customer_id)), access.fetch(CardPaymentsOf(head.customer_id))
    no_card = "" if any(not card.has_expired for card in stored) else "No payment method that is still valid is stored."
    no_reserve = "" if any(card.can_be_reserved for card in stored) else "No card that is still valid is stored."
    slot = st.container()
    card = _stored(head, stored)
    about = chosen(card, lambda one: one.method_id, "Choose a payment method in the table first.")
    with slot:
        action_buttons(access, head, [
            Action(cards.ADD, "Add a payment method", ":material/add_card:", _NEEDS, after_the_end=True),
            _order(card_orders.PAY, "Take a payment", ":material/payments:", obstacle=no_card),
            _order(card_orders.RESERVE, "Reserve money", ":material/lock_clock:", obstacle=no_reserve),
            Action(cards.REMOVE, "Remove a payment method", ":material/credit_card_off:", _NEEDS, about.subject,
                about.obstacle, after_the_end=True),
        ])  # fmt: skip
    _payments(access, head, paid)


def _order(
    kind: str, label: str, icon: str, *, needs: Permission = _NEEDS, about: str = "", obstacle: str = ""
) -> Action:
    """The way to Adjust balance, with the transaction chosen already."""
    fills = {"kind": kind, "#step": ""} | ({f"about_{kind}": about} if about else {})
    return Action(adjust_balance.NAME, label, icon, needs, obstacle=obstacle, after_the_end=True, fills=fills)


def _stored(head: Head, stored: tuple[Card, ...]) -> Card | None:
    """The table of the cards; the one that is chosen in it."""
    if not stored:
        st.text("Not set. Payments by bank transfer, cash or cheque are booked with Adjust balance.")
        return None
    columns: Columns[Card] = (
        Column("Payment method", lambda card: card.kind.label),
        Column("Brand or bank", lambda card: card.brand),
        Column("Ending", lambda card: card.last_four),
        Column("Valid until", lambda card: formats.day(card.expires_on) if card.expires_on else ""),
        Column("Mandate", lambda card: card.mandate),
        Column("State", lambda card: _state(card, head)),
        Column("Added", lambda card: formats.moment(card.added_at, head.zone)),
    )
    return chosen_row(stored, columns, key=f"cards-{head.customer_id}", alt="Stored payment methods of the customer")


def _state(card: Card, head: Head) -> str:
    """An expiry is told before it comes: afterwards nothing can be charged."""
    if card.has_expired:
        return "Expired"
    if card.expires_on is None:
        return "In use"
    days = (card.expires_on - head.today).days
    return f"Expires {formats.relative(card.expires_on, head.today)}" if days <= _SOON else "In use"


def _payments(access: Access, head: Head, paid: tuple[CardPaid, ...]) -> None:
    if not paid:
        return
    st.header("Payments by a stored method", anchor=False)
    if any(one.under_way for one in paid):
        st.warning(card_orders.UNKNOWN, icon=":material/hourglass_top:")
    slot = st.container()
    one = chosen_row(paid, _columns(head), key=f"card-payments-{head.customer_id}", alt="Card payments, newest first")
    with slot:
        _about(access, head, one)


def _columns(head: Head) -> Columns[CardPaid]:
    return (
        Column("Asked", lambda one: formats.moment(one.requested_at, head.zone)),
        Column("Payment method", lambda one: f"{one.brand}, ending {one.last_four}"),
        Column("State", lambda one: one.says),
        Column("Amount", lambda one: formats.exact_money(one.amount, one.currency), "amount"),
        Column("Taken", lambda one: formats.exact_money(one.captured, one.currency) if one.captured else "", "amount"),
        Column(
            "Given back", lambda one: formats.exact_money(one.refunded, one.currency) if one.refunded else "", "amount"
        ),
        Column("By", lambda one: one.login),
    )


def _about(access: Access, head: Head, one: CardPaid | None) -> None:
    """What can be done with a card payment now: by its state, and as far as the bank has answered."""
    about = "" if one is None else str(one.card_payment_id)
    action_buttons(access, head, [
        _order(card_orders.TAKE, "Take it", ":material/download_done:", about=about, obstacle=_not_reserved(one)),
        _order(card_orders.LET_GO, "Release it", ":material/lock_open:", about=about, obstacle=_not_reserved(one)),
        _order(card_orders.GIVE_BACK, "Give it back", ":material/undo:", needs=Permission.MONEY_REFUND, about=about,
               obstacle=_not_refundable(one)),
    ])  # fmt: skip


def _waits(one: CardPaid | None) -> str:
    if one is None:
        return "Choose a card payment in the table first."
    return "The bank has not answered another request yet." if one.under_way else ""


def _not_reserved(one: CardPaid | None) -> str:
    is_reserved = one is not None and one.is_reserved
    return _waits(one) or ("" if is_reserved else "Only reserved money can be taken or released.")


def _not_refundable(one: CardPaid | None) -> str:
    is_left = one is not None and one.refundable > 0
    return _waits(one) or ("" if is_left else "None of it is left: it paid invoices, or was given back.")


TAB = Tab("Payment method", (Drawn(_draw), Drawn(auto_payments.draw)))

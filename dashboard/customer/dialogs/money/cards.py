"""The dialogs of stored payment methods: add one as the gateway knows it, take one out of use."""

from collections.abc import Mapping
from datetime import timedelta

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.kit import formats
from dashboard.kit.forms import dialog_state, form_values
from dashboard.kit.forms.forms import Form
from data_access.base.clock import from_day
from data_access.base.errors import Invalid, NotFound
from data_access.base.payment_methods import MethodKind
from data_access.base.settings import settings
from data_access.commands.cards.cards import AddCard, RemoveCard
from data_access.queries.cards.cards import CardsOf
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

ADD, REMOVE = "add_card", "remove_card"
_YEARS_AHEAD = timedelta(days=365 * 20)


def _add(access: Access, head: Head) -> None:
    form = Form(access, ADD, head.customer_id)
    kinds = {one.value: one for one in MethodKind}
    kind = kinds[form.choice("kind", "Payment method", {key: one.label for key, one in kinds.items()}, MethodKind.CARD)]
    st.caption("Enter only what the gateway's own form returned. Numbers of cards and accounts are never stored here.")
    form.text("token", "Token of the gateway")
    if settings().is_demo:
        st.caption("In the demo the token says what the bank does: test-approve-1, test-refuse-1, test-lost-after-1.")
    left, right = st.columns(2)
    with left:
        form.text("brand", "Brand" if kind is MethodKind.CARD else "Bank")
    with right:
        form.text("last_four", "Last four digits")
    if kind is MethodKind.CARD:
        valid = from_day(
            head.today, "The card has expired", head.today + _YEARS_AHEAD, "No card is valid for that long"
        )
        form.day("expires_on", "Last day it is valid", None, valid)
    if kind is MethodKind.DIRECT_DEBIT:
        form.text("mandate", "Reference of the mandate")
    form.text("reason", "Reason (optional)")
    what = "card" if kind is MethodKind.CARD else "account"
    finish(
        form, head, f"Store the {what}", lambda: _card(form, head, kind),
        lambda _: f"{head.customer_code}: the {what} is stored.",
    )  # fmt: skip


def _card(form: Form, head: Head, kind: MethodKind) -> AddCard:
    if kind is MethodKind.CARD and not form.typed.get("expires_on"):
        raise Invalid({"expires_on": "Give the last day on which the card is valid."})
    return AddCard(
        kind=kind,
        mandate=form.typed.get("mandate", "") if kind is MethodKind.DIRECT_DEBIT else "",
        customer_id=head.customer_id,
        token=form.typed.get("token", ""),
        brand=form.typed.get("brand", ""),
        last_four=form.typed.get("last_four", ""),
        expires_on=form_values.day(form, "expires_on", head.today) if kind is MethodKind.CARD else None,
        reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )


def _remove(access: Access, head: Head) -> None:
    card = next(
        (card for card in access.fetch(CardsOf(head.customer_id)) if card.method_id == dialog_state.subject()), None
    )
    if card is None:
        raise NotFound("The card")
    form = Form(access, REMOVE, card.method_id)
    facts(
        (card.kind.label, f"{card.brand}, ending {card.last_four}"),
        *([("Valid until", formats.day(card.expires_on))] if card.expires_on else []),
        *([("Mandate", card.mandate)] if card.mandate else []),
    )
    st.text("Nothing more is taken from it. What was paid with it can still be given back.")
    form.text("reason", "Reason (optional)")
    finish(
        form,
        head,
        "Remove it",
        lambda: RemoveCard(method_id=card.method_id, reason=form.typed.get("reason", ""), command_id=form.command_id),
        lambda _: f"{head.customer_code}: {card.brand}, ending {card.last_four}, is removed.",
    )


DIALOGS: Mapping[str, Draw] = {
    ADD: window("Add a payment method", _add),
    REMOVE: window("Remove a payment method", _remove),
}

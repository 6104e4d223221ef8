"""The dialog Adjust balance: enter, review what it will do, confirm. One draft, so one booking however often sent."""

from decimal import Decimal

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import about, confirm
from dashboard.customer.dialogs.money import card_orders, payment_fields, review
from dashboard.customer.dialogs.money.card_orders import CardWay
from dashboard.customer.dialogs.money.own_limits import own_limits
from dashboard.kit import context, feedback, formats, viewer
from dashboard.kit.forms import dialog_state, form_values
from dashboard.kit.forms.forms import Form
from dashboard.kit.forms.rehearsal import knows_of, rehearsed, to_review
from data_access.base.bookings import BOOKINGS, SERVICES, Booking, Kind, by_hand
from data_access.base.permissions import who_has_any
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import Booked, BookTransaction, money_days
from data_access.queries.billing.money import BookingPreview
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

NAME = "adjust_balance"


@st.dialog("Adjust balance", width="medium", on_dismiss=dialog_state.close)
def draw(head: Head) -> None:
    """The dialog itself; it runs without its page, so it asks again who is signed in."""
    with feedback.refusals():
        _draw(context.access(), head)


def _draw(access: Access, head: Head) -> None:
    about(access, head)
    kinds, ways = offered(access, head), card_orders.offered(access, head)
    if not kinds and not ways:
        st.info(_nothing_offered(head), icon=":material/info:")
        return
    form = Form(access, NAME, head.customer_id)
    is_reviewed, kind = form.is_reviewed, form.typed.get("kind", "")
    if is_reviewed and kind in kinds:
        _review(form, head)
    elif is_reviewed and kind in ways:
        card_orders.review(form, head, ways[kind])
    else:
        _entry(form, head, kinds, ways)


def offered(access: Access, head: Head) -> dict[str, Booking]:
    """The kinds that this person may book on a customer in this status."""
    status = head.facts.bill_status
    if status is BillStatus.EXPORTED:
        return {}
    is_over = status is BillStatus.PERMANENTLY_TERMINATED
    return {row.kind.value: row for row in by_hand(access.actor.grants) if row.after_the_end or not is_over}


def _nothing_offered(head: Head) -> str:
    if head.facts.bill_status is BillStatus.EXPORTED:
        return "The customer is exported: its money is kept at the new installation. Clear Exported first."
    able = who_has_any(row.permission for row in BOOKINGS.values() if row.permission)
    return f"Your role books nothing on balances. {able.capitalize()} can."


def _entry(form: Form, head: Head, kinds: dict[str, Booking], ways: dict[str, CardWay]) -> None:
    offers: dict[str, Booking | CardWay] = {**kinds, **ways}
    labels = {kind: offer.label for kind, offer in offers.items()}
    kind = form.one_of("kind", "Transaction", labels, captions=[offer.says for offer in offers.values()])
    if kind in ways:
        card_orders.entry(form, head, ways[kind])
    elif kind in kinds:
        _fields(form, head, kinds[kind])


def _fields(form: Form, head: Head, row: Booking) -> None:
    if row.within_own_limits:
        own_limits(form.access, head)
    if row.has_method:
        payment_fields.sums(form, head)
    amount, day = st.columns(2)
    with amount:
        form.text("amount", f"Amount in {head.currency}", help="Above zero: the transaction gives the direction.")
    with day:
        form.day("value_on", "Date of the money", head.today, money_days(head.today))
    if row.has_service:
        form.choice("service", "Service", {service: service for service in SERVICES})
    if row.has_method:
        payment_fields.draw(form)
    elif row.settles:
        form.text("reference", "Payment reference")
    form.text("visible_comment", "Visible comment", help="The customer sees it.")
    form.text("internal_comment", "Internal comment", help="Staff only.")
    needed = "Reason" if row.needs_reason else "Reason (optional)"
    form.text("reason", needed, help="Kept in the audit; credits, refunds and write-offs are not booked without one.")
    with st.container(horizontal=True):
        if st.button("Review", type="primary", key=form.key("review")):
            to_review(form, lambda known: _order(form, head, row, known))
        form.offer_start_over()


def _review(form: Form, head: Head) -> None:
    row = BOOKINGS[Kind(form.typed["kind"])]
    foretold = rehearsed(form, lambda known: _order(form, head, row, known))
    order = _order(form, head, row, knows_of(form))
    preview = form.access.fetch(BookingPreview(head.customer_id, order.kind, order.amount))
    after = Decimal(foretold.balance_after) if foretold else None
    review.draw(head, row, order, preview, today=viewer.today(form.access), after=after)
    confirm(
        form,
        head,
        "Confirm",
        form.doing(order),
        lambda booked: _said(head, row, order, booked),
        showed=[f"{formats.day(order.value_on or head.today)}.", *review.consequences(head, row, preview)],
        is_possible=foretold is not None,
    )


def _order(form: Form, head: Head, row: Booking, known: int | None) -> BookTransaction:
    typed = form.typed
    return BookTransaction(
        customer_id=head.customer_id,
        kind=row.kind,
        amount=form_values.amount(form) if row.finer else form_values.cash(form, head.currency),
        value_on=form_values.day(form, "value_on", head.today),
        service=(typed.get("service") or None) if row.has_service else None,
        method=(typed.get("method") or None) if row.has_method else None,
        reference=typed.get("reference", "") if row.settles else "",
        visible_comment=typed.get("visible_comment", ""),
        internal_comment=typed.get("internal_comment", ""),
        knows_of=known,
        reason=typed.get("reason", ""),
        command_id=form.command_id,
    )


def _said(head: Head, row: Booking, order: BookTransaction, booked: Booked) -> str:
    amount = formats.exact_money(order.amount, head.currency)
    now = formats.standing_money(Decimal(booked.balance_after), head.currency, prepaid=head.is_prepaid)
    return f"{head.customer_code}: {row.label.lower()} of {amount} booked. Now {now}."

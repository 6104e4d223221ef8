"""The header of a customer's page: who it is, its status, the four figures that differ, and the sticky notes."""

from datetime import date
from decimal import Decimal

import streamlit as st

from dashboard.customer import caller, head_actions
from dashboard.customer.dialogs import edit_note
from dashboard.customer.figures import Figure, figures
from dashboard.kit import formats, viewer
from dashboard.kit.addresses.dead_end import FIND, dead_end
from dashboard.kit.addresses.links import link
from dashboard.kit.feedback import escape
from dashboard.kit.look.badges import status_badges
from dashboard.kit.markdown import lines, prose
from data_access.base.clock import time_in_words
from data_access.base.permissions import Permission
from data_access.base.statuses import SuspensionCause
from data_access.base.text.labels import word
from data_access.queries.customers.customer import Head
from data_access.queries.forecast.customer_forecast import WITHIN
from data_access.store.access import Access


def draw(access: Access, head: Head) -> None:
    """Name and badges with the actions at the right, then the line that describes, the figures and the notes."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
        with st.container(horizontal=True, width="content", vertical_alignment="center", gap="small"):
            st.title(prose(head.name), anchor=False, width="content")
            status_badges(head.shown, head.also)
            _tags(head)
        head_actions.draw(access, head)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        may_open = access.actor.may(Permission.CLASS_READ)
        st.caption(prose(described(head, with_class=not may_open)), width="content")
        if may_open:
            link("customer_class", head.class_name, shows={"id": [str(head.class_id)]}, icon=":material/category:")
    caller.draw(access, head)
    figures([_balance(head), _overdue(head), _limit(head), _next_step(head, viewer.today(access))])
    if parts := made_of(head):
        st.caption(escape(parts))
    _notes(access, head)


def not_found() -> None:
    """What stands on the page when the address leads to nobody."""
    st.title("No such customer", anchor=False)
    dead_end("customer", "the customer belongs to another reseller", *FIND)


def described(head: Head, *, with_class: bool) -> str:
    """One line: Customer ID, class, balance control, currency, since when, how it is billed."""
    own = (head.class_name,) if with_class else ()
    model = () if head.business_model == head.class_name else (head.business_model,)
    return " · ".join(
        (
            head.customer_code,
            *own,
            *model,
            head.balance_control.value,
            head.currency,
            f"customer since {formats.day(head.created_on)}",
            f"billed {word(head.billing_period).lower()}, {head.zone}",
            *(("under a legal hold",) if head.legal_hold else ()),
        )
    )


def made_of(head: Head) -> str:
    """What the balance is made of, in one line; its parts come to it exactly. Blank where nothing is owed at all."""
    told = head.parts
    if not any((told.now, told.later, told.not_invoiced, told.in_advance)):
        return ""
    parts = (
        ("To be paid now", told.now), ("owed, not due yet", told.later), ("not invoiced yet", told.not_invoiced),
        ("paid in advance", -told.in_advance),
    )  # fmt: skip
    said = [f"{label} {_signed(part, head)}" for label, part in parts if part or label != parts[-1][0]]
    return f"{' · '.join(said)}. Balance: {_signed(head.balance, head)}."


def _signed(amount: Decimal, head: Head) -> str:
    """Every decimal, so that the parts add up on the screen; below zero, what the customer has in advance."""
    return f"{'−' if amount < 0 else ''}{formats.exact_money(abs(amount), head.currency)}"


def _balance(head: Head) -> Figure:
    if head.is_prepaid:
        return Figure("Available funds", formats.available(head.available, head.currency), _last_payment(head))
    return Figure("Balance", formats.owes(head.balance, head.currency), _last_payment(head))


def _last_payment(head: Head) -> str:
    paid = head.last_payment
    if paid is None:
        return "No payment yet"
    return f"Last payment {formats.money(paid.amount, head.currency)}, {formats.day(paid.on)}"


def _overdue(head: Head) -> Figure:
    outstanding = f"{formats.money(head.outstanding, head.currency)} outstanding in all"
    if head.overdue is None:
        return Figure("Overdue", "nothing", outstanding if head.outstanding else "No open invoice")
    late = head.overdue
    many = formats.counted(late.invoices, "invoice")
    since = f"{many}, oldest {formats.counted(late.days, 'day')}"
    if late.to_pay == late.amount:
        return Figure("Overdue", formats.money(late.amount, head.currency), since)
    of_it = f"{formats.money(late.amount, head.currency)} of it overdue: {since}"
    return Figure("To be paid now", formats.money(late.to_pay, head.currency), of_it)


def _limit(head: Head) -> Figure:
    if head.is_prepaid:
        return Figure("Credit limit", "none", "Prepaid: services are paid in advance")
    if head.credit_limit is None:
        return Figure("Credit limit", formats.NO_LIMIT, "Unlimited credit")
    limit = formats.limit(head.credit_limit, head.currency, prepaid=False)
    raised = f"; raised until {formats.moment(head.raised_until, head.zone)}" if head.raised_until else ""
    return Figure("Credit limit", limit, f"{_used(head, head.credit_limit)}{raised}")


def _used(head: Head, limit: Decimal) -> str:
    over = head.balance - limit
    if over > 0:
        share = f"{formats.percent(head.utilisation)} used, " if head.utilisation else ""
        return f"{share}{formats.money(over, head.currency)} over"
    used = head.utilisation if head.balance > 0 else None
    return f"{formats.percent(used)} used" if used else "None of it used"


def _next_step(head: Head, today: date) -> Figure:
    step = head.next_step
    if step is not None:
        return Figure("Next step", formats.day(step.on), f"{formats.relative(step.on, today)}: {step.says}")
    if head.invoices_requested_at:
        return Figure("Next step", f"by {_comes(head)}", "Midterm invoice, requested")
    if head.facts.suspension_cause is SuspensionCause.INSUFFICIENT_FUNDS:
        return Figure("Next step", "when paid", "Services resume when the funds cover the fees")
    return Figure("Next step", "none", "No status change is ahead")


def _comes(head: Head) -> str:
    return escape(time_in_words(head.invoices_requested_at[0] + WITHIN, head.zone))


def _tags(head: Head) -> None:
    """By name, plainer than the statuses beside them."""
    for name in head.tags.values():
        st.badge(prose(name), icon=":material/label:", color="gray")


def _notes(access: Access, head: Head) -> None:
    if head.invoices_requested_at and head.next_step is not None:
        st.caption(
            f":material/receipt_long: A midterm invoice has been requested; it will be issued by {_comes(head)}."
        )
    for note in head.notes:
        written = f"{note.author}, {formats.moment(note.at, head.zone)}"
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(f":material/push_pin: {lines(note.text)} :gray[{prose(written)}]", width="content")
            edit_note.button(access, head, note.note_id, where="head")

"""The fields of a manual payment: likely amounts at one click, also of a promise; the payment method; the reference."""

from decimal import Decimal

import streamlit as st

from dashboard.kit import formats
from dashboard.kit.feedback import escape
from dashboard.kit.forms.entry import preset
from dashboard.kit.forms.forms import Form
from data_access.base.bookings import METHODS
from data_access.base.money import to_be_paid
from data_access.queries.customers.customer import Head


def sums(form: Form, head: Head, field: str = "amount") -> None:
    """A button for each sum that the customer is likely to pay or to promise; nothing where nothing is owed."""
    offered = likely(head)
    if offered:
        with st.container(horizontal=True, gap="xsmall"):
            for name, amount in offered.items():
                st.button(
                    escape(f"{name}: {formats.money(amount, head.currency)}"),
                    key=form.key(f"sum-{name}"),
                    on_click=preset,
                    args=(form.name, form.subject, {field: f"{amount:f}"}),
                )


def likely(head: Head) -> dict[str, Decimal]:
    """What is overdue, all that is open, and what leads back to the credit limit, as far as there is any of it."""
    over = Decimal(0) if head.credit_limit is None else head.balance - head.credit_limit
    wanted = {
        "Overdue": head.overdue.to_pay if head.overdue else Decimal(0),
        "All open": head.outstanding - head.unallocated,
        "To the limit": over,
    }
    return {name: to_be_paid(amount, head.currency) for name, amount in wanted.items() if amount > 0}


def draw(form: Form) -> None:
    """How it came, and the reference that the payer gave."""
    how, reference = st.columns(2)
    with how:
        form.choice("method", "Payment method", {method: method for method in METHODS}, placeholder="Not known")
    with reference:
        form.text("reference", "Payment reference")

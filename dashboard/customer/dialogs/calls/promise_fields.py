"""What a customer promises for a lift of its suspension: earlier promises first, then the amount."""

from decimal import Decimal

import streamlit as st

from dashboard.customer.dialogs.money import payment_fields
from dashboard.kit import formats
from dashboard.kit.feedback import escape
from dashboard.kit.forms import form_values
from dashboard.kit.forms.forms import Form
from data_access.base.text.labels import word
from data_access.queries.collections.promises import Promises, PromisesOf
from data_access.queries.customers.customer import Head

FIELD = "promise_amount"
_SHOWN = 3


def draw(form: Form, head: Head) -> None:
    """How earlier promises ended, and the field for this one."""
    earlier(form.access.fetch(PromisesOf(head.customer_id)))
    payment_fields.sums(form, head, FIELD)
    form.text(
        FIELD,
        f"Promised payment in {head.currency} (optional)",
        help="What the customer promises to pay before the lift ends; payments until then count for it.",
    )


def earlier(promises: Promises) -> None:
    """How earlier promises ended, before another is taken; broken ones as a warning."""
    if not promises.rows:
        return
    told = [
        f"{formats.exact_money(one.amount, promises.currency)} by {formats.day(one.due_on)}: {word(one.state).lower()}"
        for one in promises.rows[:_SHOWN]
    ]
    text = f"Promised before: {'; '.join(told)}."
    if promises.broken:
        broken = formats.counted(promises.broken, "promise was", "promises were")
        st.warning(escape(f"{broken} broken by this customer. {text}"), icon=":material/heart_broken:")
    else:
        st.caption(escape(text))


def amount(form: Form, currency: str) -> Decimal | None:
    """What is promised; None: nothing. Invalid for what is no sum."""
    return form_values.cash(form, currency, FIELD) if form.typed.get(FIELD, "").strip() else None

"""The dialogs of a promise to pay: recorded with its amount and its day, cancelled with a reason."""

from collections.abc import Mapping
from datetime import timedelta

import streamlit as st

from dashboard.customer.dialogs.calls import promise_fields
from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.customer.dialogs.money import payment_fields
from dashboard.kit import formats
from dashboard.kit.forms import dialog_state, form_values
from dashboard.kit.forms.forms import Form
from data_access.base.clock import from_day
from data_access.base.errors import Invalid, NotFound
from data_access.commands.collections.promises import CancelPromise, MakePromise
from data_access.queries.collections.promises import PromiseRow, PromisesOf
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

RECORD, CANCEL = "record_promise", "cancel_promise"


def _record(access: Access, head: Head) -> None:
    promise_fields.earlier(access.fetch(PromisesOf(head.customer_id)))
    form = Form(access, RECORD, head.customer_id)
    payment_fields.sums(form, head)
    form.text("amount", f"Amount in {head.currency}", help="Payments until the day count for it, the first one first.")
    days = from_day(head.today + timedelta(days=1), "The money must arrive before the day begins")
    due_on = form.day("due_on", "To arrive before", None, days)
    when = f"It is kept or broken when {formats.day(due_on)} begins. " if due_on else ""
    st.caption(f"{when}A promise alone changes no status: a suspension goes on, and so does collection.")
    form.lines("reason", "Reason (optional)", help="What was said, and by whom. Kept with the promise.")
    finish(
        form,
        head,
        "Record the promise",
        lambda: _recorded(form, head),
        lambda _: f"{head.customer_code}: the promise is recorded.",
    )


def _recorded(form: Form, head: Head) -> MakePromise:
    amount = form_values.cash(form, head.currency)
    if not form.typed.get("due_on"):
        raise Invalid({"due_on": "Choose the day before which the money must arrive."})
    return MakePromise(
        customer_id=head.customer_id,
        amount=amount,
        due_on=form_values.day(form, "due_on", head.today),
        reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )


def _cancel(access: Access, head: Head) -> None:
    promise = _the_promise(access, head)
    facts(
        ("Promised", formats.exact_money(promise.amount, head.currency)),
        ("Before", formats.day(promise.due_on)),
        ("Received so far", formats.exact_money(promise.received, head.currency)),
        ("Recorded by", promise.login),
    )
    st.text("It then counts as neither kept nor broken. What was received for it stays where it was booked.")
    form = Form(access, CANCEL, promise.promise_id)
    form.text("reason", "Reason", help="Kept in the audit.")
    finish(
        form,
        head,
        "Cancel the promise",
        lambda: CancelPromise(
            promise_id=promise.promise_id, reason=form.typed.get("reason", ""), command_id=form.command_id
        ),
        lambda _: f"{head.customer_code}: the promise is cancelled.",
    )


def _the_promise(access: Access, head: Head) -> PromiseRow:
    """The promise that the dialog is about, as it stands now."""
    wanted = dialog_state.subject()
    for row in access.fetch(PromisesOf(head.customer_id)).rows:
        if row.promise_id == wanted:
            return row
    raise NotFound("The promise")


DIALOGS: Mapping[str, Draw] = {
    RECORD: window("Record a promise to pay", _record),
    CANCEL: window("Cancel a promise to pay", _cancel),
}

"""The dialog Reverse a booking: what it undoes and reopens, then the reason."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.customer.dialogs.money import review
from dashboard.kit import formats
from dashboard.kit.feedback import escape
from dashboard.kit.forms import dialog_state
from dashboard.kit.forms.forms import Form
from data_access.base.errors import Refusal
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.queries.billing.reversals import Reopened, Reversal, ReversalPreview
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

NAME = "reverse_booking"
STAYS = "The booking stays; its opposite is booked beside it, dated today."
GIVES_BACK = " Quotas and wallets get back what it used."


def _reverse(access: Access, head: Head) -> None:
    form = Form(access, NAME, dialog_state.subject())
    preview = access.fetch(ReversalPreview(dialog_state.subject()))
    amount = formats.exact_money(abs(preview.amount), preview.currency)
    st.markdown(f"**{escape(preview.label)} of {escape(amount)}**, {escape(formats.day(preview.value_on))}")
    obstacle = preview.obstacle or _refusal(form)
    if obstacle:
        st.info(escape(obstacle), icon=":material/lock:")
        return
    facts(
        ("Used", preview.measured),
        ("Before", formats.standing_money(preview.balance_before, preview.currency, prepaid=head.is_prepaid)),
        ("After", formats.standing_money(preview.balance_after, preview.currency, prepaid=head.is_prepaid)),
    )
    reopened = [_told(invoice, preview) for invoice in preview.reopens]
    _reopened(preview, reopened)
    review.limit(preview.over_limit, preview.currency)
    form.text("reason", "Reason", help="Kept with the booking and in the audit.")
    st.caption(STAYS + GIVES_BACK if preview.measured else STAYS)
    text = f"{head.customer_code}: {preview.label.lower()} of {amount} is reversed."
    finish(
        form,
        head,
        "Reverse it",
        lambda: _order(form, form.typed.get("reason", "")),
        lambda _: text,
        showed=reopened,
    )


def _refusal(form: Form) -> str:
    """Why it would be refused, whatever reason is given for it; empty where it would not."""
    try:
        form.access.rehearse(_order(form, "-"))
    except Refusal as refusal:
        return str(refusal)
    return ""


def _order(form: Form, reason: str) -> ReverseTransaction:
    return ReverseTransaction(transaction_id=dialog_state.subject(), reason=reason, command_id=form.command_id)


def _told(invoice: Reopened, preview: Reversal) -> str:
    amount = formats.exact_money(invoice.amount, preview.currency)
    late = ", overdue at once" if invoice.is_overdue else ""
    return f"Invoice {invoice.number}, due {formats.day(invoice.due_on)}: {amount}{late}"


def _reopened(preview: Reversal, sentences: list[str]) -> None:
    if not sentences:
        st.text("It opens no invoice again.")
        return
    st.text("These invoices are open again:")
    with st.container(gap="xsmall"):
        for sentence in sentences:
            st.text(f"•  {sentence}")
    if any(invoice.is_overdue for invoice in preview.reopens):
        st.warning("Collection resumes with them where it stopped.", icon=":material/warning:")


DIALOGS: Mapping[str, Draw] = {NAME: window("Reverse a booking", _reverse)}

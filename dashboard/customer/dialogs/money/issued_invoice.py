"""The dialogs of an issued invoice: sent by e-mail again, and an amount taken off it."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.kit import formats
from dashboard.kit.forms import dialog_state, form_values
from dashboard.kit.forms.forms import Form
from data_access.commands.billing.issued_invoices import AdjustInvoice, SendInvoice
from data_access.queries.billing.invoicing import InvoicingOf
from data_access.queries.billing.paper import InvoicePaper, Paper
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

SEND, ADJUST = "send_invoice", "adjust_invoice"


def _about(access: Access) -> Paper:
    """The invoice that the dialog is about, told in a frame."""
    paper = access.fetch(InvoicePaper(dialog_state.subject()))
    facts(
        ("Invoice", paper.number),
        ("Due", formats.day(paper.due_on)),
        ("Total", formats.exact_money(paper.total, paper.currency)),
        ("Open", formats.exact_money(paper.due, paper.currency)),
    )
    return paper


def _send(access: Access, head: Head) -> None:
    paper, form = _about(access), Form(access, SEND, dialog_state.subject())
    setting = "sent by email when they are issued" if access.fetch(InvoicingOf(head.customer_id)).sends else (
        "not sent by email automatically"
    )  # fmt: skip
    st.text(f"Invoices of this customer are {setting}. This one is sent now.")
    finish(
        form, head, "Send it", lambda: SendInvoice(invoice_id=paper.invoice_id, command_id=form.command_id),
        lambda sent: f"{head.customer_code}: invoice {sent.number} is on its way.",
    )  # fmt: skip


def _adjust(access: Access, head: Head) -> None:
    paper, form = _about(access), Form(access, ADJUST, dialog_state.subject())
    st.text("It is taken off this invoice, tax included. What was paid of it already stays as unallocated payments.")
    form.text("amount", f"Amount in {paper.currency}")
    seen = form.text("visible_comment", "Visible comment", help="The customer sees it.")
    internal = form.text("internal_comment", "Internal comment")
    reason = form.text("reason", "Reason", help="Kept in the audit.")
    finish(
        form, head, "Take it off",
        lambda: AdjustInvoice(
            invoice_id=paper.invoice_id, amount=form_values.cash(form, paper.currency), visible_comment=seen,
            internal_comment=internal, reason=reason, command_id=form.command_id,
        ),
        lambda done: f"{head.customer_code}: invoice {done.number} is adjusted.",
    )  # fmt: skip


DIALOGS: Mapping[str, Draw] = {
    SEND: window("Send an invoice", _send),
    ADJUST: window("Adjust an invoice", _adjust),
}

"""The dialogs that take an issued invoice back: make it void, or issue it again under a new number."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.customer.dialogs.outcome import suspension_ends
from dashboard.kit import formats
from dashboard.kit.forms import dialog_state
from dashboard.kit.forms.forms import Form
from dashboard.kit.forms.rehearsal import rehearsed
from data_access.base.statuses import BillStatus
from data_access.commands.billing.invoices import ReissueInvoice, VoidInvoice
from data_access.queries.billing.paper import InvoicePaper, Paper
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

VOID, REISSUE = "void_invoice", "reissue_invoice"


def _void(access: Access, head: Head) -> None:
    paper, form = _about(access), Form(access, VOID, dialog_state.subject())
    st.text("It keeps its number and can be seen, but nothing is due on it.")
    for sentence in _paid(paper):
        st.text(sentence)
    st.text(f"Its charges stay on the balance and go on the next invoice, still due on {formats.day(paper.due_on)}.")
    form.text("reason", "Reason (optional)", help="Kept in the audit.")
    ends = _ends_suspension(form, head, paper.invoice_id)
    for sentence in ends:
        st.warning(sentence, icon=":material/lock_open:")
    finish(
        form,
        head,
        "Void it",
        lambda: _order(form, paper.invoice_id),
        lambda issued: f"{head.customer_code}: invoice {issued.number} is void.",
        showed=[*_paid(paper), *ends],
        is_final=True,
    )


def _order(form: Form, invoice_id: int) -> VoidInvoice:
    return VoidInvoice(invoice_id=invoice_id, reason=form.typed.get("reason", ""), command_id=form.command_id)


def _ends_suspension(form: Form, head: Head, invoice_id: int) -> list[str]:
    """What the order itself says it will do to a suspension."""
    if head.facts.bill_status is not BillStatus.SUSPENDED:
        return []
    outcome = rehearsed(form, lambda _: _order(form, invoice_id))
    if outcome is None or outcome.bill_status != BillStatus.OPEN:
        return []
    return [f"Nothing is overdue afterwards: {suspension_ends(head)}. No reactivation fee is charged."]


def _paid(paper: Paper) -> list[str]:
    if not paper.paid:
        return []
    paid = formats.exact_money(paper.paid, paper.currency)
    return [f"The {paid} paid on it pay other open invoices, or wait as unallocated payments."]


def _about(access: Access) -> Paper:
    """The invoice that the dialog is about, told in a frame."""
    paper = access.fetch(InvoicePaper(dialog_state.subject()))
    facts(
        ("Invoice", paper.number),
        ("Issued", formats.day(paper.issued_on)),
        ("Due", formats.day(paper.due_on)),
        ("Total", formats.exact_money(paper.total, paper.currency)),
        ("Paid", formats.exact_money(paper.paid, paper.currency)),
        ("State", "Void" if paper.is_void else ""),
    )
    return paper


def _reissue(access: Access, head: Head) -> None:
    paper, form = _about(access), Form(access, REISSUE, dialog_state.subject())
    st.text("A new invoice for what still applies on it: a new number, issued today, with the same terms and due day.")
    if not paper.is_void:
        st.text("This one becomes void. What was paid on it pays the new one, the oldest open invoice first.")
    form.text("reason", "Reason (optional)", help="Kept in the audit.")
    finish(
        form,
        head,
        "Reissue it",
        lambda: ReissueInvoice(
            invoice_id=paper.invoice_id, reason=form.typed.get("reason", ""), command_id=form.command_id
        ),
        lambda issued: f"{head.customer_code}: invoice {issued.number} is issued in place of {paper.number}.",
    )


DIALOGS: Mapping[str, Draw] = {
    VOID: window("Void an invoice", _void),
    REISSUE: window("Reissue an invoice", _reissue),
}

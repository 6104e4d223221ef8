"""The dialogs that take an issued invoice back: make it void, or issue it again under a new number."""

from collections.abc import Mapping

import streamlit as st

from dashboard import formats
from dashboard.dialogs import opened
from dashboard.dialogs.window import Draw, facts, finish, window
from dashboard.forms import Form
from data_access.access import Access
from data_access.commands.invoices import ReissueInvoice, VoidInvoice
from data_access.queries.customer import Head
from data_access.queries.paper import InvoicePaper, Paper

VOID, REISSUE = "void_invoice", "reissue_invoice"


def _void(access: Access, head: Head) -> None:
    paper, form = _about(access), Form(access, VOID, opened.subject())
    st.text("It keeps its number and can be seen, but nothing is to be paid on it.")
    for sentence in _paid(paper):
        st.text(sentence)
    st.text("Its charges stay on the balance and stand on the next invoice.")
    form.text("reason", "Reason (optional)", help="Kept in the audit.")
    finish(
        form,
        "Make it void",
        lambda: VoidInvoice(
            invoice_id=paper.invoice_id, reason=form.typed.get("reason", ""), command_id=form.command_id
        ),
        lambda issued: f"{head.customer_code}: invoice {issued.number} is void.",
        showed=_paid(paper),
        is_final=True,
    )


def _paid(paper: Paper) -> list[str]:
    if not paper.paid:
        return []
    paid = formats.exact_money(paper.paid, paper.currency)
    return [f"The {paid} paid on it pay other open invoices, or wait as unallocated payments."]


def _about(access: Access) -> Paper:
    """The invoice that the dialog is about, told in a frame."""
    paper = access.fetch(InvoicePaper(opened.subject()))
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
    paper, form = _about(access), Form(access, REISSUE, opened.subject())
    st.text("A new invoice over what still stands of it: a new number, issued today by today's terms.")
    if not paper.is_void:
        st.text("This one is made void. What was paid on it pays the new one, the oldest open invoice first.")
    form.text("reason", "Reason (optional)", help="Kept in the audit.")
    finish(
        form,
        "Issue it again",
        lambda: ReissueInvoice(
            invoice_id=paper.invoice_id, reason=form.typed.get("reason", ""), command_id=form.command_id
        ),
        lambda issued: f"{head.customer_code}: invoice {issued.number} is issued in place of {paper.number}.",
    )


DIALOGS: Mapping[str, Draw] = {
    VOID: window("Make an invoice void", _void),
    REISSUE: window("Issue an invoice again", _reissue),
}

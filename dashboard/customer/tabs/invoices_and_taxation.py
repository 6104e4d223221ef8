"""Invoices & taxation: every invoice, how far it is paid, how late it is, and which payments went to it."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.customer.dialogs.money import issue_invoice, void_invoice
from dashboard.customer.rows import older
from dashboard.customer.tab_actions import Button, chosen, ways
from dashboard.kit import formats
from dashboard.kit.addresses import page_params
from dashboard.kit.addresses.links import link
from dashboard.kit.tables.table import Column, Columns, chosen_row, table
from data_access.base.permissions import Permission
from data_access.queries.billing.invoices import AskedFor, FindInvoices, InvoiceRow, InvoicesAskedFor
from data_access.queries.billing.ledger import InvoicePayments, PaymentUse
from data_access.queries.customers.customer import Head
from data_access.store.access import Access


def draw(access: Access, head: Head) -> None:
    slot = st.container()
    page = access.fetch(FindInvoices(head.customer_id, page_params.below()))
    if not page.rows:
        _ways(slot, access, head, None)
        st.text("No invoice has been issued yet.")
        _asked_for(access, head)
        return
    st.caption("Choose a row to see an invoice as printed, void it, and see which payments went to it.")
    row = chosen_row(page.rows, _columns(head), key=f"invoices-{head.customer_id}", alt="Invoices, newest first")
    older(page, key="invoices")
    _ways(slot, access, head, row)
    if row is not None:
        _payments(access, head, row)
    _asked_for(access, head)


def _columns(head: Head) -> Columns[InvoiceRow]:
    return (
        Column("Invoice", lambda row: row.number),
        Column("Payment status", lambda row: row.payment_status),
        Column("Issued", lambda row: formats.day(row.issued_on)),
        Column("Due", lambda row: formats.day(row.due_on)),
        Column("Days overdue", lambda row: str(row.days_overdue) if row.days_overdue else "", "amount"),
        Column("Total", lambda row: formats.exact_money(row.total, head.currency), "amount"),
        Column("Paid", lambda row: formats.exact_money(row.paid, head.currency), "amount"),
        Column("Open", lambda row: formats.exact_money(row.open, head.currency), "amount"),
        Column("Type", lambda row: row.type),
        Column("Period", _period),
        Column("Remarks", _remarks),
    )


def _period(row: InvoiceRow) -> str:
    if row.period_from is None or row.period_to is None:
        return ""
    return f"{formats.day(row.period_from)} – {formats.day(row.period_to)}"


def _remarks(row: InvoiceRow) -> str:
    return ", ".join(
        word for word, holds in (("disputed", row.is_disputed), ("not collected", not row.is_collected)) if holds
    )


def _asked_for(access: Access, head: Head) -> None:
    asked = access.fetch(InvoicesAskedFor(head.customer_id))
    if not asked:
        return
    st.header("Requested midterm invoices", anchor=False)
    columns: Columns[AskedFor] = (
        Column("Requested", lambda row: formats.moment(row.at, head.zone)),
        Column("By", lambda row: row.login),
        Column("State", lambda row: row.state),
        Column("Invoice", lambda row: row.number),
    )
    table(asked, columns, alt="Requested midterm invoices")


def _ways(slot: DeltaGenerator, access: Access, head: Head, row: InvoiceRow | None) -> None:
    """What can be done stands above the table, also what is done with the row that is chosen in it."""
    about = chosen(row, lambda one: one.invoice_id, "Choose an invoice in the table first.")
    is_void = f"Invoice {row.number} is already void." if row is not None and row.is_void else about.obstacle
    needs, on = Permission.INVOICE_VOID, about.subject
    with slot:
        ways(
            access, head,
            Button(issue_invoice.NAME, "Issue an invoice", ":material/receipt_long:", Permission.INVOICE_ISSUE,
                after_the_end=True),
            Button(void_invoice.VOID, "Void this invoice", ":material/block:", needs, on, is_void, after_the_end=True),
            Button(void_invoice.REISSUE, "Reissue this invoice", ":material/restart_alt:", needs, on, about.obstacle,
                after_the_end=True),
        )  # fmt: skip


def _payments(access: Access, head: Head, row: InvoiceRow) -> None:
    link("invoice", f"Invoice {row.number}, as printed", shows={"id": [str(row.invoice_id)]}, icon=":material/article:")
    payments = access.fetch(InvoicePayments(row.invoice_id))
    if not payments:
        st.text(f"No payment has gone to invoice {row.number} yet.")
        return
    st.text(f"Payments that went to invoice {row.number}:")
    columns: Columns[PaymentUse] = (
        Column("Paid on", lambda use: formats.day(use.paid_on)),
        Column("Transaction", lambda use: use.payment),
        Column("Amount", lambda use: formats.exact_money(use.amount, head.currency), "amount"),
        Column("Recorded", lambda use: formats.moment(use.at, head.zone)),
    )
    table(payments, columns, alt="Payments of the invoice")

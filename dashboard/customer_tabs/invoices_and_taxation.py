"""Invoices & taxation: every invoice, how far it is paid, how late it is, and which payments went to it."""

import streamlit as st

from dashboard import address, formats
from dashboard.customer_tabs.rows import chosen_row, older, table
from dashboard.links import link
from data_access.access import Access
from data_access.queries.customer import Head
from data_access.queries.invoices import FindInvoices, InvoiceRow
from data_access.queries.ledger import InvoicePayments

_AMOUNTS = ("Total", "Paid", "Open")


def draw(access: Access, head: Head) -> None:
    if head.invoices_requested_at:
        st.caption(":material/receipt_long: A midterm invoice is requested; it comes within the hour.")
    page = access.fetch(FindInvoices(head.customer_id, address.below()))
    if not page.rows:
        st.text("No invoice has been issued yet.")
        return
    st.caption("Choose a row to see which payments went to an invoice.")
    place = chosen_row(
        _columns(page.rows, head), key=f"invoices-{head.customer_id}", alt="Invoices, the newest first",
        right=(*_AMOUNTS, "Days overdue"),
    )  # fmt: skip
    older(page, key="invoices")
    if place is not None:
        _payments(access, head, page.rows[place])


def _columns(rows: tuple[InvoiceRow, ...], head: Head) -> dict[str, list[str]]:
    return {
        "Invoice": [row.number for row in rows],
        "Payment status": [row.payment_status for row in rows],
        "Issued": [formats.day(row.issued_on) for row in rows],
        "Due": [formats.day(row.due_on) for row in rows],
        "Days overdue": [str(row.days_overdue) if row.days_overdue else "" for row in rows],
        "Total": [formats.exact_money(row.total, head.currency) for row in rows],
        "Paid": [formats.exact_money(row.paid, head.currency) for row in rows],
        "Open": [formats.exact_money(row.open, head.currency) for row in rows],
        "Type": [row.type for row in rows],
        "Period": [_period(row) for row in rows],
        "Remarks": [_remarks(row) for row in rows],
    }


def _period(row: InvoiceRow) -> str:
    if row.period_from is None or row.period_to is None:
        return ""
    return f"{formats.day(row.period_from)} – {formats.day(row.period_to)}"


def _remarks(row: InvoiceRow) -> str:
    return ", ".join(
        word for word, holds in (("disputed", row.is_disputed), ("not collected", not row.is_collected)) if holds
    )


def _payments(access: Access, head: Head, row: InvoiceRow) -> None:
    link("invoice", f"Invoice {row.number}, as printed", shows={"id": [str(row.invoice_id)]}, icon=":material/article:")
    payments = access.fetch(InvoicePayments(row.invoice_id))
    if not payments:
        st.text(f"No payment has gone to invoice {row.number} yet.")
        return
    st.text(f"Payments that went to invoice {row.number}:")
    table(
        {
            "Paid on": [formats.day(use.paid_on) for use in payments],
            "Transaction": [use.payment for use in payments],
            "Amount": [formats.exact_money(use.amount, head.currency) for use in payments],
            "Recorded": [formats.moment(use.at, head.zone) for use in payments],
        },
        alt="Payments of the invoice",
        right=("Amount",),
    )

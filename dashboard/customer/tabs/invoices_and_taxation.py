"""Invoices & taxation: every invoice, how far it is paid, how late it is, and which payments went to it."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.customer.dialogs.money import issue_invoice, void_invoice
from dashboard.customer.rows import older
from dashboard.customer.tab_actions import Button, chosen, ways
from dashboard.kit import formats
from dashboard.kit.addresses import page_params
from dashboard.kit.addresses.links import link
from dashboard.kit.tables.text_table import chosen_row, table
from data_access.base.permissions import Permission
from data_access.queries.billing.invoices import FindInvoices, InvoiceRow, InvoicesAskedFor
from data_access.queries.billing.ledger import InvoicePayments
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

_AMOUNTS = ("Total", "Paid", "Open")


def draw(access: Access, head: Head) -> None:
    slot = st.container()
    page = access.fetch(FindInvoices(head.customer_id, page_params.below()))
    if not page.rows:
        _ways(slot, access, head, None)
        st.text("No invoice has been issued yet.")
        _asked_for(access, head)
        return
    st.caption("Choose a row to see an invoice as printed, void it, and see which payments went to it.")
    place = chosen_row(
        _columns(page.rows, head), key=f"invoices-{head.customer_id}", alt="Invoices, newest first",
        right=(*_AMOUNTS, "Days overdue"),
    )  # fmt: skip
    older(page, key="invoices")
    row = None if place is None else page.rows[place]
    _ways(slot, access, head, row)
    if row is not None:
        _payments(access, head, row)
    _asked_for(access, head)


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


def _asked_for(access: Access, head: Head) -> None:
    asked = access.fetch(InvoicesAskedFor(head.customer_id))
    if not asked:
        return
    st.header("Requested midterm invoices", anchor=False)
    table(
        {
            "Requested": [formats.moment(row.at, head.zone) for row in asked],
            "By": [row.login for row in asked],
            "State": [row.state for row in asked],
            "Invoice": [row.number for row in asked],
        },
        alt="Requested midterm invoices",
    )


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

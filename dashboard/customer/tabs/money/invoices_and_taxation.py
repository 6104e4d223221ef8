"""Invoices & taxation: every invoice, how far it is paid, how late it is, and which payments went to it."""

from collections.abc import Sequence

import streamlit as st

from dashboard.customer.actions import Action, chosen
from dashboard.customer.dialogs.money import issue_invoice, void_invoice
from dashboard.customer.sections import Rows, Tab
from dashboard.kit import formats
from dashboard.kit.addresses import page_params
from dashboard.kit.addresses.links import link
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import Permission
from data_access.queries.billing.invoices import AskedFor, FindInvoices, InvoiceRow, InvoicesAskedFor
from data_access.queries.billing.ledger import InvoicePayments, PaymentUse
from data_access.queries.customers.customer import Head
from data_access.store.access import Access


def _remark(_head: Head, _rows: Sequence[InvoiceRow]) -> None:
    st.caption("Choose a row to see an invoice as printed, void it, and see which payments went to it.")


def _columns(_: Access, head: Head) -> Columns[InvoiceRow]:
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


def _asked_for(_: Access, head: Head) -> Columns[AskedFor]:
    return (
        Column("Requested", lambda row: formats.moment(row.at, head.zone)),
        Column("By", lambda row: row.login),
        Column("State", lambda row: row.state),
        Column("Invoice", lambda row: row.number),
    )


def _actions(_: Head, row: InvoiceRow | None) -> list[Action]:
    about = chosen(row, lambda one: one.invoice_id, "Choose an invoice in the table first.")
    is_void = f"Invoice {row.number} is already void." if row is not None and row.is_void else about.obstacle
    needs, on = Permission.INVOICE_VOID, about.subject
    return [
        Action(issue_invoice.NAME, "Issue an invoice", ":material/receipt_long:", Permission.INVOICE_ISSUE,
            after_the_end=True),
        Action(void_invoice.VOID, "Void this invoice", ":material/block:", needs, on, is_void, after_the_end=True),
        Action(void_invoice.REISSUE, "Reissue this invoice", ":material/restart_alt:", needs, on, about.obstacle,
            after_the_end=True),
    ]  # fmt: skip


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


TAB = Tab("Invoices & taxation", (
    Rows(
        lambda customer_id: FindInvoices(customer_id, page_params.below()), _columns, alt="Invoices, newest first",
        key="invoices", empty="No invoice has been issued yet.", remark=_remark, actions=_actions, details=_payments,
    ),
    Rows(
        InvoicesAskedFor, _asked_for, alt="Requested midterm invoices", key="requested", empty="",
        title="Requested midterm invoices",
    ),
))  # fmt: skip

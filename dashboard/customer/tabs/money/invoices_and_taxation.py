"""Invoices & taxation: every invoice, how far it is paid, how late it is, and which payments went to it."""

from collections.abc import Sequence

import streamlit as st

from dashboard.customer.actions import Action, action_buttons, chosen
from dashboard.customer.dialogs import adjust_balance
from dashboard.customer.dialogs.money import invoicing, issue_invoice, issued_invoice, void_invoice
from dashboard.customer.sections import Drawn, Rows, Tab
from dashboard.customer.tabs.money import invoice_filter
from dashboard.kit import formats
from dashboard.kit.addresses import page_params
from dashboard.kit.addresses.links import link
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.bookings import Kind
from data_access.base.permissions import Permission
from data_access.queries.billing.invoices import (
    ALL,
    AskedFor,
    FindInvoices,
    InvoiceRow,
    InvoicesAskedFor,
    InvoiceSums,
)
from data_access.queries.billing.invoicing import InvoicingOf, Setting
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
    is_paid = is_void or ("" if row is not None and row.open else "Nothing is open on this invoice.")
    needs, on = Permission.INVOICE_VOID, about.subject
    fills = {"kind": Kind.MANUAL_PAYMENT.value, "amount": f"{row.open:f}" if row is not None else "", "#step": ""}
    return [
        Action(issue_invoice.NAME, "Issue an invoice", ":material/receipt_long:", Permission.INVOICE_ISSUE,
            after_the_end=True),
        Action(adjust_balance.NAME, "Pay this invoice", ":material/payments:", Permission.MONEY_PAYMENT,
            obstacle=is_paid, after_the_end=True, fills=fills),
        Action(issued_invoice.SEND, "Send this invoice", ":material/forward_to_inbox:", Permission.INVOICE_ISSUE, on,
            is_void, after_the_end=True),
        Action(issued_invoice.ADJUST, "Adjust this invoice", ":material/exposure_neg_1:", Permission.MONEY_CREDIT, on,
            is_void, after_the_end=True),
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


def _invoices(access: Access, head: Head) -> None:
    only = invoice_filter.chosen()
    none = "No invoice has been issued yet." if only == ALL else "No invoice is like this."
    Rows(
        lambda customer_id: FindInvoices(customer_id, page_params.below(), only), _columns,
        alt="Invoices, newest first", key="invoices", empty=none, remark=_remark, actions=_actions, details=_payments,
    ).draw(access, head)  # fmt: skip
    invoice_filter.summed(access.fetch(InvoiceSums(head.customer_id, only)))


def _next(_: Access, head: Head) -> None:
    shows = {"id": [str(head.customer_id)]}
    link("next_invoice", "Next invoice, as of now", shows=shows, icon=":material/request_quote:")


def _settings(access: Access, head: Head) -> None:
    """The customer's own beside those of the class, and what holds."""
    st.header("Invoicing and taxation", anchor=False)
    view = access.fetch(InvoicingOf(head.customer_id))
    action_buttons(access, head, [invoicing.SETTINGS.action])
    columns: Columns[Setting] = (
        Column("Setting", lambda one: one.label),
        Column("Of the customer", lambda one: one.own),
        Column("Of the class", lambda one: one.of_class),
        Column("Holds", lambda one: one.holds),
    )
    table(view.settings, columns, alt="Invoicing of the customer, beside that of its class")


TAB = Tab("Invoices & taxation", (
    Drawn(_invoices),
    Drawn(_next),
    Rows(
        InvoicesAskedFor, _asked_for, alt="Requested midterm invoices", key="requested", empty="",
        title="Requested midterm invoices",
    ),
    Drawn(_settings),
))  # fmt: skip

"""Which invoices are listed: by payment status and issue date, in the URL; and their totals."""

import streamlit as st

from dashboard.kit import formats
from dashboard.kit.addresses import page_params
from dashboard.kit.feedback import escape
from data_access.base.text.labels import word
from data_access.queries.billing.invoices import InvoiceFilter, InvoiceStatus, InvoiceSum

_WORDS = {word(status): status for status in InvoiceStatus}


def chosen() -> InvoiceFilter:
    """Three fields side by side; a change leads back to the newest invoice."""
    with st.container(horizontal=True, gap="small", key="invoice-filters"):
        status = st.selectbox(
            "Status", list(_WORDS), None, key="invoice-status", bind="query-params", placeholder="All",
            on_change=page_params.go_to_top, width=200,
        )  # fmt: skip
        first, last = (
            st.date_input(
                label, None, key=key, bind="query-params", format="YYYY-MM-DD", on_change=page_params.go_to_top,
                width=170,
            )
            for label, key in (("Issued from", "issued-from"), ("Issued until", "issued-until"))
        )  # fmt: skip
    return InvoiceFilter(_WORDS.get(status or ""), first, last)


def summed(sums: tuple[InvoiceSum, ...]) -> None:
    """A line a currency."""
    for one in sums:
        total, paid, unpaid = (formats.exact_money(part, one.currency) for part in (one.total, one.paid, one.open))
        many = formats.counted(one.invoices, "invoice")
        st.caption(escape(f"{many}: {total} in all, {paid} paid, {unpaid} open. Void ones add nothing."))

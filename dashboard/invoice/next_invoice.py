"""The next invoice, before it is issued: what the current period amounts to as of now."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from dashboard.kit import formats
from dashboard.kit.addresses.links import link
from dashboard.kit.feedback import escape
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.bookings import BOOKINGS
from data_access.queries.customers.billing_terms import BillingTerms
from data_access.queries.forecast.next_invoice import ForeseenInvoice, NextInvoiceOf
from data_access.store.access import Access

_NOW, _END = "As of now: usage until the close changes it", "Until the end of the period, if nothing changes"


@dataclass(frozen=True, slots=True)
class _Line:
    what: str
    service: str
    amount: Decimal
    stands: str


def draw(access: Access, customer_id: int, terms: BillingTerms) -> None:
    """The way back to the customer, and the invoice line by line."""
    shows = {"id": [str(customer_id)], "tab": ["Invoices & taxation"]}
    link("customer", f"Customer {terms.customer_code}", shows=shows, icon=":material/arrow_back:")
    told = access.fetch(NextInvoiceOf(customer_id))
    if told is None:
        st.text("No billing period runs: no invoice comes automatically.")
    else:
        _shown(terms.zone, told)


def _shown(zone: str, told: ForeseenInvoice) -> None:
    period = f"{formats.day(told.period.first)} to {formats.day(told.period.last)}"
    closes = f"The period from {period} closes on {formats.moment(told.closes_at, zone)}."
    total = f"As of now it asks for {formats.exact_money(told.total, told.currency)}." if told.amounts else ""
    none = "" if told.amounts else told.refusal or "As of now there is nothing to invoice."
    st.markdown(escape(" ".join(filter(None, (closes, total, none)))))
    columns: Columns[_Line] = (
        Column("What", lambda row: row.what, width=250),
        Column("Amount", lambda row: _signed(row.amount, told.currency), "amount", 100),
        Column("Service", lambda row: row.service, width=110),
        Column("How it stands", lambda row: row.stands, width=250),
    )
    table(list(_lines(told)), columns, alt="What the next invoice is made of, as of now")
    st.caption("If nothing else happens until then: further usage and changes of status are not foretold.")


def _lines(told: ForeseenInvoice) -> Iterator[_Line]:
    yield _Line("Charges and credits so far", "", told.booked, "Booked, on no invoice yet")
    for one in told.charges:
        label = BOOKINGS[one.kind].label
        yield _Line(f"{label}: {one.says}", one.service, one.amount, _NOW if one.grows else _END)
    for asked in told.amounts:
        for label, amount in asked.untaxed.items():
            yield _Line(label, "Tax", amount, "On all that it bears")
        for service, says, amount in asked.lines():
            yield _Line(says, service, amount, "")
    if told.amounts:
        yield _Line("Total", "", told.total, "")


def _signed(amount: Decimal, currency: str) -> str:
    return f"{'−' if amount < 0 else ''}{formats.exact_money(abs(amount), currency)}"

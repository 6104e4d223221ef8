"""DIDs: the numbers that the customer holds, what they cost it, and until when that is charged."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.customer.dialogs.services import numbers
from dashboard.customer.tab_actions import Button, chosen, ways
from dashboard.kit import formats
from dashboard.kit.tables.table import Column, Columns, chosen_row
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.base.text.labels import country_name
from data_access.queries.customers.customer import Head
from data_access.queries.services.services import DidsOf, NumberRow
from data_access.store.access import Access

_NEEDS = Permission.SERVICE_EDIT


def draw(access: Access, head: Head) -> None:
    slot, rows = st.container(), access.fetch(DidsOf(head.customer_id))
    if not rows:
        _ways(slot, access, head, None)
        st.text("This customer holds no number.")
        return
    if head.facts.bill_status is BillStatus.PROVISIONALLY_TERMINATED:
        st.warning("The customer is not charged for its numbers now; the vendor goes on charging us.")
    row = chosen_row(rows, _columns(head), key=f"dids-{head.customer_id}", alt="Numbers held by the customer")
    _ways(slot, access, head, row)


def _ways(slot: DeltaGenerator, access: Access, head: Head, row: NumberRow | None) -> None:
    about = chosen(row, lambda one: one.did_id, "Choose a number in the table first.")
    with slot:
        ways(
            access, head,
            Button(numbers.ASSIGN, "Assign a number", ":material/add_call:", _NEEDS),
            Button(numbers.RELEASE, "Release", ":material/phone_disabled:", _NEEDS, about.subject, about.obstacle,
                after_the_end=True),
        )  # fmt: skip


def _columns(head: Head) -> Columns[NumberRow]:
    return (
        Column("Number", lambda row: row.number),
        Column("Country", lambda row: country_name(row.country)),
        Column("Fee", lambda row: numbers.fee(row, head), "amount"),
        Column("Vendor's cost", lambda row: formats.exact_money(row.vendor_cost, row.vendor_currency), "amount"),
        Column("Held since", lambda row: formats.day(row.assigned_on) if row.assigned_on else ""),
        Column("Charged until", lambda row: formats.day(row.charged_until) if row.charged_until else "not yet"),
    )

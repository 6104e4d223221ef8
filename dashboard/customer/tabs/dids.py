"""DIDs: the numbers that the customer holds, what they cost it, and until when that is charged."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.customer.dialogs.services import numbers
from dashboard.customer.tab_actions import Button, chosen, ways
from dashboard.kit import formats
from dashboard.kit.tables.text_table import chosen_row
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
    place = chosen_row(
        _columns(rows, head), key=f"dids-{head.customer_id}", alt="Numbers held by the customer",
        right=("Fee", "Vendor's cost"),
    )  # fmt: skip
    _ways(slot, access, head, None if place is None else rows[place])


def _ways(slot: DeltaGenerator, access: Access, head: Head, row: NumberRow | None) -> None:
    about = chosen(row, lambda one: one.did_id, "Choose a number in the table first.")
    with slot:
        ways(
            access, head,
            Button(numbers.ASSIGN, "Assign a number", ":material/add_call:", _NEEDS),
            Button(numbers.RELEASE, "Release", ":material/phone_disabled:", _NEEDS, about.subject, about.obstacle,
                after_the_end=True),
        )  # fmt: skip


def _columns(rows: tuple[NumberRow, ...], head: Head) -> dict[str, list[str]]:
    return {
        "Number": [row.number for row in rows],
        "Country": [country_name(row.country) for row in rows],
        "Fee": [numbers.fee(row, head) for row in rows],
        "Vendor's cost": [formats.exact_money(row.vendor_cost, row.vendor_currency) for row in rows],
        "Held since": [formats.day(row.assigned_on) if row.assigned_on else "" for row in rows],
        "Charged until": [formats.day(row.charged_until) if row.charged_until else "not yet" for row in rows],
    }

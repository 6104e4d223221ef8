"""DIDs: the numbers that the customer holds, on which account, what they cost it, and until when that is charged."""

from collections.abc import Sequence

import streamlit as st

from dashboard.customer.actions import Action, chosen
from dashboard.customer.dialogs.services import numbers
from dashboard.customer.sections import Rows, Tab
from dashboard.kit import formats
from dashboard.kit.tables.table import Column, Columns
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.base.text.labels import country_name, word
from data_access.queries.customers.customer import Head
from data_access.queries.services.numbers import MOST_SHOWN, DidsOf, NumberRow
from data_access.store.access import Access

_NEEDS = Permission.SERVICE_EDIT


def _remark(head: Head, rows: Sequence[NumberRow]) -> None:
    if len(rows) == MOST_SHOWN:
        st.caption(f"The first {MOST_SHOWN} by their digits: Find in the DID pool, with the Customer ID, has all.")
    if head.facts.bill_status is BillStatus.PROVISIONALLY_TERMINATED:
        st.warning("The customer is not charged for its numbers now; the vendor goes on charging us.")


def _actions(_: Head, row: NumberRow | None) -> list[Action]:
    about = chosen(row, lambda one: one.did_id, "Choose a number in the table first.")
    return [
        Action(numbers.ASSIGN, "Assign a number", ":material/add_call:", _NEEDS, gives="A number"),
        Action(numbers.ACCOUNT, "Put on an account", ":material/phone_forwarded:", _NEEDS, about.subject,
            about.obstacle, gives="A change of a number"),
        Action(numbers.RELEASE, "Release", ":material/phone_disabled:", _NEEDS, about.subject, about.obstacle,
            after_the_end=True),
    ]  # fmt: skip


def _columns(access: Access, _: Head) -> Columns[NumberRow]:
    columns: Columns[NumberRow] = (
        Column("Number", lambda row: row.number),
        Column("Status", lambda row: word(row.use)),
        Column("Account", lambda row: row.account_code),
        Column("Country", lambda row: country_name(row.country)),
        Column("Pricing batch", lambda row: row.batch),
        Column("Fee", numbers.fee, "amount"),
        Column("Description", lambda row: row.description),
        Column("Group", lambda row: row.group_name),
        Column("Held since", lambda row: formats.day(row.assigned_on) if row.assigned_on else ""),
        Column("Charged until", lambda row: formats.day(row.charged_until) if row.charged_until else "not yet"),
    )
    if not access.actor.may(Permission.CLASS_READ):
        return columns
    return (*columns[:6], Column("Vendor cost", numbers.vendor_cost, "amount"), *columns[6:])


TAB = Tab("DIDs", (
    Rows(
        DidsOf, _columns, alt="Numbers held by the customer", key="dids",
        empty="This customer holds no number.", remark=_remark, actions=_actions,
    ),
))  # fmt: skip

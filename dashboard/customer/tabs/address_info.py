"""Address info: how to reach the customer, field by field."""

import streamlit as st

from dashboard.customer.sections import Drawn, Tab
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import Permission, who_can
from data_access.queries.customers.address import AddressField, CustomerAddress
from data_access.queries.customers.customer import Head
from data_access.store.access import Access


def _draw(access: Access, head: Head) -> None:
    given = [field for field in access.fetch(CustomerAddress(head.customer_id)) if field.value]
    if not access.actor.may(Permission.PERSONAL_READ):
        st.caption("Personal data is masked: your role has no right to see it. "
                   f"{who_can(Permission.PERSONAL_READ).capitalize()} can.")  # fmt: skip
    if not given:
        st.text("No address and no contact has been entered. Edit adds them.")
        return
    columns: Columns[AddressField] = (
        Column("Field", lambda field: field.label),
        Column("Entered", lambda field: field.value),
    )
    table(given, columns, alt="Address and contacts of the customer")


TAB = Tab("Address info", (Drawn(_draw),))

"""Abbreviated dialing: how long short numbers may be, and what each of them dials."""

from dashboard.customer.dialogs import dialing
from dashboard.customer.sections import Fields, Rows, Tab
from dashboard.kit.tables.field_column import record_columns
from data_access.domain.sections import ABBREVIATED_NUMBER, DIALING
from data_access.queries.customers.section_rows import RecordsBeside
from data_access.queries.services.dialing import DialingWaits

TAB = Tab(
    "Abbreviated dialing",
    (
        Fields(DIALING, "No maximum length is set yet: it comes first, then the numbers.", dialing.LENGTH.action),
        Rows(
            lambda customer_id: RecordsBeside(customer_id, ABBREVIATED_NUMBER.name),
            lambda _access, _head: record_columns(ABBREVIATED_NUMBER),
            alt="Abbreviated numbers of the customer", empty="There is no abbreviated number.", key="abbreviated",
            actions=dialing.actions, waits=lambda access, head: access.fetch(DialingWaits(head.customer_id)),
        ),
    ),
)  # fmt: skip

"""Additional info: who looks after the customer, what it may do, and its number elsewhere."""

from collections.abc import Sequence

from dashboard.customer.dialogs.card import additional_info
from dashboard.customer.sections import Fields, Tab
from dashboard.kit import formats
from data_access.domain.sections import ADDITIONAL_INFO
from data_access.queries.customers.customer import Head


def _created(head: Head) -> Sequence[tuple[str, str]]:
    return [("Creation date", formats.day(head.created_on))]


TAB = Tab(
    ADDITIONAL_INFO.title,
    (Fields(ADDITIONAL_INFO, "Nothing has been entered.", additional_info.DIALOG.action, also=_created),),
)

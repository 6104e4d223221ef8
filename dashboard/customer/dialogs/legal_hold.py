"""The dialog Legal hold: while it is in force, nothing of the customer is erased or archived."""

from collections.abc import Mapping

from dashboard.customer.dialogs.dialog_frame import Draw, window
from dashboard.customer.dialogs.hold_form import NAME, hold_form
from data_access.queries.customers.customer import Head
from data_access.store.access import Access


def _hold(access: Access, head: Head) -> None:
    hold_form(access, head.customer_id, head.customer_code, is_held=head.legal_hold)


DIALOGS: Mapping[str, Draw] = {NAME: window("Legal hold", _hold)}

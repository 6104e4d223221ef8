"""Address info: how to reach the customer, field by field."""

from dashboard.customer.actions import Action
from dashboard.customer.dialogs import edit_customer
from dashboard.customer.sections import Fields, Tab
from data_access.domain.sections import ADDRESS_INFO

_EDIT = Action(edit_customer.NAME, "Edit address info", ":material/edit:", ADDRESS_INFO.changes, edits=True)

TAB = Tab(
    ADDRESS_INFO.title, (Fields(ADDRESS_INFO, "No address and no contact has been entered. Edit adds them.", _EDIT),)
)

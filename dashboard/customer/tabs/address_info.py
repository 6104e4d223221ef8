"""Address info: how to reach the customer, field by field."""

from dashboard.customer.sections import Fields, Tab
from data_access.domain.sections import ADDRESS_INFO

TAB = Tab(ADDRESS_INFO.title, (Fields(ADDRESS_INFO, "No address and no contact has been entered. Edit adds them."),))

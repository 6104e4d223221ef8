"""Bulk actions: what was done to many customers at once, how far each run has come, by whom and when."""

from dashboard.bulk.run_list import run_list
from dashboard.kit.context import open_page
from data_access.base.permissions import Permission

access = open_page("Bulk actions", Permission.CUSTOMER_BULK)
run_list(access)

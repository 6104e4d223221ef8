"""One bulk action: its trial, its start, its progress, the outcome of each customer, and undoing it."""

from dashboard.bulk.run_page import run_page
from dashboard.kit.context import open_page
from data_access.base.permissions import Permission

access = open_page("Bulk action", Permission.CUSTOMER_BULK)
run_page(access)

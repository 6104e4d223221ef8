"""Next invoice: what the current period of a customer amounts to as of now, line by line."""

from dashboard.invoice import next_invoice
from dashboard.kit.addresses import page_params
from dashboard.kit.context import open_page
from data_access.base.permissions import Permission

access = open_page("Next invoice", Permission.CUSTOMER_READ)
next_invoice.draw(access, page_params.customer_id())  # never from the cache: money depends on it

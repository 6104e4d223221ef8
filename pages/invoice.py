"""Invoice: one invoice as it is printed, to read here and to save as a file."""

from dashboard.invoice import invoice_paper
from dashboard.kit import cache
from dashboard.kit.addresses import page_params
from dashboard.kit.context import open_page
from data_access.base.permissions import Permission
from data_access.queries.billing.paper import InvoicePaper

access = open_page("Invoice", Permission.CUSTOMER_READ)
invoice_paper.draw(cache.fetch(access, InvoicePaper(page_params.invoice_id())))

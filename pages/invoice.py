"""Invoice: one invoice as it is printed, to read here and to save as a file."""

from dashboard.invoice import invoice_paper
from dashboard.kit import cache
from dashboard.kit.addresses import page_params
from dashboard.kit.addresses.dead_end import FIND, dead_end
from dashboard.kit.context import open_page
from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.queries.billing.paper import InvoicePaper

access = open_page("Invoice", Permission.CUSTOMER_READ)
try:
    paper = cache.fetch(access, InvoicePaper(page_params.invoice_id()))
except NotFound:
    dead_end("invoice", "its customer belongs to another reseller", *FIND)
else:
    invoice_paper.draw(paper)

"""Next invoice: what the current period of a customer amounts to as of now, line by line."""

from dashboard.invoice import next_invoice
from dashboard.kit.addresses import page_params
from dashboard.kit.addresses.dead_end import FIND, dead_end
from dashboard.kit.context import open_page
from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.queries.customers.billing_terms import BillingTermsOf

access = open_page("Next invoice", Permission.CUSTOMER_READ)
try:
    customer_id = page_params.customer_id()
    terms = access.fetch(BillingTermsOf(customer_id))  # never from the cache: money depends on it
except NotFound:
    dead_end("customer", "the customer belongs to another reseller", *FIND)
else:
    next_invoice.draw(access, customer_id, terms)

"""Invoice templates: the texts above and below the lines of an invoice, and the columns of the lines."""

from dashboard.kit.context import open_page
from dashboard.records.record_page import RecordPage
from data_access.base.permissions import Permission
from data_access.commands.classes.invoicing import AddInvoiceTemplate, ChangeInvoiceTemplate, RemoveInvoiceTemplate
from data_access.domain.sections import INVOICE_TEMPLATE

TEMPLATES = RecordPage(
    "invoice template", "How invoices are laid out. A class or a customer names one; without it they are plain.",
    INVOICE_TEMPLATE, AddInvoiceTemplate, ChangeInvoiceTemplate, RemoveInvoiceTemplate, columns=("name", "title"),
)  # fmt: skip

access = open_page("Invoice templates", Permission.CLASS_READ)
TEMPLATES.draw(access)

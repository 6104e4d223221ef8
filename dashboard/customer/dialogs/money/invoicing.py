"""The dialogs of how a customer is invoiced, and of the payments that its card makes by itself."""

from dashboard.customer.dialogs.section_dialog import SectionDialog
from data_access.commands.billing.invoicing_settings import EditInvoicing
from data_access.domain.sections import INVOICING

SETTINGS = SectionDialog("Change invoicing and taxation", INVOICING, EditInvoicing)
DIALOGS = SETTINGS.dialogs

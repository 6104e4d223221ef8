"""The dialog of additional info."""

from dashboard.customer.dialogs.section_dialog import SectionDialog
from data_access.commands.customers.additional import EditAdditionalInfo
from data_access.domain.sections import ADDITIONAL_INFO

_LAYOUT = (
    ("reference_number", "tax_id"),
    ("representative_id", "distributor_id"),
    ("discount_rate", "send_statistics"),
    ("office_type", "main_office_id"),
    ("did_batch_id", ("override_tariffs_enabled", "balance_transfer_allowed", "callshop_enabled")),
)

DIALOG = SectionDialog("Edit additional info", ADDITIONAL_INFO, EditAdditionalInfo, _LAYOUT)

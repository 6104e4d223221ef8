"""The dialogs of measured services: the customer's own terms of a parameter added, changed and given back."""

from dashboard.customer.dialogs.row_dialogs import RowDialogs
from data_access.commands.usage.measuring import AddMeasuredService, ChangeMeasuredService, RemoveMeasuredService
from data_access.domain.sections import MEASURED_SERVICE
from data_access.queries.services.measured_services import MeasuredRow


def _inherited(row: MeasuredRow) -> str:
    return "" if row.record_id else "These terms are those of the class: add own terms in their place."


DIALOGS = RowDialogs(
    "measured service", MEASURED_SERVICE, AddMeasuredService, ChangeMeasuredService, RemoveMeasuredService,
    layout=(("parameter", "service"), ("price", "free_items"), ("basis", "rate_code")),
    warns="The terms of the class hold again, where it has some. What was charged stays.", why_not=_inherited,
)  # fmt: skip

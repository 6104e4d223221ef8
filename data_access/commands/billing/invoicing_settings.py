"""How one customer is invoiced: its own settings, which override those of its class."""

from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from data_access.base.permissions import Permission
from data_access.domain.sections import INVOICING
from data_access.models.card.invoicing import OwnInvoices, OwnTaxation
from data_access.services.section_edit import EditBeside, Values
from data_access.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class EditInvoicing(EditBeside):
    """Changes how a customer is invoiced, from the next invoice on; what is blank follows its class."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    section: ClassVar = INVOICING
    called: ClassVar = "Invoicing"

    @override
    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        now = {name: values.get(name, getattr(row, name)) for name in INVOICING.names}
        complaints = {}
        if now["taxation"] is OwnTaxation.PROFILE and now["tax_profile_id"] is None:
            complaints["tax_profile_id"] = "Choose the tax profile."
        if now["invoices"] is OwnInvoices.TEMPLATE and now["invoice_template_id"] is None:
            complaints["invoice_template_id"] = "Choose the invoice template."
        return complaints

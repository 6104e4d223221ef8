"""Service configuration of customers: the features that one has of its own, and legal intercepts."""

from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from data_access.base.permissions import Permission
from data_access.domain.sections import LEGAL_INTERCEPT, SERVICE_CONFIGURATION
from data_access.domain.usage.service_features import unfit_limits
from data_access.services.section_edit import EditBeside
from data_access.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class EditServiceConfiguration(EditBeside):
    """Gives a customer features of its own, or leaves them to its class again."""

    needs: ClassVar = Permission.SERVICE_EDIT
    section: ClassVar = SERVICE_CONFIGURATION
    called: ClassVar = "The service configuration"

    @override
    def unfit(self, work: UnitOfWork, row: Any, values: dict[str, Any]) -> dict[str, str]:
        return unfit_limits(self.section.values(row) | values)


@dataclass(frozen=True, kw_only=True)
class OrderLegalIntercept(EditBeside):
    """Records that calls of a customer are handed over by order of a court, or that they are not any more."""

    needs: ClassVar = Permission.SERVICE_INTERCEPT
    section: ClassVar = LEGAL_INTERCEPT
    called: ClassVar = "The legal intercept"

    @override
    def unfit(self, work: UnitOfWork, row: Any, values: dict[str, Any]) -> dict[str, str]:
        told = self.section.values(row) | values
        return {"court_order": "Give the number of the order."} if told["ordered"] and not told["court_order"] else {}

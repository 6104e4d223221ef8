"""Tax profiles and invoice templates, maintained by administrators: added, changed and removed."""

from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from data_access.base.permissions import Permission
from data_access.domain.sections import INVOICE_TEMPLATE, TAX_PROFILE
from data_access.models.taxation import RATES, TaxWay
from data_access.services.section_edit import Values
from data_access.services.section_records import AddRecord, ChangeRecord, RemoveRecord
from data_access.store.unit_of_work import UnitOfWork

_PROFILE, _TEMPLATE = "The tax profile", "The invoice template"


@dataclass(frozen=True, kw_only=True)
class AddTaxProfile(AddRecord):
    """Adds a tax profile that classes and customers can be taxed by."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = TAX_PROFILE

    @override
    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        return _unfit(row, values)


@dataclass(frozen=True, kw_only=True)
class ChangeTaxProfile(ChangeRecord):
    """Changes a tax profile. Invoices that were issued keep their taxes; the next ones have the new."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = TAX_PROFILE
    called: ClassVar = _PROFILE

    @override
    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        return _unfit(row, values)


@dataclass(frozen=True, kw_only=True)
class RemoveTaxProfile(RemoveRecord):
    """Removes a tax profile by which nobody is taxed."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = TAX_PROFILE
    called: ClassVar = _PROFILE


@dataclass(frozen=True, kw_only=True)
class AddInvoiceTemplate(AddRecord):
    """Adds a layout of invoices."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = INVOICE_TEMPLATE


@dataclass(frozen=True, kw_only=True)
class ChangeInvoiceTemplate(ChangeRecord):
    """Changes a layout of invoices, those that were issued included: amounts stay as they are."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = INVOICE_TEMPLATE
    called: ClassVar = _TEMPLATE


@dataclass(frozen=True, kw_only=True)
class RemoveInvoiceTemplate(RemoveRecord):
    """Removes a layout that no class and no customer has."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = INVOICE_TEMPLATE
    called: ClassVar = _TEMPLATE


def _unfit(row: Any, values: Values) -> dict[str, str]:
    """An exemption has its reason, an added tax its rate; a tax stands once."""
    way, rates, reason = (values.get(name, getattr(row, name)) for name in ("way", "rates", "exempt_reason"))
    if way is TaxWay.EXEMPT:
        return {} if reason else {"exempt_reason": "Give the reason: invoices have to say why no tax is charged."}
    names = [tax for tax, _ in RATES.split(rates)]
    if way is TaxWay.ADDED and not names:
        return {"rates": "Give at least one tax that is added."}
    if len({name.casefold() for name in names}) < len(names):
        return {"rates": "A tax stands once in a profile: give each its own name."}
    return {}

"""The parameters of customer classes, which hold at once for all their customers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from data_access.base.permissions import Permission
from data_access.base.text.text_keys import fold
from data_access.domain.collections.terms import too_precise
from data_access.domain.sections import CUSTOMER_CLASS
from data_access.domain.usage.service_features import unfit_limits
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.usage.tariffs import Tariff
from data_access.services.section_edit import SectionEdit, write
from data_access.store.unit_of_work import UnitOfWork

CALLED = "The customer class"


@dataclass(frozen=True, slots=True)
class ClassSaved:
    customer_class_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class EditClass(SectionEdit[ClassSaved]):
    """Changes parameters of a class, which hold at once for all its customers."""

    code: ClassVar = "SetClass"
    formerly: ClassVar = {"typed": "changes"}
    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = ClassSaved
    section: ClassVar = CUSTOMER_CLASS
    called: ClassVar = CALLED

    customer_class_id: int
    shown: Mapping[str, str] = field(default_factory=dict)

    def apply(self, work: UnitOfWork) -> ClassSaved:
        of_class = work.lock(CustomerClass, self.customer_class_id, called=CALLED)
        different = self.different(work, of_class)
        write(of_class, different | {"name_key": fold(different.get("name", of_class.name))})
        return ClassSaved(of_class.id, of_class.version)

    def unfit(self, work: UnitOfWork, row: Any, values: dict[str, Any]) -> dict[str, str]:
        wrong = {
            "rounding_decimals": too_precise(values.get("rounding_decimals"), row.currency),
            "tariff_id": _wrong_tariff(work, values.get("tariff_id"), row.currency),
        }
        limits = unfit_limits(self.section.values(row) | values)
        return limits | {name: sentence for name, sentence in wrong.items() if sentence}


def _wrong_tariff(work: UnitOfWork, tariff_id: int | None, currency: str | None) -> str:
    """Why a class in this currency cannot name the tariff; empty where it can."""
    if tariff_id is None:
        return ""
    query = work.select(Tariff).where(Tariff.id == tariff_id, Tariff.removed_at.is_(None))
    tariff = work.session.scalars(query).one_or_none()
    if tariff is None:
        return "Choose the tariff from the list."
    if currency is None:
        return "A class without a currency fits customers of every currency: it can name no tariff."
    return "" if tariff.currency == currency else f"{tariff.name} is in {tariff.currency}, the class in {currency}."

"""The parameters of customer classes, which hold at once for all their customers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from data_access.base.permissions import Permission
from data_access.base.text.text_keys import fold
from data_access.domain.collections.terms import too_precise
from data_access.domain.sections import CUSTOMER_CLASS
from data_access.domain.usage.service_features import unfit_limits
from data_access.models.card.fraud import FraudProfile
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
            "tariff_id": _wrong_record(work, Tariff, values.get("tariff_id"), row.currency),
            "fraud_profile_id": _wrong_record(work, FraudProfile, values.get("fraud_profile_id"), row.currency),
        }
        limits = unfit_limits(self.section.values(row) | values)
        return limits | {name: sentence for name, sentence in wrong.items() if sentence}


def _wrong_record(
    work: UnitOfWork, model: type[Tariff] | type[FraudProfile], record_id: int | None, currency: str | None
) -> str:
    """Why a class in this currency cannot name the tariff or the profile; empty where it can."""
    if record_id is None:
        return ""
    query = work.select(model).where(model.id == record_id, model.removed_at.is_(None))
    record = work.session.scalars(query).one_or_none()
    called = "tariff" if model is Tariff else "fraud profile"
    if record is None:
        return f"Choose the {called} from the list."
    if currency is None:
        return f"A class without a currency fits customers of every currency: it can name no {called}."
    return "" if record.currency == currency else f"{record.name} is in {record.currency}, the class in {currency}."

"""The parameters of customer classes, which hold at once for all their customers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.base.text.text_keys import fold
from data_access.domain.collections.policy import Policy, first_versions
from data_access.domain.collections.terms import too_precise
from data_access.domain.sections import CUSTOMER_CLASS
from data_access.domain.usage.service_features import unfit_limits
from data_access.models.card.fraud import FraudProfile
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy
from data_access.models.usage.tariffs import Tariff
from data_access.services.section_edit import SectionEdit, Values, write
from data_access.services.section_records import RemoveRecord, SectionAdd
from data_access.store.unit_of_work import UnitOfWork

CALLED = "The customer class"


@dataclass(frozen=True, slots=True)
class ClassSaved:
    customer_class_id: int
    version: int


def lock_class(work: UnitOfWork, key: int) -> CustomerClass:
    """The class, locked; NotFound for one that was deleted."""
    of_class = work.lock(CustomerClass, key, called=CALLED)
    if of_class.removed_at is not None:
        raise NotFound(CALLED)
    return of_class


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
        of_class = lock_class(work, self.customer_class_id)
        different = self.different(work, of_class)
        write(of_class, different | {"name_key": fold(different.get("name", of_class.name))})
        return ClassSaved(of_class.id, of_class.version)

    def unfit(self, work: UnitOfWork, row: Any, values: dict[str, Any]) -> dict[str, str]:
        return unfit_class(work, self.section.values(row) | values, values, row.currency)


def unfit_class(work: UnitOfWork, whole: Values, values: Values, currency: str | None) -> dict[str, str]:
    """What is wrong with values of a class in this currency; `whole`: with those that stay."""
    wrong = {
        "rounding_decimals": too_precise(values.get("rounding_decimals"), currency),
        "tariff_id": _wrong_record(work, Tariff, values.get("tariff_id"), currency),
        "fraud_profile_id": _wrong_record(work, FraudProfile, values.get("fraud_profile_id"), currency),
    }
    return unfit_limits(whole) | {name: sentence for name, sentence in wrong.items() if sentence}


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


@dataclass(frozen=True, kw_only=True)
class AddClass(SectionAdd[ClassSaved]):
    """Adds a class with the usual terms of collection: nothing is collected but by reminding that it is due.

    The first class of all is the default one.
    """

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = ClassSaved
    section: ClassVar = CUSTOMER_CLASS
    unique: ClassVar = ("name",)

    def apply(self, work: UnitOfWork) -> ClassSaved:
        of_class = self.add(work)
        others = work.select(CustomerClass).where(CustomerClass.is_default).with_only_columns(CustomerClass.id)
        of_class.is_default = work.session.scalars(others.limit(1)).one_or_none() is None
        by = {"command_id": work.order.command_id, "login": work.actor.login}
        for version in first_versions(of_class.id, Policy(), at=work.now, **by):
            work.add(CollectionPolicy(**version))
        return ClassSaved(of_class.id, of_class.version)

    def unfit(self, work: UnitOfWork, row: Any, values: dict[str, Any]) -> dict[str, str]:
        return unfit_class(work, self.section.values(row) | values, values, values.get("currency"))


@dataclass(frozen=True, kw_only=True)
class DeleteClass(RemoveRecord):
    """Deletes a class that no customer has; the default class stays."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = CUSTOMER_CLASS
    called: ClassVar = CALLED

    def kept_because(self, work: UnitOfWork, row: Any) -> str:
        if row.is_default:
            return "The default class cannot be deleted: there is always one."
        return super().kept_because(work, row)

    def remove(self, work: UnitOfWork, row: Any) -> None:
        super().remove(work, row)
        row.name_key = f"{row.name_key[:120]}\n{row.id}"  # the name is free again

"""Override tariffs of a customer: pairs of tariffs, both of which are looked up for the price of a number."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar

from data_access.base.errors import Rejected
from data_access.base.permissions import Permission, who_can
from data_access.domain.sections import OVERRIDE_TARIFF
from data_access.models.card.additional import AdditionalInfo
from data_access.models.usage.tariffs import OverrideTariff, Tariff
from data_access.services.section_edit import Values
from data_access.services.section_records import AddBeside, ChangeBeside, RemoveBeside, owner_of
from data_access.store.unit_of_work import UnitOfWork

_PAIR = "The override tariff"


@dataclass(frozen=True, kw_only=True)
class AddOverrideTariff(AddBeside):
    """Lets a tariff override another for a customer; only where that is enabled on its Additional info."""

    needs: ClassVar = Permission.SERVICE_EDIT
    section: ClassVar = OVERRIDE_TARIFF

    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        _refuse_unless_enabled(work, row.customer_id)
        return wrong_pair(work, row, values)


@dataclass(frozen=True, kw_only=True)
class ChangeOverrideTariff(ChangeBeside):
    """Changes a pair: usage that is rated from now on is priced by it."""

    needs: ClassVar = Permission.SERVICE_EDIT
    section: ClassVar = OVERRIDE_TARIFF
    called: ClassVar = _PAIR

    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        _refuse_unless_enabled(work, row.customer_id)
        return wrong_pair(work, row, values)


@dataclass(frozen=True, kw_only=True)
class RemoveOverrideTariff(RemoveBeside):
    """Ends a pair: usage is priced by the original tariff alone."""

    needs: ClassVar = Permission.SERVICE_EDIT
    section: ClassVar = OVERRIDE_TARIFF
    called: ClassVar = _PAIR


def _refuse_unless_enabled(work: UnitOfWork, customer_id: int) -> None:
    own = work.select(AdditionalInfo).where(AdditionalInfo.customer_id == customer_id)
    if not work.session.scalar(own.with_only_columns(AdditionalInfo.override_tariffs_enabled)):
        raise Rejected(
            "Override tariffs are not enabled for this customer. "
            f"{who_can(Permission.CUSTOMER_EDIT).capitalize()} can enable them on Additional info."
        )


def wrong_pair(work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
    """What is wrong with a pair, at its field: each original once, both in the currency of the customer."""
    pair = {name: values.get(name, getattr(row, name)) for name in OVERRIDE_TARIFF.names}
    known = _tariffs(work, [key for key in pair.values() if key is not None])
    currency = owner_of(work, row).currency
    wrong = {name: _wrong(known.get(key), currency) for name, key in pair.items() if key is not None}
    if pair["original_id"] == pair["override_id"] is not None:
        wrong["override_id"] = "A tariff does not override itself: choose another."
    if not wrong.get("original_id") and _is_overridden(work, row, pair["original_id"]):
        wrong["original_id"] = "This tariff is already overridden for this customer."
    return {name: sentence for name, sentence in wrong.items() if sentence}


def _tariffs(work: UnitOfWork, keys: Collection[int]) -> dict[int, Tariff]:
    query = work.select(Tariff).where(Tariff.id.in_(keys), Tariff.removed_at.is_(None))
    return {tariff.id: tariff for tariff in work.session.scalars(query)}


def _wrong(tariff: Tariff | None, currency: str) -> str:
    if tariff is None:
        return "Choose the tariff from the list."
    return "" if tariff.currency == currency else f"{tariff.name} is in {tariff.currency}, the customer in {currency}."


def _is_overridden(work: UnitOfWork, row: Any, original_id: int | None) -> bool:
    others = work.select(OverrideTariff).where(
        OverrideTariff.customer_id == row.customer_id, OverrideTariff.original_id == original_id,
        OverrideTariff.removed_at.is_(None),
    )  # fmt: skip
    return any(other is not row for other in work.session.scalars(others))

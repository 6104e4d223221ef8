"""Rates of tariffs: many entered at once, a result a row; one changed, one removed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from data_access.base.errors import NotFound, Rejected
from data_access.base.permissions import Permission
from data_access.domain.sections import RATE, TARIFF
from data_access.models.usage.tariffs import Tariff, TariffRate
from data_access.services.records.entered_rows import Entering
from data_access.services.section_edit import Values, write
from data_access.services.section_records import AddRecord, ChangeRecord, RemoveRecord
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

MOST_AT_ONCE = 2_000
_TARIFF = "The tariff"


@dataclass(frozen=True, slots=True)
class RatesEntered:
    """`outcomes`: what became of each row, in order."""

    tariff_id: int
    outcomes: list[str]


@dataclass(frozen=True, kw_only=True)
class EnterRates(Command[RatesEntered]):
    """Enters rates of a tariff: a prefix that stands there is changed, another is added; a wrong row stops no other.

    `rows`: each with its fields as typed; what a row does not say stays as it is, or as a new rate has it.
    """

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = RatesEntered

    tariff_id: int
    rows: tuple[Mapping[str, str], ...]

    def apply(self, work: UnitOfWork) -> RatesEntered:
        if not 0 < len(self.rows) <= MOST_AT_ONCE:
            raise Rejected(f"Enter between 1 and {MOST_AT_ONCE:,} rates at once.")
        tariff = _lock(work, self.tariff_id)
        standing = _standing(work, tariff.id, {row.get("prefix", "").strip() for row in self.rows})
        entering = Entering(
            RATE, "prefix", standing, lambda values: work.session.add(TariffRate(tariff_id=tariff.id, **values)), write
        )
        return RatesEntered(tariff.id, entering.outcomes(self.rows))


def _lock(work: UnitOfWork, tariff_id: int) -> Tariff:
    """The tariff, locked; NotFound for one that was removed."""
    tariff = work.lock(Tariff, tariff_id, called=_TARIFF)
    if tariff.removed_at is not None:
        raise NotFound(_TARIFF)
    return tariff


def _standing(work: UnitOfWork, tariff_id: int, prefixes: Collection[str]) -> dict[str, TariffRate]:
    """The rates of these prefixes that a tariff has, by them."""
    query = work.select(TariffRate).where(
        TariffRate.tariff_id == tariff_id, TariffRate.prefix.in_(prefixes), TariffRate.removed_at.is_(None)
    )
    return {rate.prefix: rate for rate in work.session.scalars(query)}


@dataclass(frozen=True, kw_only=True)
class ChangeRate(ChangeRecord):
    """Changes a rate: usage that is rated from now on costs what it says; what was booked stays."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = RATE
    called: ClassVar = "The rate"

    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        same = _standing(work, row.tariff_id, [values.get("prefix", "")])
        taken = any(rate is not row for rate in same.values())
        return {"prefix": "The tariff already has a rate of this prefix."} if taken else {}


@dataclass(frozen=True, kw_only=True)
class RemoveRate(RemoveRecord):
    """Takes a rate out of its tariff: its numbers are priced by the next shorter prefix, if there is one."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = RATE
    called: ClassVar = "The rate"


@dataclass(frozen=True, kw_only=True)
class AddTariff(AddRecord):
    """Adds a tariff, without rates yet."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = TARIFF


@dataclass(frozen=True, kw_only=True)
class ChangeTariff(ChangeRecord):
    """Changes the name and the description of a tariff; its currency stays."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = TARIFF
    called: ClassVar = _TARIFF


@dataclass(frozen=True, kw_only=True)
class RemoveTariff(RemoveRecord):
    """Removes a tariff with its rates, unless a class or a customer uses it."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = TARIFF
    called: ClassVar = _TARIFF

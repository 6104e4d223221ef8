"""Measured services: the terms of a customer's own, and samples recorded, each instant of a parameter once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from data_access.base.errors import Rejected
from data_access.base.measured_parameters import MeasuredParameter
from data_access.base.permissions import Permission
from data_access.base.statuses import LEFT
from data_access.domain.sections import MEASURED_SERVICE
from data_access.models.usage.measuring import MOST_ITEMS, MeasuredSample
from data_access.services.facts.fees_of_customer import Looks
from data_access.services.section_records import AddBeside, ChangeBeside, RemoveBeside
from data_access.store.access import Command
from data_access.store.scope import visible
from data_access.store.unit_of_work import UnitOfWork

MOST_AT_ONCE = 10_000
_TERMS = "The measured service"


@dataclass(frozen=True, kw_only=True)
class AddMeasuredService(AddBeside):
    """Charges a customer for a parameter by terms of its own, in place of those of the class."""

    needs: ClassVar = Permission.SERVICE_EDIT
    section: ClassVar = MEASURED_SERVICE
    unique: ClassVar = ("parameter",)


@dataclass(frozen=True, kw_only=True)
class ChangeMeasuredService(ChangeBeside):
    """Changes a customer's own terms, from the period on that runs; what was charged stays."""

    needs: ClassVar = Permission.SERVICE_EDIT
    section: ClassVar = MEASURED_SERVICE
    called: ClassVar = _TERMS
    unique: ClassVar = ("parameter",)


@dataclass(frozen=True, kw_only=True)
class RemoveMeasuredService(RemoveBeside):
    """Takes a customer's own terms away: those of the class hold again, where it has some."""

    needs: ClassVar = Permission.SERVICE_EDIT
    section: ClassVar = MEASURED_SERVICE
    called: ClassVar = _TERMS


@dataclass(frozen=True, slots=True)
class CountedItems:
    """What was counted of a customer at an instant."""

    parameter: MeasuredParameter
    at: datetime
    value: int


Place = tuple[int, MeasuredParameter, datetime]


@dataclass(frozen=True, slots=True)
class SamplesRecorded:
    """How many were recorded and how many stood here already, whose were not taken, and those that differ.

    `refused`: customers that have left. `differs`: places in the order whose instant has another value here.
    """

    recorded: int
    before: int
    refused: list[int]
    differs: list[int]


@dataclass(frozen=True, kw_only=True)
class RecordSamples(Command[SamplesRecorded]):
    """Records what was counted, each with the id of its customer; what stands at an instant already stays.

    They are charged when the billing period of their day closes; those that come later change no charge.
    """

    needs: ClassVar = Permission.IMPORT_RUN
    result_type: ClassVar = SamplesRecorded

    samples: tuple[tuple[int, CountedItems], ...]

    def apply(self, work: UnitOfWork) -> SamplesRecorded:
        if not 0 < len(self.samples) <= MOST_AT_ONCE:
            raise Rejected(f"Record between 1 and {MOST_AT_ONCE:,} samples at once.")
        locked = work.lock_customers({customer_id for customer_id, _ in self.samples})
        for _, counted in self.samples:
            if refusal := refusal_of_sample(counted, work.now):
                raise Rejected(refusal)
        open_ones = {key for key, row in locked.items() if row.bill_status not in LEFT}
        known = samples_at(work, [(key, counted) for key, counted in self.samples if key in open_ones])
        new: dict[Place, int] = {}
        before, differs = 0, []
        for number, (key, counted) in enumerate(self.samples):
            place = key, counted.parameter, counted.at
            if key not in open_ones:
                continue
            stands = known.get(place, new.get(place))
            if stands is None:
                new[place] = counted.value
            elif stands == counted.value:
                before += 1
            else:
                differs.append(number)
        work.session.add_all(
            MeasuredSample(customer_id=key, parameter=parameter, at=at, value=value)
            for (key, parameter, at), value in new.items()
        )
        refused = sorted({key for key, _ in self.samples} - open_ones)
        return SamplesRecorded(len(new), before, refused, differs)


def refusal_of_sample(counted: CountedItems, now: datetime) -> str:
    """Why nobody can have counted this; empty where somebody can."""
    if counted.at > now:
        return "Nothing can have been counted in the future."
    if not 0 <= counted.value <= MOST_ITEMS:
        return f"Give a whole number from 0 to {MOST_ITEMS:,}."
    return ""


def samples_at(look: Looks, asked: Collection[tuple[int, CountedItems]]) -> dict[Place, int]:
    """What stands at these instants already."""
    if not asked:
        return {}
    instants = {counted.at for _, counted in asked}
    query = visible(MeasuredSample, look.actor).where(
        MeasuredSample.customer_id.in_({key for key, _ in asked}),
        MeasuredSample.at.in_(instants),
    )
    columns = (MeasuredSample.customer_id, MeasuredSample.parameter, MeasuredSample.at, MeasuredSample.value)
    return {(row[0], row[1], row[2]): row[3] for row in look.session.execute(query.with_only_columns(*columns))}

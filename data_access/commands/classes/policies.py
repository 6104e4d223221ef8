"""The terms of customer classes, a new version for each change, and the holidays of the company."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import ClassVar

from data_access.base.clock import long_day
from data_access.base.errors import Invalid, Rejected, Stale
from data_access.base.permissions import Permission
from data_access.commands.classes.classes import lock_class
from data_access.domain.collections.policy import policy_of
from data_access.domain.collections.terms import read_policy
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy, Holiday, Section
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_UNCHANGED = "Nothing was changed, so nothing was saved."


@dataclass(frozen=True, slots=True)
class PolicySaved:
    """`number`: the version that holds for invoices from now on."""

    customer_class_id: int
    number: int


@dataclass(frozen=True, slots=True)
class HolidaySaved:
    holiday_id: int


@dataclass(frozen=True, kw_only=True)
class SetPolicy(Command[PolicySaved]):
    """Gives a class new terms for one kind of invoices. Invoices that stand keep the version they were issued under.

    `number` is the version that was shown: Stale when someone else has made a newer one.
    """

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = PolicySaved

    customer_class_id: int
    section: Section
    number: int
    typed: Mapping[str, str]

    def apply(self, work: UnitOfWork) -> PolicySaved:
        of_class = lock_class(work, self.customer_class_id)
        current = _current_terms(work, of_class, self.section)
        if current.number != self.number:
            raise Stale("This policy")
        before = policy_of(current)
        after = read_policy(self.typed, before)
        if after == before:
            raise Rejected(_UNCHANGED)
        made = CollectionPolicy(
            customer_class_id=of_class.id, section=self.section, number=current.number + 1,
            command_id=work.order.command_id, at=work.now, login=work.actor.login, **asdict(after),
        )  # fmt: skip
        return PolicySaved(of_class.id, work.add(made).number)


def _current_terms(work: UnitOfWork, of_class: CustomerClass, section: Section) -> CollectionPolicy:
    held = work.select(CollectionPolicy).where(
        CollectionPolicy.customer_class_id == of_class.id,
        CollectionPolicy.section == section,
        CollectionPolicy.in_force(work.now),
    )
    return work.session.scalars(held).one()


@dataclass(frozen=True, kw_only=True)
class AddHoliday(Command[HolidaySaved]):
    """Makes a day one on which the company does not work: limiting and suspending wait for the next working day."""

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = HolidaySaved

    day: date
    name: str

    def apply(self, work: UnitOfWork) -> HolidaySaved:
        name = self.name.strip()
        if not name or len(name) > 120:
            raise Invalid({"name": "Name the holiday, in at most 120 characters."})
        _refuse_past(self.day, work)
        before = work.session.scalars(work.select(Holiday).where(Holiday.day == self.day)).one_or_none()
        if before is None:
            return HolidaySaved(work.add(Holiday(day=self.day, name=name)).id)
        if before.removed_at is None:
            raise Invalid({"day": f"{long_day(self.day)} is already a holiday: {before.name}."})
        before.name, before.removed_at = name, None
        return HolidaySaved(before.id)


@dataclass(frozen=True, kw_only=True)
class RemoveHoliday(Command[HolidaySaved]):
    """Makes a day ahead a working day again; its row stays in the history."""

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = HolidaySaved

    holiday_id: int

    def apply(self, work: UnitOfWork) -> HolidaySaved:
        holiday = work.lock(Holiday, self.holiday_id, called="The holiday")
        if holiday.removed_at is not None:
            raise Rejected("This holiday has already been removed.")
        _refuse_past(holiday.day, work)
        holiday.removed_at = work.now
        return HolidaySaved(holiday.id)


def _refuse_past(day: date, work: UnitOfWork) -> None:
    """The day itself has begun somewhere, and what was due on it may have waited already."""
    if (day - work.now.date()).days < 2:
        raise Invalid(
            {"day": "Choose a day that begins two days from now or later: nearer ones may have begun somewhere."}
        )

"""Saved views: a person saves one, shares it, changes it, removes it, and sets the defaults of a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from data_access.base.choices.viewed_lists import SharedWith, ViewedList
from data_access.base.errors import Invalid, NotFound, Rejected, Stale
from data_access.base.permissions import Permission, Role
from data_access.base.text.text_keys import fold
from data_access.domain.sections import SAVED_VIEW
from data_access.models.people import Person
from data_access.models.work.views import ListHabit, SavedView, ViewReader
from data_access.search.list_address import LONGEST, NO_NAMES, read, written
from data_access.store.access import Command
from data_access.store.scope import reaches
from data_access.store.unit_of_work import UnitOfWork

_CALLED = "The view"
_MOST = 100


@dataclass(frozen=True, slots=True)
class ViewSaved:
    view_id: int
    version: int


@dataclass(frozen=True, slots=True)
class HabitKept:
    habit_id: int


@dataclass(frozen=True, kw_only=True)
class _OfView:
    """What a view holds. `address`: what stands behind the question mark; `people`: those whom it is shared with."""

    name: str
    address: str
    shared_with: SharedWith = SharedWith.NOBODY
    role: Role | None = None
    people: tuple[int, ...] = ()

    def permission(self) -> Permission:
        return Permission.VIEW_SHARE if self.shared_with is SharedWith.EVERYONE else Permission.CUSTOMER_READ

    def read(self, work: UnitOfWork, page: ViewedList, view_id: int | None) -> dict[str, Any]:
        """The columns of the view. Invalid with every complaint; NotPermitted for what its owner may not ask."""
        typed = {"name": self.name, "shared_with": self.shared_with.value}
        judged = SAVED_VIEW.judged(typed | ({"role": self.role or ""} if self.shared_with is SharedWith.ROLE else {}))
        address = read(page, self.address, NO_NAMES)
        complaints = dict(judged.complaints) | self._unfit(work, page, view_id)
        if address.lost or len(self.address) > LONGEST:
            complaints["address"] = " ".join(address.lost) or "This filter is too long to be saved."
        if complaints:
            raise Invalid(complaints)
        address.filter.require(work.actor)
        kept: dict[str, Any] = {"role": None, **judged.values, "address": written(address.params)}
        return kept | {"name_key": fold(kept["name"])}

    def _unfit(self, work: UnitOfWork, page: ViewedList, view_id: int | None) -> dict[str, str]:
        mine = work.select(SavedView).where(
            SavedView.owner_id == work.actor.person_id, SavedView.page == page, SavedView.removed_at.is_(None),
            SavedView.id != (view_id or 0),
        )  # fmt: skip
        names = list(work.session.scalars(mine.with_only_columns(SavedView.name_key).limit(_MOST)))
        complaints = {"name": "You have a view of this name already."} if fold(self.name) in names else {}
        if len(names) == _MOST and view_id is None:
            complaints["name"] = f"You have {_MOST} views of this list already: remove one first."
        if self.shared_with is SharedWith.PEOPLE:
            there = work.select(Person).where(Person.id.in_(self.people), Person.is_active.is_(True))
            found = set(work.session.scalars(there.with_only_columns(Person.id)))
            if not self.people or found != set(self.people):
                complaints["people"] = "Choose the people from the list."
        return complaints


@dataclass(frozen=True, kw_only=True)
class SaveView(_OfView, Command[ViewSaved]):
    """Keeps how a list is filtered, sorted and shown, under a name; to share it with everyone is a right of its own."""

    needs: ClassVar = Permission.CUSTOMER_READ
    result_type: ClassVar = ViewSaved

    page: ViewedList

    def apply(self, work: UnitOfWork) -> ViewSaved:
        values = self.read(work, self.page, None)
        view = work.add(SavedView(owner_id=_person(work), page=self.page, **values))
        _share(work, view, self.people if self.shared_with is SharedWith.PEOPLE else ())
        return ViewSaved(view.id, view.version)


@dataclass(frozen=True, kw_only=True)
class ChangeView(_OfView, Command[ViewSaved]):
    """Changes a view of one's own: its name, what it shows, who has it."""

    needs: ClassVar = Permission.CUSTOMER_READ
    result_type: ClassVar = ViewSaved

    view_id: int
    version: int

    def apply(self, work: UnitOfWork) -> ViewSaved:
        view = _own(work, self.view_id, self.version)
        for name, value in self.read(work, view.page, view.id).items():
            setattr(view, name, value)
        view.version += 1
        _share(work, view, self.people if self.shared_with is SharedWith.PEOPLE else ())
        return ViewSaved(view.id, view.version)


@dataclass(frozen=True, kw_only=True)
class RemoveView(Command[ViewSaved]):
    """Takes a view of one's own away, from everybody who has it."""

    needs: ClassVar = Permission.CUSTOMER_READ
    result_type: ClassVar = ViewSaved

    view_id: int
    version: int

    def apply(self, work: UnitOfWork) -> ViewSaved:
        view = _own(work, self.view_id, self.version)
        view.removed_at = work.now
        view.version += 1
        return ViewSaved(view.id, view.version)


@dataclass(frozen=True, kw_only=True)
class KeepListHabit(Command[HabitKept]):
    """Keeps which columns of a list a person has, in their order, and whether its rows are high."""

    needs: ClassVar = Permission.CUSTOMER_READ
    result_type: ClassVar = HabitKept

    page: ViewedList
    columns: tuple[str, ...]
    is_roomy: bool = False

    def apply(self, work: UnitOfWork) -> HabitKept:
        columns = " ".join(self.columns)
        if len(columns) > ListHabit.columns.type.length or any(" " in name for name in self.columns):
            raise Invalid({"columns": "These are too many columns to be kept."})
        habit = _habit(work, self.page)
        habit.columns, habit.is_roomy = columns, self.is_roomy
        habit.version += 1
        return HabitKept(habit.id)


@dataclass(frozen=True, kw_only=True)
class ChooseDefaultView(Command[HabitKept]):
    """Says with which view a list opens for this person; None: with all that it lists."""

    needs: ClassVar = Permission.CUSTOMER_READ
    result_type: ClassVar = HabitKept

    page: ViewedList
    view_id: int | None = None

    def apply(self, work: UnitOfWork) -> HabitKept:
        if self.view_id is not None and _seen(work, self.view_id).page is not self.page:
            raise Rejected("This view is one of another list.")
        habit = _habit(work, self.page)
        habit.view_id = self.view_id
        habit.version += 1
        return HabitKept(habit.id)


def _person(work: UnitOfWork) -> int:
    if work.actor.person_id is None:
        raise Rejected("Views belong to people: what happens automatically has none.")
    return work.actor.person_id


def _seen(work: UnitOfWork, view_id: int) -> SavedView:
    """The view, locked; NotFound where it does not reach the actor."""
    reached = work.select(SavedView).where(SavedView.id == view_id, reaches(work.actor), SavedView.removed_at.is_(None))
    if work.session.scalar(reached.with_only_columns(SavedView.id)) is None:
        raise NotFound(_CALLED)
    return work.lock(SavedView, view_id, called=_CALLED)


def _own(work: UnitOfWork, view_id: int, version: int) -> SavedView:
    view = _seen(work, view_id)
    if view.owner_id != work.actor.person_id:
        raise Rejected("Only its owner can change or remove this view. Save it under a name of your own instead.")
    if view.version != version:
        raise Stale(_CALLED)
    return view


def _habit(work: UnitOfWork, page: ViewedList) -> ListHabit:
    mine = work.select(ListHabit).where(ListHabit.person_id == work.actor.person_id, ListHabit.page == page)
    habit = work.session.scalar(mine.with_for_update())
    return habit if habit is not None else work.add(ListHabit(person_id=_person(work), page=page, version=0))


def _share(work: UnitOfWork, view: SavedView, people: Iterable[int]) -> None:
    """The view is shared by name with these people and no others."""
    wanted = set(people) - {view.owner_id}
    standing = work.select(ViewReader).where(ViewReader.view_id == view.id, ViewReader.removed_at.is_(None))
    for reader in work.session.scalars(standing):
        if reader.person_id in wanted:
            wanted.remove(reader.person_id)
        else:
            reader.removed_at = work.now
            reader.version += 1
    for person_id in sorted(wanted):
        work.add(ViewReader(view_id=view.id, person_id=person_id))

"""The saved views of a list: those that reach a person, with what each shows today, and how they have the list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Select
from sqlalchemy.exc import OperationalError

from data_access.base.choices.viewed_lists import SharedWith, ViewedList
from data_access.base.engine import hurrying
from data_access.base.errors import NotPermitted
from data_access.base.integrity_errors import was_stopped
from data_access.base.permissions import Actor, Permission, Role
from data_access.models.card.custom_fields import CustomField
from data_access.models.people import Person
from data_access.models.work.views import ListHabit, SavedView, ViewReader
from data_access.queries.lists.counts import CountEach
from data_access.queries.lists.customers import AnyRow, Selection
from data_access.search.list_address import CustomNames, ListAddress, read
from data_access.services.facts.together import apart, together
from data_access.store.access import Query, Reader
from data_access.store.confined import made_once
from data_access.store.scope import reaches, visible

_MOST = 200
HURRY_SECONDS = 0.4
_A_COLLEAGUE = "a colleague"


@dataclass(frozen=True, slots=True)
class View:
    """A saved view as a person has it. `refusal`: why they may not ask what it asks; `people`: of one's own view."""

    id: int
    version: int
    name: str
    shows: ListAddress
    owner: str
    is_own: bool
    shared_with: SharedWith
    role: Role | None
    people: tuple[int, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class ViewsOfList:
    """The views, one's own first, and the habits of the list. `default`: the view that it opens with."""

    views: tuple[View, ...] = ()
    default: int | None = None
    columns: tuple[str, ...] = ()
    is_roomy: bool = False

    def view(self, view_id: int | None) -> View | None:
        return next((view for view in self.views if view.id == view_id), None)


@dataclass(frozen=True)
class Views(Query[ViewsOfList]):
    """The saved views of a list that reach this person: their own by name, then the others; at most 200."""

    needs: ClassVar = Permission.CUSTOMER_READ
    page: ViewedList

    def run(self, reader: Reader) -> ViewsOfList:
        actor = reader.actor
        found = apart(reader.session.execute(_asked(actor, actor, self.page)))
        rows = sorted(found["views"], key=lambda row: (row.owner_id != actor.person_id, row.name_key, row.id))
        readers = _by_view(found["readers"])
        custom = CustomNames(
            {row.id: row.name for row in found["custom"]},
            frozenset(row.id for row in found["custom"] if row.removed_at),
        )
        views = tuple(_view(actor, self.page, row, readers.get(row.id, ()), custom) for row in rows)
        for habit in found["habit"]:
            default = habit.view_id if any(view.id == habit.view_id for view in views) else None
            return ViewsOfList(views, default, tuple(habit.columns.split()), habit.is_roomy)
        return ViewsOfList(views)


@made_once
def _asked(whom: Actor, actor: Actor, page: ViewedList) -> Select[*tuple[Any, ...]]:
    """What reaches the actor, of all that `whom` may see."""
    return together(
        {
            "views": _reaching(whom, actor, page), "habit": _habit(whom, actor, page),
            "readers": _readers(whom, actor, page), "custom": _custom(whom),
        }
    )  # fmt: skip


def _reaching(whom: Actor, actor: Actor, page: ViewedList) -> Select[*tuple[Any, ...]]:
    mine = SavedView.owner_id == actor.person_id
    return (
        visible(SavedView, whom)
        .outerjoin(Person, Person.id == SavedView.owner_id)
        .where(SavedView.page == page, SavedView.removed_at.is_(None), reaches(actor))
        .with_only_columns(
            SavedView.id, SavedView.version, SavedView.name, SavedView.name_key, SavedView.address, SavedView.owner_id,
            SavedView.shared_with, SavedView.role, Person.name.label("owner"),
        )
        .order_by(mine.desc(), SavedView.name_key, SavedView.id)
        .limit(_MOST)
    )  # fmt: skip


def _habit(whom: Actor, actor: Actor, page: ViewedList) -> Select[*tuple[Any, ...]]:
    mine = visible(ListHabit, whom).where(ListHabit.person_id == actor.person_id, ListHabit.page == page)
    return mine.with_only_columns(ListHabit.view_id, ListHabit.columns, ListHabit.is_roomy)


def _view(actor: Actor, page: ViewedList, row: AnyRow, people: Sequence[int], custom: CustomNames) -> View:
    shows, is_own = read(page, row.address, custom), row.owner_id == actor.person_id
    refusal = ""
    try:
        shows.filter.require(actor)
    except NotPermitted as refused:
        refusal = str(refused)
    return View(
        row.id, row.version, row.name, shows, row.owner or _A_COLLEAGUE, is_own, row.shared_with, row.role,
        tuple(people) if is_own else (), refusal,
    )  # fmt: skip


def _readers(whom: Actor, actor: Actor, page: ViewedList) -> Select[*tuple[Any, ...]]:
    """Whom one's own views of a list are shared with."""
    standing = visible(ViewReader, whom).join(SavedView, SavedView.id == ViewReader.view_id)
    own = standing.where(SavedView.owner_id == actor.person_id, SavedView.page == page)
    return own.where(ViewReader.removed_at.is_(None)).with_only_columns(
        ViewReader.id, ViewReader.view_id, ViewReader.person_id
    )


def _by_view(readers: Iterable[AnyRow]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row in sorted(readers, key=lambda row: row.id):
        found.setdefault(row.view_id, []).append(row.person_id)
    return found


def _custom(whom: Actor) -> Select[*tuple[Any, ...]]:
    """The custom fields that a view may name."""
    return visible(CustomField, whom).with_only_columns(CustomField.id, CustomField.name, CustomField.removed_at)


@dataclass(frozen=True)
class CountShortly(Query[tuple[int, ...] | None]):
    """As `CountEach`; None where that takes longer than one waits for a number beside a name."""

    needs: ClassVar = Permission.CUSTOMER_READ
    filters: tuple[Selection, ...]
    seconds: float = HURRY_SECONDS

    def run(self, reader: Reader) -> tuple[int, ...] | None:
        try:
            with hurrying(reader.session.connection(), self.seconds):
                return CountEach(self.filters).run(reader)
        except OperationalError as trouble:
            if was_stopped(trouble):
                return None
            raise


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody whom a view can be shared with."""

    id: int
    name: str


@dataclass(frozen=True)
class Colleagues(Query[tuple[Colleague, ...]]):
    """Those who can sign in and whom this person sees, but for themselves, by their names; at most 500."""

    needs: ClassVar = Permission.CUSTOMER_READ

    def run(self, reader: Reader) -> tuple[Colleague, ...]:
        others = visible(Person, reader.actor).where(Person.is_active.is_(True), Person.id != reader.actor.person_id)
        asked = others.with_only_columns(Person.id, Person.name).order_by(Person.name, Person.id).limit(500)
        return tuple(Colleague(*row) for row in reader.session.execute(asked))

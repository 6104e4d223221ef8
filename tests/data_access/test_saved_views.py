"""Saved views: whom each reaches, what it shows today, what is refused, and how a person has a list."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Engine, Integer, literal_column

from data_access.base.choices.viewed_lists import SharedWith, ViewedList
from data_access.base.errors import Invalid, NotFound, NotPermitted, Refusal, Rejected, Stale
from data_access.base.permissions import Actor, Role
from data_access.commands.people.views import (
    ChangeView,
    ChooseDefaultView,
    KeepListHabit,
    RemoveView,
    SaveView,
    ViewSaved,
)
from data_access.models.card.custom_fields import CustomField
from data_access.notebook.views import view_called
from data_access.queries.audit.audit import FindCommands
from data_access.queries.lists.views import HURRY_SECONDS, Colleagues, CountShortly, View, Views
from data_access.search.filters import LISTED, CustomerFilter
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer, a_reseller
from tests.support.people import NOW, a_person, access_for
from tests.support.rows import insert

CUSTOMERS, ADVANCED = ViewedList.CUSTOMERS, ViewedList.ADVANCED_SEARCH
LATE = "overdue_over=10&currency=EUR&sort=balance&columns=status&columns=class&size=50"


def save(access: Access, name: str = "Late in EUR", address: str = LATE, **more: Any) -> ViewSaved:
    order = {"page": CUSTOMERS, "name": name, "address": address} | more
    return access.execute(SaveView(command_id=new_command_id(), **order))


def views(access: Access, page: ViewedList = CUSTOMERS) -> tuple[View, ...]:
    return access.fetch(Views(page)).views


def names(access: Access) -> list[str]:
    return [view.name for view in views(access)]


def acting(engine: Engine, actor: Actor) -> Access:
    return Access(engine, actor, lambda: NOW)


def test_a_view_gives_back_what_the_list_had(engine: Engine) -> None:
    access = access_for(engine, Role.MANAGER)
    save(access)
    save(access, "Broken", "where=or1:broken_promises.at_least.2&where=or1:status.is.suspended", page=ADVANCED)
    (view,) = views(access)
    assert view.shows.filter == CustomerFilter(overdue_over=10, currency=frozenset({"EUR"}))
    assert dict(view.shows.beside) == {"sort": ("balance",), "columns": ("status", "class"), "size": ("50",)}
    assert (view.is_own, view.owner, view.shows.lost, view.refusal) == (True, access.actor.name, (), "")
    (other,) = views(access, ADVANCED)
    assert "Broken promises at least 2 or Status is Suspended" in other.shows.filter.describe()


def test_a_view_reaches_those_whom_it_is_shared_with(engine: Engine) -> None:
    north, south = a_reseller(engine, name="North"), a_reseller(engine, name="South")
    boss, clerk, other = (a_person(engine, role) for role in (Role.MANAGER, Role.SUPPORT, Role.SUPPORT))
    near = a_person(engine, Role.SUPPORT, reseller_id=north)
    far = a_person(engine, Role.SUPPORT, reseller_id=south)
    of_north = a_person(engine, Role.MANAGER, reseller_id=north)
    mine = acting(engine, boss)
    save(mine, "A own")
    save(mine, "B named", shared_with=SharedWith.PEOPLE, people=(clerk.person_id, far.person_id))
    save(mine, "C role", shared_with=SharedWith.ROLE, role=Role.SUPPORT)
    save(mine, "D all", shared_with=SharedWith.EVERYONE)
    save(acting(engine, of_north), "E north", shared_with=SharedWith.ROLE, role=Role.SUPPORT)
    reached = {who.login: names(acting(engine, who)) for who in (boss, clerk, other, near, far, of_north)}
    assert reached == {
        boss.login: ["A own", "B named", "C role", "D all"],
        clerk.login: ["B named", "C role", "D all"],
        other.login: ["C role", "D all"],
        near.login: ["C role", "D all", "E north"],
        far.login: ["B named", "C role", "D all"],
        of_north.login: ["E north", "D all"],
    }
    assert {view.owner for view in views(acting(engine, far))} == {"a colleague"}
    assert {one.id for one in acting(engine, near).fetch(Colleagues())} == {of_north.person_id}


def refused_changes(access: Access, saved: ViewSaved) -> dict[str, Refusal]:
    """What becomes of each change that somebody tries on a view."""
    order = {"view_id": saved.view_id, "version": saved.version}
    tried = (
        ChangeView(command_id=new_command_id(), name="Theirs", address=LATE, **order),
        RemoveView(command_id=new_command_id(), **order),
    )
    refusals = {}
    for one in tried:
        with pytest.raises(Refusal) as refused:
            access.execute(one)
        refusals[one.code] = refused.value
    return refusals


def test_only_the_owner_changes_a_view_and_who_does_not_have_it_learns_nothing(engine: Engine) -> None:
    owner, clerk, admin = (access_for(engine, role) for role in (Role.MANAGER, Role.SUPPORT, Role.ADMIN))
    saved = save(owner, shared_with=SharedWith.ROLE, role=Role.SUPPORT)
    assert {type(refusal) for refusal in refused_changes(clerk, saved).values()} == {Rejected}
    assert {type(refusal) for refusal in refused_changes(admin, saved).values()} == {NotFound}
    older = replace(saved, version=saved.version - 1)
    assert {type(refusal) for refusal in refused_changes(owner, older).values()} == {Stale}


def test_a_view_is_changed_shared_with_others_and_removed_with_an_audit(engine: Engine) -> None:
    owner, ann, bob = access_for(engine, Role.MANAGER), access_for(engine), access_for(engine)
    people = {"shared_with": SharedWith.PEOPLE}
    saved = save(owner, people=(ann.actor.person_id,), **people)
    order = ChangeView(
        command_id=new_command_id(), view_id=saved.view_id, version=saved.version, name="Later",
        address="status=active",
        people=(bob.actor.person_id,), **people,
    )  # fmt: skip
    changed = owner.execute(order)
    assert owner.execute(order) == changed  # sent twice
    assert (names(ann), names(bob)) == ([], ["Later"])
    assert views(owner)[0].people == (bob.actor.person_id,)
    owner.execute(RemoveView(command_id=new_command_id(), view_id=saved.view_id, version=changed.version))
    assert names(owner) == names(bob) == []
    told = access_for(engine, Role.ADMIN).fetch(FindCommands()).rows
    assert [entry.what for entry in told if "view" in entry.what] == ["Remove view", "Change view", "Save view"]
    assert save(owner, "Later").view_id > saved.view_id  # the name is free again


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a name is needed": ({"name": " "}, "name"),
    "a name is used once": ({"name": "TAKEN"}, "name"),
    "a filter that is none": ({"address": "colour=red"}, "address"),
    "a value that is none": ({"address": "currency=XXX"}, "address"),
    "a condition that is none": ({"page": ADVANCED, "address": "where=shoe.is.44"}, "address"),
    "a filter too long": ({"page": ADVANCED, "address": "&".join(["where=balance.is.1"] * 500)}, "address"),
    "a role is needed": ({"shared_with": SharedWith.ROLE}, "role"),
    "people are needed": ({"shared_with": SharedWith.PEOPLE}, "people"),
    "people who are there": ({"shared_with": SharedWith.PEOPLE, "people": (99_999,)}, "people"),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_what_is_no_view_is_refused_at_its_field(sqlite_engine: Engine, wrong: str) -> None:
    access = access_for(sqlite_engine, Role.MANAGER)
    save(access, "Taken")
    over, field = REFUSED[wrong]
    with pytest.raises(Invalid) as refused:
        save(access, **over)
    assert set(refused.value.complaints) == {field}


@pytest.mark.parametrize("who", [(Role.SUPPORT, None), (Role.ANALYST, None), (Role.ADMIN, "North")])
def test_to_share_with_everyone_is_a_right_of_its_own(sqlite_engine: Engine, who: tuple[Role, str | None]) -> None:
    role, reseller = who
    over = {"reseller_id": a_reseller(sqlite_engine, name=reseller)} if reseller else {}
    access = access_for(sqlite_engine, role, **over)
    with pytest.raises(NotPermitted, match="share saved views with everyone"):
        save(access, shared_with=SharedWith.EVERYONE)
    saved = save(access)
    order = ChangeView(
        command_id=new_command_id(), view_id=saved.view_id, version=saved.version, name="All", address="",
        shared_with=SharedWith.EVERYONE,
    )  # fmt: skip
    with pytest.raises(NotPermitted):
        access.execute(order)


def test_who_may_not_search_by_a_name_is_told_so_and_cannot_save_it(sqlite_engine: Engine) -> None:
    analyst = access_for(sqlite_engine, Role.ANALYST)
    with pytest.raises(NotPermitted, match="see personal data"):
        save(analyst, address="q=smith")
    save(access_for(sqlite_engine, Role.MANAGER), address="q=smith", shared_with=SharedWith.EVERYONE)
    assert "see personal data" in views(analyst)[0].refusal


def test_a_view_that_names_what_is_gone_says_so_and_shows_the_rest(engine: Engine) -> None:
    field = {"name": "Region", "name_key": "region", "choices": "", "mandatory": False, "start": "", "personal": False}
    field_id = insert(engine, CustomField, field | {"kind": "text", "help": "", "removed_at": NOW})
    access = access_for(engine, Role.MANAGER)
    address = f"where=custom_text_{field_id}.is.North&where=currency.is.EUR&columns=custom_{field_id}&columns=class"
    save(access, address=address, page=ADVANCED)
    (gone,) = views(access, ADVANCED)
    assert gone.shows.filter.describe() == "Currency is EUR, not permanently terminated"
    assert dict(gone.shows.beside) == {"columns": ("class",)}
    assert gone.shows.lost == (
        "The custom field “Region” was removed: its condition is left out.",
        "The custom field “Region” was removed: its column is left out.",
    )
    with pytest.raises(Rejected, match="“Region” was removed"):
        view_called(gone.name, access).to_frame()


def test_a_person_has_a_list_as_they_like_it(engine: Engine) -> None:
    access, other = access_for(engine), access_for(engine)
    saved, theirs = save(access), save(other)

    def kept(view_id: int | None) -> None:
        access.execute(ChooseDefaultView(command_id=new_command_id(), page=CUSTOMERS, view_id=view_id))

    kept(saved.view_id)
    access.execute(KeepListHabit(command_id=new_command_id(), page=CUSTOMERS, columns=("class", "next"), is_roomy=True))
    found = access.fetch(Views(CUSTOMERS))
    assert (found.default, found.columns, found.is_roomy) == (saved.view_id, ("class", "next"), True)
    assert other.fetch(Views(CUSTOMERS)).default is None
    with pytest.raises(NotFound):
        kept(theirs.view_id)
    kept(None)
    assert access.fetch(Views(CUSTOMERS)).default is None
    kept(saved.view_id)
    access.execute(RemoveView(command_id=new_command_id(), view_id=saved.view_id, version=saved.version))
    assert access.fetch(Views(CUSTOMERS)).default is None  # what is gone opens nothing
    with pytest.raises(Invalid):
        access.execute(KeepListHabit(command_id=new_command_id(), page=CUSTOMERS, columns=("a b",)))


def test_a_view_is_a_frame_of_the_rows_of_the_screen(engine: Engine) -> None:
    north = a_reseller(engine, name="North")
    for number, balance in enumerate(("5", "0.001", "70", "8")):
        a_customer(
            engine, customer_code=f"C-{number}", balance=Decimal(balance), company_name="Ann Berg",
            currency="KWD" if number == 1 else "JPY", reseller_id=north if number < 2 else None,
        )  # fmt: skip
    owner = access_for(engine, Role.MANAGER)
    save(owner, "Debts", "balance_from=0.001&sort=balance", shared_with=SharedWith.EVERYONE)
    frame = view_called("debts", owner).to_frame()
    assert list(frame["customer_id"]) == ["C-2", "C-3", "C-0", "C-1"]
    assert list(frame["balance"]) == [Decimal(text) for text in ("70", "8", "5", "0.001")]
    assert str(frame["balance"].dtype) == "decimal128(24, 5)[pyarrow]"
    assert [str(frame[name].dtype) for name in ("status", "currency", "days_overdue")] == ["category"] * 2 + ["Int64"]
    assert view_called("Debts", access_for(engine, Role.ANALYST)).to_frame()["name"][0] == "A••••• B•••••"
    confined = access_for(engine, reseller_id=north)
    assert list(view_called("Debts", confined).to_frame()["customer_id"]) == ["C-0", "C-1"]
    told = access_for(engine, Role.ADMIN).fetch(FindCommands()).rows
    assert [entry.gist for entry in told if entry.login == confined.actor.login] == [
        "2 customers, balance at least 0.001, not permanently terminated, as frame of the view “Debts”"
    ]


def test_a_view_that_cannot_be_read_is_no_frame(engine: Engine) -> None:
    owner, analyst = access_for(engine, Role.MANAGER), access_for(engine, Role.ANALYST)
    with pytest.raises(Rejected, match="no view called “Nothing”"):
        view_called("Nothing", owner)
    save(owner, "Smiths", "q=smith", shared_with=SharedWith.EVERYONE)
    with pytest.raises(NotPermitted):
        view_called("Smiths", analyst).to_frame()
    save(owner, "Twice", "currency=EUR", shared_with=SharedWith.EVERYONE)
    save(access_for(engine, Role.MANAGER), "Twice", "currency=USD", shared_with=SharedWith.EVERYONE)
    assert f"{view_called('Twice', owner)}" == "in EUR, not permanently terminated"
    with pytest.raises(Rejected, match="several views called “Twice”"):
        view_called("Twice", analyst)


def test_views_are_counted_by_what_the_reader_sees(engine: Engine) -> None:
    north = a_reseller(engine, name="North")
    for number in range(3):
        a_customer(engine, customer_code=f"C-{number}", reseller_id=north if number else None)
    asked = CountShortly((LISTED, CustomerFilter(currency=frozenset({"USD"}))))
    assert access_for(engine).fetch(asked) == (3, 0)
    assert access_for(engine, reseller_id=north).fetch(asked) == (2, 0)


FAR = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT max(i) FROM n)"


@dataclass(frozen=True)
class Endless:
    """A filter that no database answers while one waits."""

    is_by_clock = False

    def where(self, _now: datetime) -> list[ColumnElement[bool]]:
        far = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT max(i) FROM n"
        )
        return [literal_column(f"({far})", Integer) > 0]

    def describe(self, *, quoted: bool = True) -> str:
        return f"endless, {quoted}"

    def require(self, _actor: Actor) -> None:
        pass


def test_a_view_that_cannot_be_counted_soon_has_no_number_and_harms_no_other(engine: Engine) -> None:
    a_customer(engine)
    access = access_for(engine)
    began = monotonic()
    assert access.fetch(CountShortly((LISTED, Endless()))) is None
    assert monotonic() - began < 20 * HURRY_SECONDS  # of the thirty seconds that other reads may take
    assert access.fetch(CountShortly((LISTED,))) == (1,)

"""One run of a page: the clock of its database, and what it has read kept until it changes something."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest

from dashboard.kit import context
from data_access.base.clock import system_clock
from data_access.base.engine import make_engine
from data_access.base.permissions import Permission, Role
from data_access.base.settings import settings
from data_access.commands.customers.notes import AddNote
from data_access.commands.customers.status import ChangeStatus
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.status.why import WhyThisState
from data_access.store.access import Access, access_as, new_command_id
from data_access.store.demo_clock import DemoTime
from tests.support.builders import a_customer
from tests.support.desk_app import DeskApp
from tests.support.people import a_person
from tests.support.statements import counted

AHEAD = timedelta(days=40)


def moved_ahead(desk_app: DeskApp, monkeypatch: pytest.MonkeyPatch, environment: str) -> timedelta:
    """How far a page is ahead of the system's clock when the demo's clock was moved."""
    actor = a_person(desk_app.engine)
    DemoTime(desk_app.engine).move_ahead(AHEAD)
    monkeypatch.setenv("APP_ENV", environment)
    settings.cache_clear()
    monkeypatch.setattr(context, "signed_in", lambda: actor)
    with context.one_run() as access:
        return access.now() - system_clock()


@pytest.mark.parametrize("environment", ["demo", "test", "production"])
def test_a_page_follows_the_clock_of_its_database(
    desk_app: DeskApp, monkeypatch: pytest.MonkeyPatch, environment: str
) -> None:
    assert abs(moved_ahead(desk_app, monkeypatch, environment) - AHEAD) < timedelta(seconds=5)


def test_a_notebook_and_a_page_agree_on_the_time(desk_app: DeskApp, monkeypatch: pytest.MonkeyPatch) -> None:
    moved_ahead(desk_app, monkeypatch, "demo")
    login = a_person(desk_app.engine, login="ann").login
    again = make_engine(desk_app.engine.url.render_as_string(hide_password=False))
    with context.one_run() as page:
        assert abs(access_as(again, login).now() - page.now()) < timedelta(seconds=5)
    again.dispose()


def test_a_run_reads_a_customer_once_until_it_changes_something(
    desk_app: DeskApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, actor = a_customer(desk_app.engine), a_person(desk_app.engine)
    monkeypatch.setattr(context, "signed_in", lambda: actor)
    with context.one_run() as access, counted(desk_app.engine) as statements:
        access.fetch(CustomerHead(customer))
        asked = len(statements)
        access.fetch(WhyThisState(customer))
        assert len(statements) == asked
        access.execute(AddNote(customer_id=customer, text="Called.", sticky=True, command_id=new_command_id()))
        assert [note.text for note in access.fetch(CustomerHead(customer)).notes] == ["Called."]


def test_what_is_masked_by_one_right_is_not_handed_to_another(
    desk_app: DeskApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, actor = a_customer(desk_app.engine), a_person(desk_app.engine, Role.SUPPORT)
    block = ChangeStatus(customer_id=customer, move="block", reason="Nadia", command_id=new_command_id())
    Access(desk_app.engine, a_person(desk_app.engine, Role.ADMIN)).execute(block)
    monkeypatch.setattr(context, "signed_in", lambda: actor)

    @dataclass(frozen=True)
    class Exported(WhyThisState):
        needs: ClassVar[Permission] = Permission.CUSTOMER_READ
        shows: ClassVar[Permission] = Permission.PERSONAL_EXPORT

    with context.one_run() as access:
        plain, masked = (access.fetch(query(customer)).causes[0].told for query in (WhyThisState, Exported))
    assert plain is not None
    assert masked is not None
    assert (plain.reason, masked.reason) == ("Nadia", "N•••••")

"""Bulk actions on the screen: customers picked or all of a filter, tried, started, looked at, gone on with, undone."""

from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from dashboard.bulk.run_export import results
from dashboard.kit.formats import moment
from data_access.base.clock import system_clock
from data_access.base.permissions import Role
from data_access.base.statuses import BulkState
from data_access.commands.bulk.runs import TryBulkAction
from data_access.domain.bulk import FIRST
from data_access.jobs.bulk_actions import carry_on
from data_access.models.bulk import BulkRun
from data_access.models.customers import Customer
from data_access.models.history import CommandLog
from data_access.queries.bulk.runs import BulkResults
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer
from tests.support.desk_app import DeskApp
from tests.support.forms import fill, press, said
from tests.support.people import access_for

NOBODY = "Nobody is picked: tick customers, on any page."


def several(engine: Engine, many: int, **over: Any) -> list[int]:
    return [a_customer(engine, customer_code=f"C-{number:02}", company_name="x", **over) for number in range(many)]


def manager(engine: Engine) -> Access:
    return access_for(engine, Role.MANAGER, system_clock())


def last_run(engine: Engine) -> BulkRun:
    with Session(engine) as session:
        return session.scalars(select(BulkRun).order_by(BulkRun.id.desc()).limit(1)).one()


def blocked(engine: Engine) -> int:
    with Session(engine) as session:
        return len(session.scalars(select(Customer.id).where(Customer.blocked)).all())


def buttons(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def a_trial(engine: Engine, *picked: int) -> int:
    """By the manager: the id of its run."""
    access = manager(engine)
    order = TryBulkAction(
        action="block", typed={"reason": "fraud"}, picked=picked, shown=len(picked), command_id=new_command_id()
    )
    run_id = access.execute(order).bulk_run_id
    carry_on(access, run_id, 99)
    return run_id


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ANALYST])
def test_who_may_not_act_on_many_sees_no_button(desk_app: DeskApp, role: Role) -> None:
    several(desk_app.engine, 2)
    assert "Bulk action" not in buttons(desk_app.open("customers", role))
    assert "no right to act on many customers at once" in said(desk_app.open("bulk_actions", role))


@pytest.mark.parametrize(("page", "address"), [("customers", {"currency": "EUR"}), ("advanced_search", {})])
def test_all_of_a_filter_are_named_with_their_count_and_tried(
    desk_app: DeskApp, page: str, address: dict[str, str]
) -> None:
    several(desk_app.engine, FIRST + 2)
    app = press(desk_app.open(page, Role.MANAGER, **address), "Bulk action")
    assert NOBODY in said(app)
    sentence = "in EUR, not permanently terminated" if address else "not permanently terminated"
    assert f"Or everybody in this list: {sentence}." in said(app)
    app = press(app, f"Act on all {FIRST + 2}")
    app = press(app, f"Try it on {FIRST + 2} customers")
    assert "Choose what to do." in said(app)
    app = fill(app, What_to_do="block")
    app = press(app, f"Try it on {FIRST + 2} customers")
    assert "Give the reason" in said(app)
    fill(app, Reason="*fraud*")
    press(app, f"Try it on {FIRST + 2} customers")
    run = last_run(desk_app.engine)
    assert (run.state, run.page, run.customers, run.reason) == (BulkState.TRIED, page, FIRST + 2, "*fraud*")
    assert blocked(desk_app.engine) == 0


def test_what_was_ticked_is_kept_on_other_pages_and_said(desk_app: DeskApp) -> None:
    keys = several(desk_app.engine, 3)
    app = desk_app.open("customers", Role.MANAGER, sort="customer_id")
    app.session_state["bulk-picked"] = {keys[2]: "C-02", 99: "Z-99"}
    app = press(app, "Bulk action")
    assert "Picked: Z-99, C-02; 1 of them not on this page." in said(app)
    app = press(app, "Act on 2 picked")
    fill(app, What_to_do="note")
    fill(app, Note="Call back")
    press(app, "Try it on 2 customers")
    assert (last_run(desk_app.engine).customers, last_run(desk_app.engine).page) == (1, "")
    app = press(press(desk_app.open("customers", Role.MANAGER), "Bulk action"), "Bulk action")
    assert NOBODY not in said(app)


def test_picks_are_cleared(desk_app: DeskApp) -> None:
    keys = several(desk_app.engine, 2)
    app = desk_app.open("customers", Role.MANAGER)
    app.session_state["bulk-picked"] = {keys[0]: "C-00"}
    app = press(app, "Bulk action")
    assert "Picked: C-00." in said(app)
    assert NOBODY in said(press(app, "Clear"))


def test_a_run_is_started_looked_at_gone_on_with_and_undone(desk_app: DeskApp) -> None:
    engine = desk_app.engine
    keys = several(engine, FIRST + 2)
    was = a_customer(engine, blocked=True, customer_code="C-99")
    run_id = a_trial(engine, *keys, was)
    app = desk_app.open("bulk_action", Role.MANAGER, id=str(run_id))
    assert "The customer is already blocked." in list(app.dataframe[0].value["What happens, or why not"])
    assert "8 customers picked in the list." in said(app)
    assert "8 customers: 8" not in said(app)
    app = press(app, f"Start: do the first {FIRST}, then look")
    assert blocked(engine) == FIRST + 1
    app = press(app, "Go on with the other 2")
    assert (blocked(engine), last_run(engine).state) == (FIRST + 3, BulkState.DONE)
    assert "Cancel" not in buttons(app)
    app.query_params["state"] = "left_out"
    assert list(app.run().dataframe[0].value["Customer ID"]) == ["C-99"]
    del app.query_params["state"]
    app = press(app.run(), f"Undo {FIRST + 2}")
    assert (blocked(engine), last_run(engine).state) == (1, BulkState.UNDONE)
    listed = desk_app.open("bulk_actions", Role.MANAGER).dataframe[0].value
    assert list(listed["What is done"]) == ["Block"]
    assert list(listed["Left out"]) == ["1"]


def test_a_trial_is_cancelled_and_a_wrong_address_is_said(desk_app: DeskApp) -> None:
    run_id = a_trial(desk_app.engine, *several(desk_app.engine, 2))
    app = press(desk_app.open("bulk_action", Role.MANAGER, id=str(run_id)), "Cancel")
    assert last_run(desk_app.engine).state is BulkState.CANCELLED
    assert "Undo" not in " ".join(buttons(app))
    for address in ({"id": str(run_id + 1)}, {}):
        assert "leads to no bulk action that you can see" in said(desk_app.open("bulk_action", Role.MANAGER, **address))
    assert "Nobody has acted on many" not in said(desk_app.open("bulk_actions", Role.MANAGER))


def test_the_result_is_a_file_without_formulas_and_noted(desk_app: DeskApp) -> None:
    key = a_customer(desk_app.engine, customer_code="=1+1")
    run_id = a_trial(desk_app.engine, key)
    access = manager(desk_app.engine)
    lines = results(access, run_id, "Asia/Tokyo").decode("utf-8-sig").splitlines()
    assert lines[0] == 'Customer ID,Result,"What happens, or why not",At'
    (row,) = access.fetch(BulkResults(run_id)).rows
    assert row.at is not None
    assert lines[1] == f'\'=1+1,Can be done,"Active → Active, blocked","{moment(row.at, "Asia/Tokyo")}"'
    with Session(desk_app.engine) as session:
        (entry,) = session.scalars(select(CommandLog).where(CommandLog.name == "ExportBulkResult"))
    assert entry.result["customers"] == 1

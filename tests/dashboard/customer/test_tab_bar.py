"""The registry of tabs: every module of a tab is in it, and every action opens a dialog that there is."""

from pathlib import Path

from sqlalchemy import Engine

from dashboard.customer import tab_bar
from dashboard.customer.actions import obstacle
from dashboard.customer.dialogs import dialog_host
from dashboard.customer.head_actions import OFTEN, rare
from dashboard.customer.sections import Rows
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.domain.editing import edit_refusal
from data_access.queries.customers.customer import CustomerHead
from tests.support.builders import a_customer
from tests.support.people import access_for

ROWS = [section for tab in tab_bar.TABS.values() for section in tab.sections if isinstance(section, Rows)]


def test_every_module_with_a_tab_is_in_the_bar() -> None:
    folder = Path(tab_bar.__file__).with_name("tabs")
    with_a_tab = {path.stem for path in folder.rglob("*.py") if "\nTAB = " in path.read_text(encoding="utf-8")}
    assert len(with_a_tab) == len(tab_bar.TABS) >= 11


def test_no_two_tables_of_the_tabs_share_a_key() -> None:
    keys = [section.key for section in ROWS]
    assert len(keys) == len(set(keys)) >= 7


def test_every_action_opens_a_dialog_that_is_drawn(sqlite_engine: Engine) -> None:
    head = access_for(sqlite_engine).fetch(CustomerHead(a_customer(sqlite_engine)))
    actions = [*OFTEN, *rare(head), *(action for rows in ROWS if rows.actions for action in rows.actions(head, None))]
    assert len(actions) > 15
    assert {action.dialog for action in actions} <= set(dialog_host._DRAW)


def test_before_an_exported_customer_a_button_says_that_it_cannot_be_edited(sqlite_engine: Engine) -> None:
    access = access_for(sqlite_engine, Role.ADMIN)
    head = access.fetch(CustomerHead(a_customer(sqlite_engine, bill_status=BillStatus.EXPORTED)))
    offered = [*OFTEN, *rare(head), *(action for rows in ROWS if rows.actions for action in rows.actions(head, None))]
    told = {action.label: obstacle(action, access.actor, head) for action in offered}
    refusal = edit_refusal(BillStatus.EXPORTED)
    assert {label for label, why in told.items() if why == refusal} >= {
        "Edit", "Add an account", "Add a number", "Paste many", "Warning thresholds", "Set the login",
    }  # fmt: skip
    assert {label for label, why in told.items() if "to a running customer only" in why} >= {
        "Add a subscription", "Grant a quota", "Assign a plan", "Assign a number", "Top up",
    }  # fmt: skip
    assert {label for label, why in told.items() if not why} == {
        "Adjust balance", "Note", "Change status", "Legal hold", "Plan a status change",
    }  # fmt: skip

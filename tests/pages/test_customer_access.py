"""The tabs Accounts and Web self-care, and their dialogs, worked in as a person does."""

from datetime import timedelta
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.kit import formats
from data_access.base.clock import system_clock
from data_access.base.permissions import Role
from data_access.commands.customers.status import PlanMove
from data_access.commands.services.accounts import EditAccount
from data_access.domain.sections import SELF_CARE, SERVICE_CONFIGURATION
from data_access.models.card.self_care import SelfCare, SelfCareLogin
from data_access.models.card.service_configuration import LegalIntercept, ServiceConfiguration
from data_access.models.customers import Account, Customer
from data_access.models.history import PlannedMove, PlanState
from data_access.services.self_care_sign_in import verify_self_care_login
from data_access.store.access import new_command_id
from tests.support.builders import a_class, a_customer, an_account, today
from tests.support.forms import field, fill, labels, press, said
from tests.support.people import access_for
from tests.support.tables import only
from tests.support.tabs import cells, choose, open_tab

CARE = SELF_CARE.title


def comes_in(app: Any, login: str, password: str) -> int:
    identity = verify_self_care_login(app.engine, login, password, ip="127.0.0.1", now=system_clock())
    return identity.customer_id


def the_accounts(desk_app: Any, **over: Any) -> tuple[int, AppTest]:
    customer = a_customer(desk_app.engine)
    an_account(desk_app.engine, customer, account_code="line-1", **over)
    return customer, choose(open_tab(desk_app, customer, "Accounts"), f"accounts-{customer}")


def test_an_account_is_added_and_a_complaint_stands_at_its_field(desk_app: Any) -> None:
    customer = a_customer(desk_app.engine)
    app = press(open_tab(desk_app, customer, "Accounts"), "Add an account")
    fill(app, **{"Account ID": "line-7", "Product": "Home line", "Own limit": "much"})
    press(app, "Add the account")
    assert "Choose the kind of account." in said(app)
    assert field(app, "Own limit").value == "much"
    press(fill(app, **{"Own limit": "20", "Kind of account": "sim"}), "Add the account")
    assert "Account line-7 is added." in said(app)
    assert "0.00 EUR of 20.00 EUR" in cells(app)


def test_an_account_is_changed_beside_what_others_changed(desk_app: Any) -> None:
    _, app = the_accounts(desk_app)
    press(app, "Change")
    fill(app, **{"Own limit": "5"})
    account = only(desk_app.engine, Account)
    order = EditAccount(
        account_id=account.id, version=1, shown={}, changes={"product": "Office"}, command_id=new_command_id()
    )
    access_for(desk_app.engine, Role.ADMIN).execute(order)
    press(app, "Save")
    saved = only(desk_app.engine, Account)
    assert (saved.product, saved.own_limit) == ("Office", 5)


def test_an_account_is_blocked_and_closed(desk_app: Any) -> None:
    _, app = the_accounts(desk_app)
    press(press(app, "Block"), "Block it")
    assert "Account line-1 is blocked." in said(app)
    assert "The account is blocked" in said(app)
    press(press(app, "Unblock"), "Unblock it")
    press(fill(press(app, "Close"), **{"DIDs on it": "pool"}), "Close it")
    assert "Account line-1 is closed since" in said(app)
    assert only(desk_app.engine, Account).numbers_at_end == "pool"


def test_an_analyst_reads_who_can_change_accounts_and_logins(desk_app: Any) -> None:
    customer = a_customer(desk_app.engine)
    app = open_tab(desk_app, customer, "Accounts", Role.ANALYST)
    add = next(one for one in app.button if one.label == "Add an account")
    assert add.disabled
    assert add.help.endswith("Support, a manager or an admin can.")
    app = open_tab(desk_app, customer, CARE, Role.ANALYST)
    assert all(one.disabled for one in app.button if one.label in ("Set the login", "New API token"))


def test_a_login_gets_a_password_that_is_shown_once_and_lets_in(desk_app: Any) -> None:
    customer = a_customer(desk_app.engine)
    app = press(open_tab(desk_app, customer, CARE, Role.SUPPORT), "Set the login")
    press(app, "Save")
    assert "Give the login." in said(app)
    press(fill(app, Login="Ann.K"), "Save")
    assert "Ann.K is the login of" in said(app)
    [shown] = [code.value for code in app.code]
    assert comes_in(desk_app, "ann.k", shown) == customer
    assert shown not in str(only(desk_app.engine, SelfCareLogin))
    press(app, "Put away")
    assert not app.code


def test_a_typed_password_is_judged_and_stands_in_no_draft(desk_app: Any) -> None:
    customer = a_customer(desk_app.engine)
    an_account(desk_app.engine, customer, account_code="line-1")
    app = choose(open_tab(desk_app, customer, CARE), f"logins-{customer}", row=1)
    press(app, "Set the login")
    fill(app, Login="line-one")
    app.radio[0].set_value("type").run()
    next(one for one in app.text_input if one.label == "Password").set_value("letters only").run()
    press(app, "Save")
    assert "one letter and one digit" in said(app)
    next(one for one in app.text_input if one.label == "Password").set_value("garden 12").run()
    press(app, "Save")
    assert comes_in(desk_app, "line-one", "garden 12") == customer
    assert not app.code
    assert "garden" not in drafts(desk_app)


def drafts(desk_app: Any) -> str:
    with desk_app.engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT typed FROM drafts").all())


def test_what_is_seen_is_edited_with_a_sample_and_returns_to_the_class(desk_app: Any) -> None:
    customer = a_customer(desk_app.engine)
    app = press(open_tab(desk_app, customer, CARE), SELF_CARE_BUTTON)
    press(fill(app, **{"Date output format": "dd"}), "Save")
    assert "Name the day, the month and the year once each" in said(app)
    press(fill(app, **{"Date output format": "dd mon yyyy"}), "Save")
    assert f"{system_clock():%d %b %Y}" in said(app)
    app = press(app, SELF_CARE_BUTTON)
    press(fill(app, **{"Date output format": ""}), "Save")
    assert only(desk_app.engine, SelfCare).output_date is None


SELF_CARE_BUTTON = "Edit self-care settings"


def test_the_api_token_is_made_shown_once_and_withdrawn(desk_app: Any) -> None:
    customer = a_customer(desk_app.engine)
    app = open_tab(desk_app, customer, CARE)
    assert "No API token has been made" in said(app)
    app = press(press(app, "New API token"), "Make a new token")
    [token] = [code.value for code in app.code]
    assert len(token) == 36
    assert set(token) <= set("0123456789abcdef-")
    assert token not in str(only(desk_app.engine, SelfCare))
    press(press(press(app, "Put away"), "Withdraw"), "Withdraw it")
    assert only(desk_app.engine, SelfCare).api_token_hash is None
    assert "Make a new token" not in labels(app)


SERVICES = SERVICE_CONFIGURATION.title


def test_features_stand_side_by_side_and_return_to_the_class(desk_app: Any) -> None:
    of_class = a_class(desk_app.engine, call_parking=True)
    customer = a_customer(desk_app.engine, customer_class_id=of_class)
    app = open_tab(desk_app, customer, SERVICES, Role.SUPPORT)
    assert next(one for one in app.button if one.label == "Return to the class").disabled
    assert "Legal intercept" not in said(app)
    press(app, "Edit the features")
    fill(app, **{"Limit simultaneous calls": "yes"})
    fill(app, **{"Calls in total": "2", "Forwarded calls": "3"})
    press(app, "Save")
    assert "Not more than the 2 calls in total." in said(app)
    press(fill(app, **{"Forwarded calls": "1"}), "Save")
    row = next(row for _, row in app.dataframe[0].value.iterrows() if row["Feature"] == "Limit simultaneous calls")
    assert row["Own"] == row["Holds"] != row["As class"] == "No"
    press(press(app, "Return to the class"), "Return them")
    assert "Every feature is as the class says." in said(app)
    assert only(desk_app.engine, ServiceConfiguration).limits_calls is None


def test_a_legal_intercept_is_ordered_by_those_who_may(desk_app: Any) -> None:
    customer = a_customer(desk_app.engine)
    app = press(open_tab(desk_app, customer, SERVICES, Role.ADMIN), "Edit the legal intercept")
    press(fill(app, **{"Legal intercept": True}), "Save")
    assert "Give the number of the order." in said(app)
    press(fill(app, Order="7 K 12"), "Save")
    assert only(desk_app.engine, LegalIntercept).court_order == "7 K 12"


LIFE = "Life cycle"


def test_the_billing_period_is_changed_on_its_date_and_taken_back(desk_app: Any) -> None:
    first, last = today().replace(day=1), today() + timedelta(days=3)
    customer = a_customer(desk_app.engine, period_from=first, period_to=last)
    app = open_tab(desk_app, customer, LIFE)
    assert formats.day(last + timedelta(days=1)) in list(app.dataframe[0].value["As it is"])
    press(app, "Change the billing period")
    fill(app, **{"Billing period": "anniversary"})
    press(fill(app, **{"Billing change date": last}), "Save")
    assert "The running billing period ends before it." in said(app)
    on = last + timedelta(days=12)
    press(fill(app, **{"Billing change date": on}), "Save")
    assert f"Monthly (anniversary), from {formats.day(on)} on" in list(app.dataframe[0].value["As it is"])
    press(app, "Change the billing period")
    press(fill(app, **{"Billing period": "monthly"}), "Save")
    assert "The billing period stays." in said(app)
    assert only(desk_app.engine, Customer).next_billing_period is None


def test_a_planned_status_change_is_moved_and_cancelled(desk_app: Any) -> None:
    customer = a_customer(desk_app.engine)
    order = PlanMove(
        customer_id=customer, move="provisionally_terminate", due_on=today() + timedelta(days=9), reason="moves away",
        command_id=new_command_id(),
    )  # fmt: skip
    access_for(desk_app.engine, Role.MANAGER, system_clock()).execute(order)
    app = choose(open_tab(desk_app, customer, LIFE), f"scheduled-{customer}")
    press(app, "Move")
    press(fill(app, **{"On the day": today() + timedelta(days=20), "Reason": "later"}), "Move it to this day")
    assert only(desk_app.engine, PlannedMove).due_on == today() + timedelta(days=20)
    press(press(choose(app, f"scheduled-{customer}"), "Cancel the plan"), "Cancel it")
    assert only(desk_app.engine, PlannedMove).state is PlanState.CANCELLED

"""Web self-care: who signs in with which login, what is shown there and how, and the API token."""

from datetime import datetime

import streamlit as st

from dashboard.customer.actions import Action, action_buttons
from dashboard.customer.dialogs.services import self_care
from dashboard.customer.sections import Drawn, Fields, Rows, Tab
from dashboard.kit import formats
from dashboard.kit.forms import one_time
from dashboard.kit.markdown import prose
from dashboard.kit.tables.table import Column, Columns
from data_access.base.permissions import Permission
from data_access.base.text.date_formats import written
from data_access.domain.sections import SELF_CARE
from data_access.queries.customers.customer import Head
from data_access.queries.customers.self_care import ApiTokenSince, FormatsInForce, LoginRow, SelfCareLogins
from data_access.store.access import Access

_NEEDS = Permission.CUSTOMER_EDIT


def _actions(_: Head, row: LoginRow | None) -> list[Action]:
    """About the login that is chosen; the customer's own where none is."""
    of_account = row is not None and row.account_id is not None
    name, subject = (self_care.OF_ACCOUNT, row.account_id) if row is not None and of_account else ("", None)
    none = "" if row is not None and row.login else "Choose a login in the table first."
    return [
        Action(f"{self_care.LOGIN}{name}", "Set the login", ":material/login:", _NEEDS, subject, edits=True),
        Action(f"{self_care.PASSWORD}{name}", "New password", ":material/password:", _NEEDS, subject, none, edits=True),
        Action(
            f"{self_care.REMOVE}{name}", "Remove the login", ":material/person_off:", _NEEDS, subject, none, edits=True
        ),
    ]


def _columns(_: Access, head: Head) -> Columns[LoginRow]:
    return (
        Column("Of", lambda row: row.account_code or "The customer"),
        Column("Login", lambda row: row.login or "none"),
        Column("Password set", lambda row: _moment(row.password_set_at, head)),
        Column("Can sign in", lambda row: "Yes" if row.login and not row.why else "No"),
        Column("Why not", lambda row: row.why if row.login else "No login is set."),
    )


def _moment(at: datetime | None, head: Head) -> str:
    return formats.moment(at, head.zone) if at else "never"


def _sample(access: Access, head: Head) -> None:
    shown = access.fetch(FormatsInForce(head.customer_id))
    now, today = f"{written(shown.date, shown.now)} {written(shown.time, shown.now)}", written(shown.date, shown.now)
    st.caption(prose(f"Now is shown as {now}, {shown.zone}; on invoices today is {today}."))


def _token(access: Access, head: Head) -> None:
    st.header("API token", anchor=False)
    since = access.fetch(ApiTokenSince(head.customer_id))
    action_buttons(access, head, [
        Action(self_care.TOKEN, "New API token", ":material/key:", _NEEDS, edits=True),
        Action(self_care.WITHDRAW, "Withdraw", ":material/key_off:", _NEEDS,
               obstacle="" if since else "There is no API token.", edits=True),
    ])  # fmt: skip
    if since is None:
        st.text("No API token has been made: programs of the customer cannot sign in.")
    else:
        st.text(f"Programs of the customer sign in with a token made {_moment(since, head)}.")


TAB = Tab(SELF_CARE.title, (
    Drawn(lambda _access, _head: one_time.draw()),
    Rows(
        SelfCareLogins, _columns, alt="Logins of the customer and of its accounts", key="logins", empty="",
        title="Logins", actions=_actions,
    ),
    Fields(SELF_CARE, "Everything is as the class says.", self_care.SETTINGS.action),
    Drawn(_sample),
    Drawn(_token),
))  # fmt: skip

"""The dialogs of web self-care: settings, logins with their passwords, and the API token."""

from collections.abc import Callable, Mapping
from datetime import datetime

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.customer.dialogs.section_dialog import SectionDialog
from dashboard.kit import formats
from dashboard.kit.forms import dialog_state, one_time
from dashboard.kit.forms.forms import Form
from data_access.base.errors import Invalid, NotFound
from data_access.commands.customers.self_care import (
    EditSelfCare,
    RemoveSelfCareLogin,
    SetApiToken,
    SetSelfCareLogin,
    SetSelfCarePassword,
)
from data_access.domain.sections import SELF_CARE, SELF_CARE_LOGIN
from data_access.domain.usage.self_care_access import unfit_for_self_care
from data_access.queries.customers.customer import Head
from data_access.queries.customers.self_care import ApiTokenSince, LoginRow, SelfCareLogins
from data_access.store.access import Access

LOGIN, PASSWORD, REMOVE = "self_care_login", "self_care_password", "self_care_login_removal"
OF_ACCOUNT = "_of_account"  # what the same dialog is called where it is about an account
TOKEN, WITHDRAW = "api_token", "api_token_withdrawal"
SETTINGS = SectionDialog(
    "Edit self-care settings", SELF_CARE, EditSelfCare,
    layout=(("access_level", "language", "zone"), ("input_date", "output_date"), ("input_time", "output_time")),
)  # fmt: skip
_MAKE, _TYPE = "make", "type"
_WAYS = {_MAKE: "Generate one", _TYPE: "Type one"}
_RULE = "At least eight characters, including a letter and a digit."


def _row(access: Access, head: Head, *, of_account: bool) -> LoginRow:
    wanted = dialog_state.subject() if of_account else None
    row = next((one for one in access.fetch(SelfCareLogins(head.customer_id)) if one.account_id == wanted), None)
    if row is None:
        raise NotFound("The account")
    return row


def _form(access: Access, name: str, *, of_account: bool) -> Form:
    return Form(access, f"{name}{OF_ACCOUNT if of_account else ''}", dialog_state.subject())


def _whose(head: Head, row: LoginRow) -> str:
    return f"account {row.account_code}" if row.account_id else head.customer_code


def _asked_password(form: Form) -> Callable[[str], str]:
    """How the password is come by; what gives its hash. One that is typed stands in no draft."""
    way = form.one_of("way", "Password", _WAYS, _MAKE, horizontal=True)
    typed = st.text_input("Password", type="password", key=form.key("typed"), help=_RULE) if way == _TYPE else ""

    def hashed(login: str) -> str:
        if way != _TYPE:
            return one_time.hash_for(form.command_id, login)
        if wrong := unfit_for_self_care(typed or ""):
            raise Invalid({"way": wrong})
        return one_time.hash_of(form.command_id, typed or "")

    return hashed


def _login(access: Access, head: Head, *, of_account: bool) -> None:
    row, form = _row(access, head, of_account=of_account), _form(access, LOGIN, of_account=of_account)
    field = SELF_CARE_LOGIN["login"]
    login = form.text("login", field.label, row.login, help=field.help)
    hashed = None if row.password_set_at else _asked_password(form)

    def order() -> SetSelfCareLogin:
        return SetSelfCareLogin(
            customer_id=head.customer_id, account_id=row.account_id, version=row.version, login=login,
            password_hash=hashed(login) if hashed and login.strip() else None, command_id=form.command_id,
        )  # fmt: skip

    finish(form, head, "Save", order, lambda _: f"{login.strip()} is the login of {_whose(head, row)}.")


def _password(access: Access, head: Head, *, of_account: bool) -> None:
    row, form = _row(access, head, of_account=of_account), _form(access, PASSWORD, of_account=of_account)
    facts(("Login", row.login), ("Password set", _moment(row.password_set_at, head)))
    hashed = _asked_password(form)

    def order() -> SetSelfCarePassword:
        return SetSelfCarePassword(
            customer_id=head.customer_id, account_id=row.account_id, version=row.version,
            password_hash=hashed(row.login), command_id=form.command_id,
        )  # fmt: skip

    finish(form, head, "Set the password", order, lambda _: f"{row.login} has a new password.")


def _remove(access: Access, head: Head, *, of_account: bool) -> None:
    row, form = _row(access, head, of_account=of_account), _form(access, REMOVE, of_account=of_account)
    facts(("Login", row.login))
    st.caption("Nobody can sign in with it any more, and it can be given to others.")
    order = RemoveSelfCareLogin(
        customer_id=head.customer_id, account_id=row.account_id, version=row.version, command_id=form.command_id
    )
    finish(form, head, "Remove it", lambda: order, lambda _: f"{row.login} is no longer a login.")


def _token(access: Access, head: Head) -> None:
    form = Form(access, TOKEN, head.customer_id)
    since = access.fetch(ApiTokenSince(head.customer_id))
    facts(("Present token made", _moment(since, head)))
    st.caption("The new token is shown once. Programs that use the present one are refused from then on.")
    finish(
        form,
        head,
        "Make a new token",
        lambda: SetApiToken(
            customer_id=head.customer_id,
            token_hash=one_time.token_for(form.command_id, head.customer_code),
            command_id=form.command_id,
        ),
        lambda _: f"{head.customer_code} has a new API token.",
    )


def _withdraw(access: Access, head: Head) -> None:
    form = Form(access, WITHDRAW, head.customer_id)
    st.caption("Programs that use it are refused from then on.")
    order = SetApiToken(customer_id=head.customer_id, token_hash=None, command_id=form.command_id)
    finish(form, head, "Withdraw it", lambda: order, lambda _: f"{head.customer_code} no longer has an API token.")


def _moment(at: datetime | None, head: Head) -> str:
    return formats.moment(at, head.zone) if at else "never"


def _both(name: str, title: str, body: Callable[..., None]) -> Mapping[str, Draw]:
    """The same dialog for the customer and for one of its accounts."""
    return {
        name: window(title, lambda access, head: body(access, head, of_account=False)),
        f"{name}{OF_ACCOUNT}": window(
            f"{title} of an account", lambda access, head: body(access, head, of_account=True)
        ),
    }


DIALOGS: Mapping[str, Draw] = {
    **SETTINGS.dialogs,
    **_both(LOGIN, "Login", _login),
    **_both(PASSWORD, "Password", _password),
    **_both(REMOVE, "Remove the login", _remove),
    TOKEN: window("API token", _token),
    WITHDRAW: window("Withdraw the API token", _withdraw),
}

"""Web self-care of customers: its contents, the logins, and the API token."""

from dataclasses import dataclass
from typing import Any, ClassVar

from data_access.base.errors import Invalid, Rejected, Stale
from data_access.base.permissions import Permission
from data_access.base.text.text_keys import fold
from data_access.domain.editing import edit_refusal
from data_access.domain.sections import SELF_CARE, SELF_CARE_LOGIN
from data_access.models.card.self_care import SelfCare, SelfCareLogin
from data_access.models.customers import Account, Customer
from data_access.services.section_edit import EditBeside, write
from data_access.store.access import Command
from data_access.store.command_form import Secret
from data_access.store.unit_of_work import UnitOfWork

_NONE = "There is no login here that could be changed."


@dataclass(frozen=True, slots=True)
class LoginSaved:
    """The login itself stands in no result: it is personal, and a result is kept."""

    customer_id: int
    account_id: int | None
    section: str
    version: int


@dataclass(frozen=True, slots=True)
class TokenSaved:
    customer_id: int
    section: str


@dataclass(frozen=True, kw_only=True)
class EditSelfCare(EditBeside):
    """Changes what a customer sees in web self-care, and how."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    section: ClassVar = SELF_CARE
    called: ClassVar = "Web self-care"


@dataclass(frozen=True, kw_only=True)
class SetSelfCareLogin(Command[LoginSaved]):
    """Gives a customer, or one of its accounts, a login, or changes it; with `password_hash` its password too.

    `version`: that of the login that was shown, 0 where there was none. Stale when someone changed it meanwhile.
    """

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = LoginSaved

    customer_id: int
    account_id: int | None = None
    version: int
    login: str
    password_hash: Secret | None = None

    def apply(self, work: UnitOfWork) -> LoginSaved:
        row = _login(work, self.customer_id, self.account_id, self.version)
        values = SELF_CARE_LOGIN.judged({"login": self.login}).sound()
        SELF_CARE_LOGIN.require(work.actor, values)
        if values["login"] == row.login and self.password_hash is None:
            raise Rejected("Nothing was changed, so nothing was saved.")
        write(row, values | {"login_key": fold(values["login"])} | _password(work, self.password_hash))
        if row.id is None:
            work.add(row)
        return _saved(row)


@dataclass(frozen=True, kw_only=True)
class SetSelfCarePassword(Command[LoginSaved]):
    """Gives a login another password. Only its hash comes here, and the audit says no more than that it changed."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = LoginSaved

    customer_id: int
    account_id: int | None = None
    version: int
    password_hash: Secret

    def apply(self, work: UnitOfWork) -> LoginSaved:
        row = _login(work, self.customer_id, self.account_id, self.version)
        if row.login is None:
            raise Rejected(_NONE)
        write(row, _password(work, self.password_hash))
        return _saved(row)


@dataclass(frozen=True, kw_only=True)
class RemoveSelfCareLogin(Command[LoginSaved]):
    """Takes a login and its password away; it can be given to another customer then."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = LoginSaved

    customer_id: int
    account_id: int | None = None
    version: int

    def apply(self, work: UnitOfWork) -> LoginSaved:
        row = _login(work, self.customer_id, self.account_id, self.version)
        if row.login is None:
            raise Rejected(_NONE)
        write(row, dict.fromkeys(("login", "login_key", "password_hash", "password_set_at")))
        return _saved(row)


@dataclass(frozen=True, kw_only=True)
class SetApiToken(Command[TokenSaved]):
    """Replaces the token with which programs of a customer ask, or withdraws it. Only its hash comes here."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = TokenSaved

    customer_id: int
    token_hash: Secret | None

    def apply(self, work: UnitOfWork) -> TokenSaved:
        customer = _editable(work, self.customer_id)
        mine = work.select(SelfCare).where(SelfCare.customer_id == customer.id)
        row = work.session.scalars(mine).one_or_none() or work.add(SELF_CARE.new(customer_id=customer.id))
        if self.token_hash is None and row.api_token_hash is None:
            raise Rejected("There is no API token that could be withdrawn.")
        row.api_token_hash = self.token_hash
        row.api_token_at = None if self.token_hash is None else work.now
        return TokenSaved(customer.id, SELF_CARE.name)


def _editable(work: UnitOfWork, customer_id: int) -> Customer:
    customer = work.lock(Customer, customer_id, called="The customer")
    refusal = edit_refusal(customer.bill_status)
    if refusal is not None:
        raise Rejected(refusal)
    return customer


def _login(work: UnitOfWork, customer_id: int, account_id: int | None, version: int) -> SelfCareLogin:
    """The row of a login, a new one where there is none yet."""
    customer = _editable(work, customer_id)
    if account_id is not None and work.lock(Account, account_id, called="The account").customer_id != customer.id:
        raise Invalid({"account_id": "This account is not one of this customer's."})
    mine = work.select(SelfCareLogin).where(SelfCareLogin.customer_id == customer.id)
    row = work.session.scalars(mine.where(SelfCareLogin.account_id.is_not_distinct_from(account_id))).one_or_none()
    if (0 if row is None else row.version) != version:
        raise Stale("The login")
    return row or SelfCareLogin(customer_id=customer.id, account_id=account_id, version=0)


def _saved(row: SelfCareLogin) -> LoginSaved:
    return LoginSaved(row.customer_id, row.account_id, SELF_CARE_LOGIN.name, row.version)


def _password(work: UnitOfWork, password_hash: str | None) -> dict[str, Any]:
    return {} if password_hash is None else {"password_hash": password_hash, "password_set_at": work.now}

"""Features of one account: given to it, changed, and left to its customer again."""

from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from data_access.base.clock import day_in
from data_access.base.permissions import Permission
from data_access.domain.sections import ACCOUNT_FEATURES
from data_access.domain.usage.service_features import has_none, unfit_limits
from data_access.models.card.service_configuration import AccountFeatures
from data_access.models.customers import Account
from data_access.services.section_edit import Values
from data_access.services.section_records import AddBeside, ChangeBeside, RemoveBeside, owner_of
from data_access.store.unit_of_work import UnitOfWork

_CALLED = "The features of the account"
_FOREIGN = "This account is not one of this customer's."
_CLOSED = "The account is closed: it stays as it was."
_TWICE = "This account has features of its own already: change those."
_NONE = "Give it one feature of its own at least; every other one holds as for the customer."


@dataclass(frozen=True, kw_only=True)
class AddAccountFeatures(AddBeside):
    """Gives one account features of its own; what is blank holds as for the customer."""

    needs: ClassVar = Permission.SERVICE_EDIT
    section: ClassVar = ACCOUNT_FEATURES

    @override
    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        told = self.section.values(row) | values
        account = _misfit(work, row, told["account_id"]) or _given_before(work, told["account_id"])
        return _unfit(told) | ({"account_id": account} if account else {})


@dataclass(frozen=True, kw_only=True)
class ChangeAccountFeatures(ChangeBeside):
    """Changes the features that one account has of its own."""

    needs: ClassVar = Permission.SERVICE_EDIT
    section: ClassVar = ACCOUNT_FEATURES
    called: ClassVar = _CALLED

    @override
    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        account = _misfit(work, row, row.account_id)
        return _unfit(self.section.values(row) | values) | ({"account_id": account} if account else {})


@dataclass(frozen=True, kw_only=True)
class RemoveAccountFeatures(RemoveBeside):
    """Leaves every feature of an account to its customer again."""

    needs: ClassVar = Permission.SERVICE_EDIT
    section: ClassVar = ACCOUNT_FEATURES
    called: ClassVar = _CALLED


def _unfit(told: Values) -> dict[str, str]:
    return unfit_limits(told) | ({"account_id": _NONE} if has_none(told) else {})


def _misfit(work: UnitOfWork, row: Any, account_id: int | None) -> str:
    """Why an account cannot have features; empty where it can, and where none was chosen."""
    if account_id is None:
        return ""
    customer = owner_of(work, row)
    theirs = work.select(Account).where(Account.id == account_id, Account.customer_id == customer.id)
    account = work.session.scalars(theirs).one_or_none()
    if account is None:
        return _FOREIGN
    today = day_in(customer.billing_zone, work.now)
    return _CLOSED if account.ended_on is not None and account.ended_on <= today else ""


def _given_before(work: UnitOfWork, account_id: int | None) -> str:
    given = work.select(AccountFeatures).where(
        AccountFeatures.account_id == account_id, AccountFeatures.removed_at.is_(None)
    )
    return _TWICE if work.session.scalars(given).one_or_none() is not None else ""

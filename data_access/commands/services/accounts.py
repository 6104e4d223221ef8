"""Accounts of customers: added, changed, blocked and unblocked, closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from data_access.base.clock import day_in
from data_access.base.errors import Invalid, NotFound, Rejected
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus, NumbersAtEnd
from data_access.domain.editing import edit_refusal
from data_access.domain.entered.days_ahead import misfits
from data_access.domain.sections import ACCOUNT
from data_access.models.customers import Account, Customer
from data_access.services.billing.numbers import take_numbers_off
from data_access.services.section_edit import SectionEdit, write
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

CALLED = "The account"
_CLOSED = "The account is closed: it stays as it was."


@dataclass(frozen=True, slots=True)
class AccountSaved:
    customer_id: int
    account_id: int
    account_code: str
    version: int


def _saved(account: Account) -> AccountSaved:
    return AccountSaved(account.customer_id, account.id, account.account_code, account.version)


def _editable(work: UnitOfWork, customer_id: int) -> Customer:
    customer = work.lock(Customer, customer_id, called="The customer")
    refusal = edit_refusal(customer.bill_status)
    if refusal is not None:
        raise Rejected(refusal)
    return customer


def lock_account(work: UnitOfWork, account_id: int) -> tuple[Customer, Account]:
    """The account and its customer, both locked; Rejected where the customer cannot be edited."""
    owner = work.session.scalar(
        work.select(Account).where(Account.id == account_id).with_only_columns(Account.customer_id)
    )
    if owner is None:
        raise NotFound(CALLED)
    return _editable(work, owner), work.lock(Account, account_id, called=CALLED)


def _open_account(work: UnitOfWork, account_id: int) -> tuple[Customer, Account]:
    customer, account = lock_account(work, account_id)
    if account.ended_on is not None and account.ended_on <= day_in(customer.billing_zone, work.now):
        raise Rejected(_CLOSED)
    return customer, account


@dataclass(frozen=True, kw_only=True)
class AddAccount(Command[AccountSaved]):
    """Adds an account to a customer; its usage is paid by the customer."""

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = AccountSaved

    customer_id: int
    typed: Mapping[str, str]

    def apply(self, work: UnitOfWork) -> AccountSaved:
        customer = _editable(work, self.customer_id)
        begins = {"activated_on": day_in(customer.billing_zone, work.now).isoformat()}
        told = {name: text for name, text in self.typed.items() if text.strip()}
        values = ACCOUNT.judged(dict.fromkeys(ACCOUNT.names, "") | begins | told).sound()
        return _saved(work.add(Account(customer_id=customer.id, **values)))


@dataclass(frozen=True, kw_only=True)
class EditAccount(SectionEdit[AccountSaved]):
    """Changes what an account is, and its own limit."""

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = AccountSaved
    section: ClassVar = ACCOUNT
    called: ClassVar = CALLED

    account_id: int

    def apply(self, work: UnitOfWork) -> AccountSaved:
        _, account = _open_account(work, self.account_id)
        write(account, self.different(work, account))
        return _saved(account)


@dataclass(frozen=True, kw_only=True)
class BlockAccount(Command[AccountSaved]):
    """Blocks one account, or unblocks it: its usage is refused and nobody can sign in to self-care with it.

    Fees go on, as while a customer is blocked.
    """

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = AccountSaved

    account_id: int
    blocked: bool = True

    def apply(self, work: UnitOfWork) -> AccountSaved:
        _, account = _open_account(work, self.account_id)
        if account.blocked is self.blocked:
            raise Rejected(f"The account is already {'blocked' if self.blocked else 'unblocked'}.")
        write(account, {"blocked": self.blocked})
        return _saved(account)


@dataclass(frozen=True, kw_only=True)
class CloseAccount(Command[AccountSaved]):
    """Ends an account on a day, today where none is given: from then on it cannot be used, for good.

    `numbers`: what becomes of the DIDs on it that day.
    """

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = AccountSaved

    account_id: int
    ended_on: date | None = None
    numbers: NumbersAtEnd = NumbersAtEnd.KEPT

    def apply(self, work: UnitOfWork) -> AccountSaved:
        customer, account = _open_account(work, self.account_id)
        today = day_in(customer.billing_zone, work.now)
        ends: Any = self.ended_on or today
        if wrong := misfits({"ended_on": ends}, max(today, account.activated_on)):
            raise Invalid(wrong)
        write(account, {"ended_on": ends, "numbers_at_end": self.numbers})
        if ends == today:
            take_numbers_off(work, customer, account)
        return _saved(account)


@dataclass(frozen=True, slots=True)
class NumbersFreed:
    account_id: int
    customer_id: int
    numbers: int


@dataclass(frozen=True, kw_only=True)
class FreeNumbers(Command[NumbersFreed]):
    """Takes the DIDs off an account whose last day is over, as was said when it was closed."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = NumbersFreed

    account_id: int

    def apply(self, work: UnitOfWork) -> NumbersFreed:
        owner = work.select(Account).where(Account.id == self.account_id).with_only_columns(Account.customer_id)
        customer = work.lock(Customer, work.session.scalar(owner) or 0, called=CALLED)
        account = work.lock(Account, self.account_id, called=CALLED)
        is_over = account.ended_on is not None and account.ended_on <= day_in(customer.billing_zone, work.now)
        may = is_over and customer.bill_status is not BillStatus.EXPORTED
        return NumbersFreed(account.id, customer.id, take_numbers_off(work, customer, account) if may else 0)

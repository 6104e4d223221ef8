"""Accounts of customers: added, changed, blocked, closed; and what each may use."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.services.accounts import AddAccount, BlockAccount, CloseAccount, EditAccount
from data_access.commands.services.usage import BookCharges, Charge, RecordUsage
from data_access.models.customers import AccountKind
from data_access.queries.customers.accounts import AccountRow, ListAccounts
from data_access.queries.customers.usability import IsUsable, MayUse
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer, a_reseller, an_account
from tests.support.by_hand import behind
from tests.support.people import NOW, access_for

TODAY = NOW.date()
LINE = {"account_code": "line-1", "kind": "phone_line", "product": "Home line"}


def add(engine: Engine, customer_id: int, role: Role = Role.SUPPORT, **typed: str) -> int:
    order = AddAccount(customer_id=customer_id, typed=LINE | typed, command_id=new_command_id())
    return access_for(engine, role).execute(order).account_id


def use(engine: Engine, code: str, amount: str) -> None:
    order = RecordUsage(
        service="Calls", amount=Decimal(amount), at=NOW, reference=new_command_id(), account_code=code,
        command_id=new_command_id(),
    )  # fmt: skip
    access_for(engine, Role.ADMIN).execute(order)


def edit(engine: Engine, account_id: int, version: int = 1, **changes: str) -> None:
    order = EditAccount(account_id=account_id, version=version, shown={}, changes=changes, command_id=new_command_id())
    access_for(engine).execute(order)


def block(engine: Engine, account_id: int, *, blocked: bool = True) -> None:
    access_for(engine).execute(BlockAccount(account_id=account_id, blocked=blocked, command_id=new_command_id()))


def close(engine: Engine, account_id: int, ended_on: date | None = None) -> None:
    access_for(engine).execute(CloseAccount(account_id=account_id, ended_on=ended_on, command_id=new_command_id()))


def the_account(engine: Engine, customer_id: int) -> AccountRow:
    return access_for(engine).fetch(ListAccounts(customer_id))[0]


def test_an_account_is_added_from_today_unless_another_day_is_said(engine: Engine) -> None:
    customer = a_customer(engine)
    add(engine, customer)
    row = the_account(engine, customer)
    assert (row.account_code, row.kind, row.product) == ("line-1", AccountKind.PHONE_LINE, "Home line")
    assert (row.activated_on, row.own_limit, row.is_usable) == (TODAY, None, True)
    add(engine, customer, account_code="line-2", activated_on="2026-03-20")
    assert access_for(engine).fetch(ListAccounts(customer))[1].why == "Not activated yet."


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"account_code": ""}, {"account_code"}),
        ({"kind": "fax", "product": ""}, {"kind", "product"}),
        ({"own_limit": "-1", "activated_on": "soon"}, {"own_limit", "activated_on"}),
        ({"account_code": "x" * 65}, {"account_code"}),
    ],
)
def test_every_complaint_stands_at_its_field(engine: Engine, typed: dict[str, str], fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        add(engine, a_customer(engine), **typed)
    assert refused.value.complaints.keys() == fields


def test_an_account_id_belongs_to_one_account(engine: Engine) -> None:
    an_account(engine, a_customer(engine), account_code="line-1")
    with pytest.raises(Invalid, match="already used"):
        add(engine, a_customer(engine))


def test_an_account_is_changed_and_keeps_its_id(engine: Engine) -> None:
    customer = a_customer(engine)
    account = an_account(engine, customer)
    edit(engine, account, product="Office line", own_limit="12.50")
    row = the_account(engine, customer)
    assert (row.product, row.own_limit, row.version) == ("Office line", Decimal("12.5"), 2)
    with pytest.raises(Invalid, match="it stays"):
        edit(engine, account, version=2, account_code="other")


def test_a_blocked_account_is_not_usable_until_it_is_unblocked(engine: Engine) -> None:
    customer = a_customer(engine)
    account = an_account(engine, customer, account_code="line-1")
    block(engine, account)
    assert "The account is blocked" in the_account(engine, customer).why
    with pytest.raises(Rejected, match="The account is blocked"):
        use(engine, "line-1", "1")
    with pytest.raises(Rejected, match="already blocked"):
        block(engine, account)
    block(engine, account, blocked=False)
    assert access_for(engine).fetch(IsUsable("line-1")).is_usable


def test_a_closed_account_stays_closed(engine: Engine) -> None:
    customer = a_customer(engine)
    account = an_account(engine, customer)
    with pytest.raises(Invalid, match="Monday, 16 March 2026 is the first day"):
        close(engine, account, TODAY - timedelta(days=1))
    close(engine, account, TODAY + timedelta(days=3))
    assert the_account(engine, customer).is_usable
    close(engine, account)
    row = the_account(engine, customer)
    assert (row.ended_on, row.is_usable) == (TODAY, False)
    for again in (lambda: close(engine, account), lambda: block(engine, account), lambda: edit(engine, account, 3)):
        with pytest.raises(Rejected, match="The account is closed"):
            again()


def test_an_own_limit_counts_what_the_account_used_in_the_billing_period(engine: Engine) -> None:
    customer = a_customer(engine, period_from=date(2026, 3, 1))
    an_account(engine, customer, account_code="line-1", own_limit=Decimal(10))
    an_account(engine, customer, account_code="line-2")
    use(engine, "line-1", "7")
    use(engine, "line-2", "90")
    assert access_for(engine).fetch(MayUse("line-1", Decimal(3))).is_usable
    refusal = access_for(engine).fetch(MayUse("line-1", Decimal("3.01"))).why
    assert refusal.startswith(
        "The account has its own limit of 10.00 EUR a billing period and has used 7.00 EUR of it."
    )
    with pytest.raises(Rejected, match="own limit"):
        use(engine, "line-1", "4")
    use(engine, "line-1", "3")
    for role in (Role.ADMIN, Role.ANALYST):  # to whom the comment that names the account is masked
        first, second = access_for(engine, role).fetch(ListAccounts(customer))
        assert (first.spent, first.is_usable, second.spent, second.is_usable) == (Decimal(10), False, 0, True)


def test_an_own_limit_counts_what_came_by_a_file_whatever_becomes_of_its_words(engine: Engine) -> None:
    customer = a_customer(engine, period_from=date(2026, 3, 1))
    an_account(engine, customer, account_code="line-1", own_limit=Decimal(10))
    charges = tuple(
        (customer, Charge(new_command_id(), Decimal(4), "Calls", TODAY, code)) for code in ("line-1", "", "line-9")
    )
    access_for(engine, Role.ADMIN).execute(BookCharges(charges=charges, command_id=new_command_id()))
    use(engine, "line-1", "3")
    behind(engine, "UPDATE transactions SET visible_comment = ''")
    assert the_account(engine, customer).spent == 7


def test_an_own_limit_of_zero_lets_nothing_through_that_costs(engine: Engine) -> None:
    customer = a_customer(engine)
    an_account(engine, customer, account_code="line-1", own_limit=Decimal(0))
    assert not the_account(engine, customer).is_usable


@pytest.mark.parametrize(
    "status", [BillStatus.PROVISIONALLY_TERMINATED, BillStatus.PERMANENTLY_TERMINATED, BillStatus.EXPORTED]
)
def test_after_the_end_of_the_customer_nothing_is_changed(engine: Engine, status: BillStatus) -> None:
    customer = a_customer(engine, bill_status=status)
    account = an_account(engine, customer)
    for order in (lambda: add(engine, customer), lambda: block(engine, account), lambda: close(engine, account)):
        with pytest.raises(Rejected, match="The customer is"):
            order()


def test_others_see_and_change_none_of_it(engine: Engine) -> None:
    customer = a_customer(engine)
    with pytest.raises(NotPermitted, match="change accounts"):
        add(engine, customer, Role.ANALYST)
    elsewhere = access_for(engine, reseller_id=a_reseller(engine))
    account = an_account(engine, customer)
    assert isinstance(elsewhere, Access)
    with pytest.raises(NotFound):
        elsewhere.execute(BlockAccount(account_id=account, command_id=new_command_id()))

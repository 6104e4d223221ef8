"""The pool of numbers: what one costs, who holds it, on which account, and many added at once."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.schedule import Job
from data_access.base.statuses import BillStatus, NumbersAtEnd
from data_access.base.text.parsing import international_number
from data_access.commands.customers.status import ChangeStatus
from data_access.commands.numbers.dids import AssignDid, FreezeDid, PutOnAccount, ReleaseDid, ReturnDid
from data_access.commands.numbers.pool import (
    AddDid,
    AddDids,
    AddNumberBatch,
    ChangeDid,
    ChangeNumberBatch,
    NumbersAdded,
    RemoveDid,
    RemoveNumberBatch,
)
from data_access.commands.services.accounts import CloseAccount, FreeNumbers
from data_access.domain.billing.number_fees import fee_of, recurring_fee
from data_access.domain.sections import DID
from data_access.jobs.runner import run_job
from data_access.models.numbers import Did, NumberBatch
from data_access.queries.audit.verify import VerifyChain
from data_access.queries.customers.accounts import AccountChoices
from data_access.queries.services.numbers import (
    DidsOf,
    DueNumbers,
    IdleDids,
    NumberOfPool,
    NumberPool,
    NumberUse,
    PastedDids,
    PoolFilter,
)
from data_access.store.access import new_command_id
from data_access.store.job_leases import Holder
from tests.data_access.test_periods_closing import CLOSES, booked, close, customer_of, in_march, system
from tests.support.builders import a_customer, a_did, an_account, insert
from tests.support.people import NOW, access_for

D = Decimal
PRICED = {"batch_id": "", "vendor_cost": "1", "vendor_currency": "EUR", "fee": "2.50"}


def a_batch(engine: Engine, **over: Any) -> int:
    row = {"name": "Germany", "name_key": "germany", "currency": "EUR", "additional_fee": D(1), "markup_percent": D(20)}
    return insert(engine, NumberBatch, row | over)


def order(engine: Engine, command: Any, role: Role = Role.SUPPORT, **what: Any) -> Any:
    return access_for(engine, role).execute(command(command_id=new_command_id(), **what))


def add(engine: Engine, lines: str, **over: str) -> NumbersAdded:
    added: NumbersAdded = order(engine, AddDids, Role.ADMIN, lines=lines, common=PRICED | over)
    return added


@pytest.mark.parametrize(
    ("cost", "additional", "markup", "fee"),
    [
        ("5", "0", "0", "5"),
        ("5", "1.50", "0", "6.50"),
        ("5", "0", "20", "6"),
        ("5", "1.50", "20", "7.50"),
        ("0.33333", "0", "33", "0.44333"),  # 0.4433289 in full
        ("0", "2", "50", "2"),
    ],
)
def test_the_fee_is_the_cost_with_a_sum_and_a_share_on_top(cost: str, additional: str, markup: str, fee: str) -> None:
    assert recurring_fee(D(cost), D(additional), D(markup)) == D(fee)


@pytest.mark.parametrize("text", ["+49 30 1234567", "4930 1234567", " +49 (0)30-1234567"])
def test_a_number_is_kept_by_its_digits(text: str) -> None:
    assert international_number(text) == "49301234567"


@pytest.mark.parametrize("text", ["030 1234567", "+49", "call me"])
def test_what_is_no_international_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no international number"):
        international_number(text)


def test_a_batch_prices_what_is_charged_and_free_of_charge_charges_nothing(engine: Engine) -> None:
    customer, batch = in_march(engine), a_batch(engine, additional_fee=D(11), markup_percent=D(100))
    held = {"batch_id": batch, "fee": None, "vendor_cost": D(10), "assigned_on": date(2026, 3, 1)}
    a_did(engine, customer, **held)
    a_did(engine, customer, free_of_charge=True, **held)
    close(engine, customer)
    assert booked(engine, customer) == [(Kind.DID_FEE, 31)]
    row, free = access_for(engine).fetch(DidsOf(customer))
    assert (row.fee, row.fee_currency, row.batch, free.free_of_charge) == (D(31), "EUR", "Germany", True)


def test_a_number_priced_in_another_currency_is_not_given_nor_offered(engine: Engine) -> None:
    customer, batch = a_customer(engine), a_batch(engine, currency="USD")
    did = a_did(engine, batch_id=batch, fee=None, vendor_currency="USD")
    assert access_for(engine, Role.SUPPORT).fetch(IdleDids(currency="EUR")) == ()
    assert access_for(engine, Role.SUPPORT).fetch(IdleDids(currency="USD")) != ()
    with pytest.raises(Rejected, match=r"priced in USD; the customer is billed in EUR.*An admin can"):
        order(engine, AssignDid, did_id=did, customer_id=customer)


@pytest.mark.parametrize(
    ("held", "change"),
    [
        ({"fee": D(2)}, {"fee": ""}),
        ({"free_of_charge": True}, {"free_of_charge": "no"}),
        ({"batch": "EUR"}, {"batch": "USD", "vendor_currency": "USD"}),
    ],
)
def test_a_number_that_is_held_is_never_priced_in_another_currency(
    engine: Engine, held: dict[str, Any], change: dict[str, str]
) -> None:
    customer = a_customer(engine)
    batches = {code: a_batch(engine, name=code, name_key=code, currency=code) for code in ("USD", "EUR")}
    priced = {"fee": None, "batch_id": batches[held.pop("batch", "USD")]} | held
    currency = "EUR" if priced["batch_id"] == batches["EUR"] else "USD"
    did = a_did(engine, customer, vendor_currency=currency, **priced)
    new = {name: text for name, text in change.items() if name != "batch"}
    new |= {"batch_id": str(batches[change["batch"]])} if "batch" in change else {}
    with Session(engine) as session:
        row = session.get_one(Did, did)
        about = {"record_id": did, "version": row.version, "shown": DID.typed(DID.values(row))}
    with pytest.raises(Invalid, match=r"priced in USD then, and its customer is billed in EUR: give it its own fee"):
        order(engine, ChangeDid, Role.ADMIN, changes=new, **about)
    order(engine, ChangeDid, Role.ADMIN, changes=new | {"fee": "3", "fee_currency": "EUR"}, **about)


def test_a_number_goes_from_account_to_account_of_its_holder(engine: Engine) -> None:
    customer, did = a_customer(engine), a_did(engine)
    line, other = (an_account(engine, customer, account_code=code) for code in ("line", "other"))
    order(engine, AssignDid, did_id=did, customer_id=customer, account_id=line)
    assert _state(engine, customer) == (NumberUse.USED, "line")
    order(engine, PutOnAccount, did_id=did, account_id=other)
    assert _state(engine, customer) == (NumberUse.USED, "other")
    with pytest.raises(Rejected, match="Nothing was changed"):
        order(engine, PutOnAccount, did_id=did, account_id=other)
    order(engine, PutOnAccount, did_id=did, account_id=None)
    assert _state(engine, customer) == (NumberUse.NOT_USED, "")


def _state(engine: Engine, customer: int) -> tuple[NumberUse, str]:
    (row,) = access_for(engine).fetch(DidsOf(customer))
    return row.use, row.account_code


def test_only_accounts_in_service_of_the_customer_itself_take_a_number(engine: Engine) -> None:
    customer, other = a_customer(engine), a_customer(engine)
    did = a_did(engine, customer)
    theirs = an_account(engine, other)
    ended = an_account(engine, customer, ended_on=NOW.date())
    line = an_account(engine, customer, account_code="line")
    with pytest.raises(NotFound):
        order(engine, PutOnAccount, did_id=did, account_id=theirs)
    with pytest.raises(Rejected, match="has ended"):
        order(engine, PutOnAccount, did_id=did, account_id=ended)
    assert access_for(engine).fetch(AccountChoices(customer)) == {line: "line"}


def test_a_released_number_is_frozen_or_in_the_pool(engine: Engine) -> None:
    customer = a_customer(engine)
    did = a_did(engine, customer, account_id=an_account(engine, customer))
    order(engine, ReleaseDid, did_id=did, freeze=True)
    assert access_for(engine, Role.SUPPORT).fetch(IdleDids()) == ()
    with pytest.raises(Rejected, match="is frozen: return it to the pool first"):
        order(engine, AssignDid, did_id=did, customer_id=customer)
    order(engine, ReturnDid, Role.ADMIN, did_id=did)
    with pytest.raises(Rejected, match="in the pool already"):
        order(engine, ReturnDid, Role.ADMIN, did_id=did)
    order(engine, AssignDid, did_id=did, customer_id=customer)
    with pytest.raises(Rejected, match="held by a customer"):
        order(engine, FreezeDid, Role.ADMIN, did_id=did)
    with pytest.raises(NotPermitted, match="An admin can"):
        order(engine, FreezeDid, did_id=did)


@pytest.mark.parametrize("status", [BillStatus.PROVISIONALLY_TERMINATED, BillStatus.EXPORTED])
def test_numbers_of_who_is_not_running_are_not_moved(engine: Engine, status: BillStatus) -> None:
    customer = a_customer(engine, bill_status=status)
    did, line = a_did(engine, customer), an_account(engine, customer)
    with pytest.raises(Rejected, match="to a running customer only"):
        order(engine, PutOnAccount, did_id=did, account_id=line)


def test_many_numbers_are_added_and_each_row_is_judged_by_itself(engine: Engine) -> None:
    a_did(engine, number="49301234567")
    lines = "+49 30 1111111; front desk; 2.5\n\n+44 20 7946 0000\n49301234567\nnonsense\n+49 301111111\n1;2;3;4"
    told = access_for(engine, Role.ADMIN).fetch(PastedDids(lines))
    assert [row.line for row in told if not row.complaint] == [1, 3]
    done = add(engine, lines, group_name="new")
    assert (done.added, [line.partition(":")[0] for line in done.refused]) == (
        2, ["Line 4, 49301234567", "Line 5, nonsense", "Line 6, +49 301111111", "Line 7, 1;2;3;4"],
    )  # fmt: skip
    with Session(engine) as session:
        german, british = session.query(Did).where(Did.group_name == "new").order_by(Did.number.desc())
    assert (german.number, german.country, german.description, german.vendor_cost) == (
        "49301111111", "DE", "front desk", D("2.5"),
    )  # fmt: skip
    assert (british.country, british.vendor_cost, british.fee) == ("GB", D(1), D("2.5"))


@pytest.mark.parametrize(
    ("lines", "over", "field"),
    [
        ("", {}, "lines"),
        ("nonsense", {}, "lines"),
        ("\n".join(["x"] * 1001), {}, "lines"),
        ("+49 30 1111111", {"fee": ""}, "fee"),
        ("+49 30 1111111", {"batch_id": "999999"}, "batch_id"),
        ("+49 30 1111111", {"vendor_cost": "-1"}, "vendor_cost"),
        ("+49 30 1111111", {"country": "Utopia"}, "country"),
    ],
)
def test_nothing_is_added_where_nothing_fits(engine: Engine, lines: str, over: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(engine, lines, **over)
    assert list(refused.value.complaints) == [field]


def test_a_batch_prices_costs_of_its_own_currency_alone(engine: Engine) -> None:
    batch = str(a_batch(engine, currency="USD"))
    with pytest.raises(Invalid, match="prices costs in USD"):
        add(engine, "+49 30 1111111", batch_id=batch, fee="")
    assert add(engine, "+49 30 1111111", batch_id=batch, fee="3").added == 1


def test_support_adds_no_numbers_and_does_not_see_what_they_cost(engine: Engine) -> None:
    customer = a_customer(engine)
    a_did(engine, customer)
    with pytest.raises(NotPermitted):
        order(engine, AddDids, lines="+49 30 1111111", common=PRICED)
    (row,) = access_for(engine, Role.SUPPORT).fetch(DidsOf(customer))
    (seen,) = access_for(engine, Role.MANAGER).fetch(DidsOf(customer))
    assert (row.vendor_cost, seen.vendor_cost) == (None, D(1))


def test_a_number_is_added_changed_and_given_back_to_the_vendor(engine: Engine) -> None:
    values = {"number": "+49 30 1111111", "country": "DE", "fee": "2", "vendor_cost": "1", "vendor_currency": "EUR"}
    added = order(engine, AddDid, Role.ADMIN, values=values)
    with pytest.raises(Invalid, match="already used"):
        order(engine, AddDid, Role.ADMIN, values=values)
    about = {"record_id": added.record_id, "version": 1}
    with pytest.raises(Invalid, match="choose a pricing batch"):
        order(engine, ChangeDid, Role.ADMIN, shown=values, changes={"fee": ""}, **about)
    with pytest.raises(Invalid, match="A number stays as it was added"):
        order(engine, ChangeDid, Role.ADMIN, shown=values, changes={"number": "+49 30 2222222"}, **about)
    order(engine, ChangeDid, Role.ADMIN, shown=values, changes={"fee": "3"}, **about)
    customer = a_customer(engine)
    order(engine, AssignDid, did_id=added.record_id, customer_id=customer)
    with pytest.raises(Rejected, match="release it first"):
        order(engine, RemoveDid, Role.ADMIN, record_id=added.record_id, version=2)
    order(engine, ReleaseDid, did_id=added.record_id)
    order(engine, RemoveDid, Role.ADMIN, record_id=added.record_id, version=2)
    assert access_for(engine, Role.ADMIN).fetch(NumberPool()).rows == ()
    with pytest.raises(NotFound):
        access_for(engine, Role.ADMIN).fetch(NumberOfPool(added.record_id))
    assert order(engine, AddDid, Role.ADMIN, values=values).record_id != added.record_id


def test_a_batch_that_prices_a_number_stays(engine: Engine) -> None:
    batch = order(engine, AddNumberBatch, Role.ADMIN, values={"name": "Germany", "currency": "EUR"}).record_id
    change = {"changes": {"markup_percent": "50"}, "shown": {}, "record_id": batch, "version": 1}
    order(engine, ChangeNumberBatch, Role.ADMIN, **change)
    did = a_did(engine, batch_id=batch, fee=None, vendor_cost=D(4))
    row = access_for(engine, Role.ADMIN).fetch(NumberOfPool(did))
    assert (row.fee, row.fee_currency) == (D(6), "EUR")
    with pytest.raises(Rejected, match="in use by 1 DID"):
        order(engine, RemoveNumberBatch, Role.ADMIN, record_id=batch, version=2)


def test_the_pool_is_looked_through_by_use(engine: Engine) -> None:
    customer = a_customer(engine)
    idle, frozen = a_did(engine, number="49301"), a_did(engine, number="49302", frozen=True)
    held, used = a_did(engine, customer), a_did(engine, customer, account_id=an_account(engine, customer))
    access = access_for(engine, Role.ANALYST)
    shown = {use: {row.did_id for row in access.fetch(NumberPool(use=use)).rows} for use in PoolFilter}
    assert shown == {
        PoolFilter.ALL: {idle, frozen, held, used}, PoolFilter.IDLE: {idle}, PoolFilter.USED: {used},
        PoolFilter.NOT_USED: {idle, held}, PoolFilter.FROZEN: {frozen},
    }  # fmt: skip
    assert [row.did_id for row in access_for(engine, Role.ANALYST).fetch(NumberPool("+49 302")).rows] == [frozen]


THEN = NOW + timedelta(days=3)


def on_an_account(engine: Engine, **over: Any) -> tuple[int, int, int]:
    customer = in_march(engine, **over)
    account = an_account(engine, customer)
    return customer, account, a_did(engine, customer, account_id=account, fee=D(31), assigned_on=date(2026, 3, 1))


def held(engine: Engine, did: int) -> tuple[bool, bool, bool]:
    """Whether the number is with a customer, on an account, frozen."""
    with Session(engine) as session:
        row = session.get_one(Did, did)
        return row.customer_id is not None, row.account_id is not None, row.frozen


def freed(engine: Engine, now: datetime) -> list[int]:
    """The job; whose accounts were due."""
    found = system(engine, now).fetch(DueNumbers())
    run_job(engine, Job.FREE_NUMBERS, lambda: now, Holder("worker"))
    return found


@pytest.mark.parametrize(
    ("numbers", "after"),
    [
        (NumbersAtEnd.KEPT, (True, False, False)),
        (NumbersAtEnd.POOL, (False, False, False)),
        (NumbersAtEnd.FROZEN, (False, False, True)),
    ],
)
@pytest.mark.parametrize("ends", [NOW.date(), THEN.date()])
def test_no_number_stays_on_an_account_that_ended(
    engine: Engine, ends: date, numbers: NumbersAtEnd, after: tuple[bool, bool, bool]
) -> None:
    customer, account, did = on_an_account(engine)
    order(engine, CloseAccount, account_id=account, ended_on=ends, numbers=numbers)
    if ends > NOW.date():
        assert held(engine, did) == (True, True, False)
        assert (freed(engine, THEN - timedelta(days=1)), freed(engine, THEN)) == ([], [account])
    assert held(engine, did) == after
    fees = 31 if numbers is NumbersAtEnd.KEPT else ends.day - 1
    close(engine, customer)
    assert customer_of(engine, customer).balance == fees
    assert freed(engine, CLOSES) == []


def test_an_account_ends_when_its_day_begins_where_the_customer_is_billed(engine: Engine) -> None:
    _, account, did = on_an_account(engine, billing_zone="Pacific/Honolulu")
    order(engine, CloseAccount, account_id=account, ended_on=THEN.date())
    assert freed(engine, THEN.replace(hour=9)) == []
    early = FreeNumbers(account_id=account, command_id=new_command_id())
    assert system(engine, THEN.replace(hour=9)).execute(early).numbers == 0
    assert freed(engine, THEN.replace(hour=10)) == [account]
    assert held(engine, did) == (True, False, False)


def test_what_is_exported_stays_as_it_was(engine: Engine) -> None:
    _, account, did = on_an_account(engine)
    order(engine, CloseAccount, account_id=account, ended_on=THEN.date())
    away = ChangeStatus(customer_id=1, move="mark_exported", reason="moved", command_id=new_command_id())
    access_for(engine, Role.ADMIN).execute(away)
    assert freed(engine, THEN) == []
    assert held(engine, did)[1]


def test_the_verification_finds_a_number_on_what_has_ended(engine: Engine) -> None:
    customer, _, _ = on_an_account(engine)
    late = system(engine, NOW + timedelta(days=9))
    assert late.fetch(VerifyChain()).breaches == ()
    did = a_did(engine, customer, account_id=an_account(engine, customer, ended_on=NOW.date()))
    assert late.fetch(VerifyChain()).breaches == (
        f"Numbers stand on what has ended, an account or a customer: numbers {did}.",
    )


def test_a_fee_of_its_own_has_a_currency_and_is_given_to_that_alone(engine: Engine) -> None:
    own = a_did(engine, fee=D(300), fee_currency="JPY")
    as_vendor = a_did(engine)
    pool = {row.did_id: row.fee_currency for row in access_for(engine, Role.ADMIN).fetch(NumberPool()).rows}
    assert pool == {own: "JPY", as_vendor: "EUR"}
    euros, yen = a_customer(engine), a_customer(engine, currency="JPY")
    offered = access_for(engine, Role.SUPPORT).fetch(IdleDids(currency="JPY"))
    assert [row.did_id for row in offered] == [own]
    with pytest.raises(Rejected, match="priced in JPY; the customer is billed in EUR"):
        order(engine, AssignDid, did_id=own, customer_id=euros)
    order(engine, AssignDid, did_id=own, customer_id=yen)
    change = ChangeDid(record_id=own, version=1, shown={}, changes={"fee_currency": "EUR"}, command_id="c")
    with pytest.raises(Invalid) as wrong:
        access_for(engine, Role.ADMIN).execute(change)
    assert "its customer is billed in JPY" in wrong.value.complaints["fee_currency"]


def test_an_own_fee_of_zero_stands_before_the_batch() -> None:
    batch = NumberBatch(additional_fee=D(1), markup_percent=D(20))
    assert (fee_of(D(0), D(5), batch), fee_of(None, D(5), batch), fee_of(None, D(5), None)) == (0, 7, 0)

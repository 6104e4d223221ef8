"""The timeline: one stream of everything, newest first, each line once, in a bounded number of statements."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.errors import NotFound
from data_access.base.permissions import Role
from data_access.commands.billing.money import BookTransaction
from data_access.commands.collections.promises import MakePromise
from data_access.commands.customers.customers import EditCustomer
from data_access.commands.customers.limits import RaiseLimit
from data_access.commands.customers.status import ChangeStatus, PlanMove
from data_access.commands.services.quotas import GrantQuota
from data_access.models.quotas import Unit
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.pagination.newest_first import PAGE, Mark, read_mark
from data_access.queries.timeline.timeline import Timeline, TimelineKind, TimelineLine
from data_access.store.access import Access, new_command_id
from tests.data_access.test_collection import a_debtor, at, collect, pay
from tests.support.builders import a_class, a_customer, a_note, a_reseller, a_suspended_customer, an_invoice, later
from tests.support.people import NOW, access_for
from tests.support.statements import counted


def lines(access: Access, customer_id: int, *kinds: TimelineKind) -> list[TimelineLine]:
    """All pages of it, one after the other."""
    page = access.fetch(Timeline(customer_id, kinds))
    found = list(page.rows)
    while page.older is not None:
        page = access.fetch(Timeline(customer_id, kinds, page.older))
        found += page.rows
    return found


def a_full_life(engine: Engine) -> tuple[Access, int]:
    """A customer with one line of every kind at least."""
    customer = a_suspended_customer(engine, billing_zone="Europe/Berlin")
    access = access_for(engine, Role.MANAGER)
    head = access.fetch(CustomerHead(customer))
    access.execute(
        RaiseLimit(
            customer_id=customer, until=NOW + timedelta(days=3), amount=Decimal(50), reason="fair",
            command_id=new_command_id(),
        )
    )  # fmt: skip
    access.execute(MakePromise(customer_id=customer, amount=Decimal(40), due_on=later(3), command_id=new_command_id()))
    a_note(engine, customer, text="Promised to pay.", at=NOW)
    access.execute(
        GrantQuota(
            customer_id=customer, service="Calls", unit=Unit.MINUTES, allowance=Decimal(60),
            command_id=new_command_id(),
        )
    )  # fmt: skip
    access.execute(
        EditCustomer(
            customer_id=customer, version=head.version, shown={"city": ""}, changes={"city": "Lyon"},
            reason="moved", command_id=new_command_id(),
        )
    )  # fmt: skip
    access.execute(
        PlanMove(
            customer_id=customer, move="provisionally_terminate", due_on=later(30), reason="notice given",
            command_id=new_command_id(),
        )
    )  # fmt: skip
    access.execute(
        BookTransaction(
            customer_id=customer, kind=Kind.MANUAL_PAYMENT, amount=Decimal(100), internal_comment="by phone",
            command_id=new_command_id(),
        )
    )  # fmt: skip
    return access, customer


def test_every_kind_has_its_line(engine: Engine) -> None:
    access, customer = a_full_life(engine)
    found = lines(access, customer)
    assert {line.kind for line in found} == set(TimelineKind)
    assert [line.at for line in found] == sorted((line.at for line in found), reverse=True)


@pytest.mark.parametrize("kind", TimelineKind)
def test_a_chosen_kind_comes_alone(engine: Engine, kind: TimelineKind) -> None:
    access, customer = a_full_life(engine)
    assert {line.kind for line in lines(access, customer, kind)} == {kind}


def test_a_payment_names_the_invoices_that_it_settled_and_its_end_of_the_suspension(engine: Engine) -> None:
    customer = a_suspended_customer(engine)
    an_invoice(engine, customer, number="INV-A", total=Decimal(30))
    access = access_for(engine, Role.SUPPORT, login="sam")
    access.execute(
        BookTransaction(
            customer_id=customer, kind=Kind.MANUAL_PAYMENT, amount=Decimal(130), command_id=new_command_id()
        )
    )
    newest = {line.kind: line for line in reversed(lines(access, customer))}
    assert newest[TimelineKind.MONEY].what == "Manual payment"
    assert newest[TimelineKind.MONEY].amount == Decimal(130)
    assert newest[TimelineKind.MONEY].login == "sam"
    assert newest[TimelineKind.MONEY].detail.endswith("INV-A")
    assert newest[TimelineKind.STATUS].what == "Suspension ended"


def test_an_edit_is_one_line_that_names_its_fields(engine: Engine) -> None:
    access, customer = a_full_life(engine)
    (edit,) = lines(access, customer, TimelineKind.EDIT)
    assert (edit.what, edit.detail) == ("Edited", "City · moved")


def test_a_status_change_is_no_edit(engine: Engine) -> None:
    customer = a_customer(engine)
    access = access_for(engine, Role.MANAGER)
    access.execute(ChangeStatus(customer_id=customer, move="block", reason="fraud", command_id=new_command_id()))
    assert lines(access, customer, TimelineKind.EDIT) == []
    assert lines(access, customer, TimelineKind.STATUS)[0].what == "Blocked"


def test_an_unblocking_that_ends_in_a_suspension_says_so(engine: Engine) -> None:
    customer = a_customer(engine, blocked=True, customer_class_id=a_class(engine, suspend_after=5))
    an_invoice(engine, customer)
    access = access_for(engine, Role.MANAGER)
    access.execute(ChangeStatus(customer_id=customer, move="unblock", reason="r", command_id=new_command_id()))
    assert lines(access, customer, TimelineKind.STATUS)[0].what == "Unblocked, and suspended for what is overdue"


@pytest.mark.parametrize("notes", [10, 30])  # the first page ends among the bookings, among the invoices
def test_pages_hold_every_line_once_across_kinds_of_the_same_instant(engine: Engine, notes: int) -> None:
    customer = a_customer(engine, billing_zone="Europe/Berlin")
    midnight = datetime(2026, 2, 28, 23, 0, tzinfo=UTC)  # where 1 March begins in Berlin
    for number in range(notes):
        a_note(engine, customer, text=f"note {number}", at=midnight)
    for number in range(30):
        an_invoice(engine, customer, number=f"INV-{number}", issued_on=date(2026, 3, 1), at=midnight)
    found = lines(access_for(engine), customer)
    details = [(line.kind, line.what, line.detail) for line in found if line.kind is not TimelineKind.MONEY]
    assert len(details) == len(set(details)) == notes + 30 + 1  # and its creation
    assert len([line for line in found if line.kind is TimelineKind.MONEY]) == 30


def test_a_page_holds_fifty_lines_and_the_last_has_none_below(engine: Engine) -> None:
    customer = a_customer(engine)
    for number in range(PAGE):
        a_note(engine, customer, text=f"note {number}", at=NOW - timedelta(minutes=number))
    first = access_for(engine).fetch(Timeline(customer))
    assert (len(first.rows), first.older is None) == (PAGE, False)
    second = access_for(engine).fetch(Timeline(customer, (), first.older or ""))
    assert [line.what for line in second.rows] == ["Created"]
    assert second.older is None


def test_the_number_of_statements_does_not_grow_with_the_life_of_a_customer(engine: Engine) -> None:
    access, customer = a_full_life(engine)
    with counted(engine) as few:
        access.fetch(Timeline(customer))
    for number in range(60):
        an_invoice(engine, customer, number=f"MORE-{number}")
        a_note(engine, customer, text=f"more {number}")
    with counted(engine) as many:
        access.fetch(Timeline(customer))
    assert len(many) == len(few) <= 5


def test_what_people_wrote_is_masked_without_the_right(engine: Engine) -> None:
    _, customer = a_full_life(engine)
    analyst = access_for(engine, Role.ANALYST)
    (note,) = lines(analyst, customer, TimelineKind.NOTE)
    assert "Promised" not in note.detail


def test_a_strangers_customer_has_no_timeline(engine: Engine) -> None:
    customer = a_customer(engine)
    with pytest.raises(NotFound):
        access_for(engine, reseller_id=a_reseller(engine)).fetch(Timeline(customer))


@pytest.mark.parametrize("damaged", ["", "~", "x~1~2", "2026-03-16~0~1", "2026-03-16T09:00:00+00:00~0~9999999999999"])
def test_a_damaged_place_in_the_address_is_the_top(damaged: str) -> None:
    assert read_mark(damaged) is None


def test_a_place_in_the_address_reads_back() -> None:
    mark = Mark(NOW, 3, 17)
    assert read_mark(str(mark)) == mark


def test_promises_limits_and_steps_of_collection_are_told_in_words(engine: Engine) -> None:
    access, customer = a_full_life(engine)
    (promise,) = lines(access, customer, TimelineKind.PROMISE)
    assert (promise.what, promise.amount, promise.detail) == (
        "Promised to pay by 19 Mar 2026",
        40,
        "Open, 40.00 EUR received",
    )
    (limit,) = lines(access, customer, TimelineKind.LIMIT)
    assert limit.detail.startswith("Temporary increase of the credit limit: none → 50")
    assert limit.detail.endswith("fair")
    steps = lines(access, customer, TimelineKind.COLLECTION)
    assert "Collection: became overdue" in {step.what for step in steps}


def test_a_raised_limit_is_no_edit(engine: Engine) -> None:
    access, customer = a_full_life(engine)
    assert [line.detail for line in lines(access, customer, TimelineKind.EDIT)] == ["City · moved"]


def test_at_one_instant_what_causes_stands_before_what_follows(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3, late_fee=Decimal(5), reactivation_fee=Decimal(7))
    collect(engine, customer, at(19))
    pay(engine, customer, "100", at(20))
    moments: dict[datetime, list[str]] = {at(19): [], at(20): []}
    for line in reversed(lines(access_for(engine, Role.SUPPORT, at(21)), customer)):
        if line.at in moments:
            moments[line.at].append(line.what)
    assert moments[at(19)] == [
        "Collection: became overdue", "Collection: suspended", "Late payment fee", "Suspended",
        "Mail: Your services have been suspended",
    ]  # fmt: skip
    assert moments[at(20)] == [
        "Manual payment", "Suspension ended", "Reactivation fee", "Mail: Your services have been restored",
    ]  # fmt: skip

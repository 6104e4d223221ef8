"""Collections: each customer once, in the order of the rule, with sums that never cross a currency."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.models.customers import BalanceControl
from data_access.models.money import CollectionStatus
from data_access.queries.collections.cases import PAGE_SIZE, FindCases
from data_access.queries.collections.collections import CollectionFilter, Queue
from data_access.queries.collections.sums import CollectionTotals
from data_access.queries.pagination.pages import Direction
from tests.support.builders import a_class, a_customer, a_reseller, a_suspended_customer, an_invoice
from tests.support.people import NOW, access_for


def lifted(engine, until=NOW + timedelta(days=2), **over):
    return a_suspended_customer(engine, suspension_lifted_until=until, first_lifted_on=NOW.date(), **over)


def an_overdue_customer(engine, due_on=date(2026, 2, 15), total=Decimal(100), **over):
    customer_id = a_customer(engine, **over)
    an_invoice(engine, customer_id, issued_on=due_on - timedelta(days=14), due_on=due_on, total=total)
    return customer_id


def cases(engine, **asked):
    return access_for(engine, Role.MANAGER).fetch(FindCases(CollectionFilter(**asked))).rows


def ids(rows):
    return [row.customer.id for row in rows]


def test_lifts_come_first_then_the_suspended_then_the_overdue(engine):
    overdue = an_overdue_customer(engine, due_on=date(2026, 1, 10))
    suspended = a_suspended_customer(engine)
    late_lift, soon_lift = lifted(engine, NOW + timedelta(days=9)), lifted(engine, NOW + timedelta(days=1))
    rows = cases(engine)
    assert ids(rows) == [soon_lift, late_lift, suspended, overdue]
    assert [row.queue for row in rows] == [Queue.LIFTED, Queue.LIFTED, Queue.SUSPENDED, Queue.OVERDUE]


def test_within_a_queue_the_longest_overdue_comes_first(engine):
    recent = an_overdue_customer(engine, due_on=date(2026, 3, 1))
    old = an_overdue_customer(engine, due_on=date(2025, 11, 1))
    assert ids(cases(engine)) == [old, recent]


def test_a_row_says_how_much_since_when_and_what_comes_next(engine):
    lifted(engine, NOW + timedelta(days=2))
    row = cases(engine)[0]
    assert (row.customer.overdue_amount, row.customer.days_overdue) == (100, 29)
    assert row.customer.overdue_since == date(2026, 2, 15)
    assert row.lifted_until == date(2026, 3, 18)
    assert row.customer.next_step.says == "suspended again unless paid"


def test_a_lift_that_has_run_out_is_a_suspension(engine):
    customer_id = lifted(engine, NOW)
    rows = cases(engine)
    assert (ids(rows), rows[0].queue, rows[0].lifted_until) == ([customer_id], Queue.SUSPENDED, None)


def test_a_blocked_customer_waits_in_its_queue_too(engine):
    suspended = a_suspended_customer(engine, blocked=True)
    overdue = an_overdue_customer(engine, blocked=True)
    assert ids(cases(engine)) == [suspended, overdue]


def test_who_was_suspended_for_lack_of_funds_is_there_without_an_invoice(engine):
    customer_id = a_customer(
        engine,
        bill_status=BillStatus.SUSPENDED,
        suspension_cause=SuspensionCause.INSUFFICIENT_FUNDS,
        balance_control=BalanceControl.PREPAID,
    )
    row = cases(engine)[0]
    assert (row.customer.id, row.customer.overdue_amount, row.queue) == (customer_id, 0, Queue.SUSPENDED)


def test_who_owes_nothing_late_is_not_there(engine):
    a_customer(engine, balance=Decimal(500))
    an_overdue_customer(engine, due_on=NOW.date())
    an_overdue_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    not_collected = a_customer(engine)
    an_invoice(engine, not_collected, collection_status=CollectionStatus.DO_NOT_COLLECT)
    assert cases(engine) == ()


@pytest.mark.parametrize("queue", Queue)
def test_a_queue_can_be_seen_alone(engine, queue):
    made = {Queue.LIFTED: lifted(engine), Queue.SUSPENDED: a_suspended_customer(engine)}
    made[Queue.OVERDUE] = an_overdue_customer(engine)
    assert ids(cases(engine, queue=queue)) == [made[queue]]


def test_a_currency_can_be_seen_alone(engine):
    an_overdue_customer(engine)
    dollars = an_overdue_customer(engine, currency="USD")
    assert ids(cases(engine, currency="USD")) == [dollars]


def test_sums_never_cross_a_currency(engine):
    for currency, total in (("EUR", "10.10"), ("EUR", "0.20"), ("USD", "5")):
        an_overdue_customer(engine, currency=currency, total=Decimal(total))
    a_suspended_customer(engine)
    totals = access_for(engine).fetch(CollectionTotals())
    assert totals.to_numpy().tolist() == [
        ["overdue", "EUR", 2, Decimal("10.3")],
        ["suspended", "EUR", 1, Decimal(100)],
        ["overdue", "USD", 1, Decimal(5)],
    ]


def test_totals_count_the_rows_of_each_queue(engine):
    for n in range(3):
        lifted(engine)
        an_overdue_customer(engine, total=Decimal(n + 1))
    access = access_for(engine)
    totals = access.fetch(CollectionTotals()).to_dict("records")
    assert {row["queue"] for row in totals} == {Queue.LIFTED, Queue.OVERDUE}
    for row in totals:
        rows = access.fetch(FindCases(CollectionFilter(Queue(row["queue"]), row["currency"]))).rows
        assert (len(rows), sum(each.customer.overdue_amount for each in rows)) == (row["customers"], row["overdue"])


def test_what_is_paid_in_part_counts_with_what_is_left(engine):
    customer_id = a_customer(engine)
    an_invoice(engine, customer_id, total=Decimal(100), paid=Decimal("30.5"))
    totals = access_for(engine).fetch(CollectionTotals())
    assert list(totals["overdue"]) == [Decimal("69.5")] == [row.customer.overdue_amount for row in cases(engine)]


def test_pages_hold_every_case_once_in_both_directions(engine):
    shared = a_class(engine)
    made = [an_overdue_customer(engine, customer_class_id=shared) for _ in range(PAGE_SIZE)]
    made = [lifted(engine, customer_class_id=shared) for _ in range(3)] + made
    access = access_for(engine)
    first = access.fetch(FindCases())
    second = access.fetch(FindCases(direction=Direction.AFTER, cursor=str(first.last)))
    back = access.fetch(FindCases(direction=Direction.BEFORE, cursor=str(second.first)))
    last = access.fetch(FindCases(direction=Direction.LAST))
    assert ids(first.rows + second.rows) == made
    assert (first.has_previous, first.has_next, second.has_previous, second.has_next) == (False, True, True, False)
    assert back.rows == first.rows
    assert ids(last.rows) == made[-PAGE_SIZE:]
    assert (last.has_previous, last.has_next) == (True, False)


@pytest.mark.parametrize("cursor", ["", "x", "0~yesterday~1", "9~2026-01-01T00:00:00+00:00~1", "0~2026-01-01~1"])
def test_a_damaged_place_is_refused(engine, cursor):
    with pytest.raises(ValueError):  # noqa: PT011 - which damage it is does not matter
        access_for(engine).fetch(FindCases(direction=Direction.AFTER, cursor=cursor))


def test_a_reseller_s_person_collects_from_their_own_customers_alone(engine):
    mine = a_reseller(engine)
    own = an_overdue_customer(engine, reseller_id=mine)
    an_overdue_customer(engine)
    access = access_for(engine, Role.SUPPORT, reseller_id=mine)
    assert ids(access.fetch(FindCases()).rows) == [own]
    assert list(access.fetch(CollectionTotals())["customers"]) == [1]


def test_names_are_masked_without_the_right(engine):
    an_overdue_customer(engine, first_name="Nadia", last_name="Kowalska")
    assert access_for(engine, Role.ANALYST).fetch(FindCases()).rows[0].customer.name == "N••••• K•••••"


def test_a_filter_survives_the_address():
    asked = CollectionFilter(Queue.LIFTED, "EUR")
    assert CollectionFilter.from_params(asked.to_params()) == (asked, ())
    assert asked.describe() == "Lifted, in EUR, not permanently terminated"


def test_a_damaged_address_shows_all_queues_and_says_so():
    asked, unread = CollectionFilter.from_params({"queue": ["secret"], "currency": ["XXX"]})
    assert asked == CollectionFilter()
    assert len(unread) == 2

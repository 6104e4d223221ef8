"""Finding customers: pages, orders, counts and masks, on both databases."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from data_access.base.errors import NotPermitted
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.domain.shown_status import Shown
from data_access.models.customers import BalanceControl
from data_access.models.history import PlannedMove
from data_access.queries.finder.find import FindQuick
from data_access.queries.lists.counts import BlockedCount, CountBefore, CountCustomers, HiddenMatches, ShownCounts
from data_access.queries.lists.customers import CustomerRow, FindCustomers
from data_access.queries.pagination.by_key import Sort
from data_access.queries.pagination.pages import Direction, Page
from data_access.search.filters import CustomerFilter
from data_access.search.text_match import Match, SearchField
from data_access.store.access import Access
from tests.support.builders import a_class, a_customer, a_reseller, a_suspended_customer, an_invoice, later
from tests.support.people import NOW, access_for
from tests.support.rows import insert


def codes(page: Page[CustomerRow]) -> list[str]:
    return [row.customer_code for row in page.rows]


def some(engine: Engine, count: int, **over: object) -> None:
    class_id = a_class(engine)
    for number in range(count):
        a_customer(engine, customer_code=f"K-{number:03}", customer_class_id=class_id, **over)


def walk(access: Access, sort: Sort, forwards: bool, between: object = None) -> list[str]:
    """The Customer IDs of all pages, one after the other."""
    step = Direction.AFTER if forwards else Direction.BEFORE
    page = access.fetch(FindCustomers(sort=sort, size=3, direction=Direction.FIRST if forwards else Direction.LAST))
    pages = [codes(page)]
    while page.has_next if forwards else page.has_previous:
        cursor = page.last if forwards else page.first
        page = access.fetch(FindCustomers(sort=sort, size=3, direction=step, cursor=str(cursor)))
        pages.append(codes(page))
        if callable(between):
            between()
    return [code for page in (pages if forwards else pages[::-1]) for code in page]


def varied(engine: Engine) -> None:
    """Eleven customers with ties in every sorted column."""
    class_id = a_class(engine)
    for number in range(11):
        customer_id = a_customer(
            engine, customer_code=f"K-{number:03}", customer_class_id=class_id, company_name=f"Name {number // 3}",
            balance=Decimal(number // 2), created_at=NOW - timedelta(days=number // 4),
        )  # fmt: skip
        if number % 3 == 0:
            an_invoice(engine, customer_id, issued_on=date(2026, 1, 1 + number // 6))


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_show_every_customer_once_in_both_directions(engine: Engine, sort: Sort) -> None:
    varied(engine)
    access = access_for(engine)
    whole = codes(access.fetch(FindCustomers(sort=sort)))
    assert sorted(whole) == [f"K-{number:03}" for number in range(11)]
    assert walk(access, sort, True) == whole
    assert walk(access, sort, False) == whole


def test_customers_added_while_paging_hide_and_repeat_nobody(engine: Engine) -> None:
    some(engine, 10)
    access = access_for(engine)
    seen = walk(access, Sort.CUSTOMER_ID, True, lambda: a_customer(engine))
    before = [code for code in seen if code.startswith("K-")]
    assert before == [f"K-{number:03}" for number in range(10)]


def test_the_first_page_has_nothing_before_and_the_last_nothing_after(engine: Engine) -> None:
    some(engine, 4)
    access = access_for(engine)
    first = access.fetch(FindCustomers(size=3))
    last = access.fetch(FindCustomers(size=3, direction=Direction.LAST))
    assert (first.has_previous, first.has_next) == (False, True)
    assert (last.has_previous, last.has_next) == (True, False)


def test_orders_put_the_largest_newest_and_longest_overdue_first(engine: Engine) -> None:
    a_customer(engine, customer_code="plain")
    a_customer(engine, customer_code="owes", balance=Decimal(500))
    a_customer(engine, customer_code="new", created_at=NOW)
    an_invoice(engine, a_customer(engine, customer_code="late"), issued_on=date(2025, 12, 1))
    access = access_for(engine)
    assert codes(access.fetch(FindCustomers(sort=Sort.BALANCE)))[0] == "owes"
    assert codes(access.fetch(FindCustomers(sort=Sort.NEWEST)))[0] == "new"
    assert codes(access.fetch(FindCustomers(sort=Sort.OVERDUE)))[0] == "late"


def test_names_are_sorted_without_regard_to_case_and_accents(engine: Engine) -> None:
    for code, name in (("1", "Éclair"), ("2", "eagle"), ("3", "Zebra"), ("4", "edge")):
        a_customer(engine, customer_code=code, company_name=name)
    assert codes(access_for(engine).fetch(FindCustomers())) == ["2", "1", "4", "3"]


def test_a_row_says_what_is_overdue_and_since_when(engine: Engine) -> None:
    customer_id = a_customer(engine, customer_code="late")
    an_invoice(engine, customer_id, total=Decimal(100), paid=Decimal(30), due_on=date(2026, 3, 1))
    an_invoice(engine, customer_id, total=Decimal(20), due_on=date(2026, 3, 10))
    an_invoice(engine, customer_id, total=Decimal(999), due_on=date(2026, 3, 16))
    (row,) = access_for(engine).fetch(FindCustomers()).rows
    assert (row.overdue_amount, row.overdue_since, row.days_overdue) == (Decimal(90), date(2026, 3, 1), 15)


def test_a_row_says_what_is_available(engine: Engine) -> None:
    a_customer(engine, customer_code="1", balance=Decimal(300))
    a_customer(engine, customer_code="2", balance=Decimal(-12), balance_control=BalanceControl.PREPAID)
    a_customer(engine, customer_code="3", credit_limit=None)
    rows = access_for(engine).fetch(FindCustomers(sort=Sort.CUSTOMER_ID)).rows
    assert [row.available for row in rows] == [Decimal(700), Decimal(12), None]


def test_a_row_says_the_next_step(engine: Engine) -> None:
    until = datetime(2026, 3, 18, tzinfo=UTC)
    a_suspended_customer(
        engine, customer_code="1", suspension_lifted_until=until, first_lifted_on=date(2026, 3, 15), blocked=True
    )
    planned = a_customer(engine, customer_code="2")
    insert(
        engine, PlannedMove,
        {"customer_id": planned, "move": "block", "due_on": later(3), "login": "support", "planned_at": NOW},
    )  # fmt: skip
    lifted, other = access_for(engine).fetch(FindCustomers(sort=Sort.CUSTOMER_ID)).rows
    assert (lifted.next_step.on, lifted.shown, lifted.secondary) == (
        date(2026, 3, 18), "blocked", ("suspension_lifted",)
    )  # fmt: skip
    assert other.next_step.on == later(3)


def test_the_permanently_terminated_are_hidden_counted_and_never_listed(engine: Engine) -> None:
    a_customer(engine, customer_code="open")
    a_customer(engine, customer_code="gone", bill_status=BillStatus.PERMANENTLY_TERMINATED)
    access = access_for(engine)
    assert codes(access.fetch(FindCustomers())) == ["open"]
    assert access.fetch(CountCustomers()) == 1
    assert access.fetch(ShownCounts())[Shown.PERMANENTLY_TERMINATED] == 1
    assert access.fetch(HiddenMatches(CustomerFilter(q="gone"))) == 1
    assert access.fetch(HiddenMatches(CustomerFilter(q="open"))) == 0


def test_each_count_by_status_is_the_number_of_its_rows(engine: Engine) -> None:
    a_customer(engine)
    a_customer(engine, blocked=True)
    a_suspended_customer(engine)
    a_suspended_customer(engine, blocked=True)
    a_customer(engine, balance=Decimal(2000))
    a_customer(engine, balance_control=BalanceControl.PREPAID)
    a_customer(engine, bill_status=BillStatus.PROVISIONALLY_TERMINATED)
    a_customer(engine, bill_status=BillStatus.EXPORTED, blocked=True)
    access = access_for(engine)
    counts = access.fetch(ShownCounts())
    assert sum(counts.values()) == 8
    for status, count in counts.items():
        chosen = CustomerFilter(status=frozenset({status}))
        rows = access.fetch(FindCustomers(chosen)).rows
        assert {row.shown for row in rows} <= {status.value}
        assert len(rows) == count == access.fetch(CountCustomers(chosen))


def test_blocked_finds_everybody_blocked_whatever_is_shown(engine: Engine) -> None:
    a_customer(engine, customer_code="1", blocked=True)
    a_customer(engine, customer_code="2", blocked=True, bill_status=BillStatus.EXPORTED)
    a_customer(engine, customer_code="3")
    access = access_for(engine)
    blocked = access.fetch(FindCustomers(CustomerFilter(blocked=True), sort=Sort.CUSTOMER_ID))
    assert codes(blocked) == ["1", "2"]
    assert access.fetch(BlockedCount()) == 2
    assert codes(access.fetch(FindCustomers(CustomerFilter(status=frozenset({Shown.BLOCKED}))))) == ["1"]


def test_a_reseller_sees_and_counts_only_their_own(engine: Engine) -> None:
    mine, other = a_reseller(engine), a_reseller(engine)
    a_customer(engine, customer_code="mine", reseller_id=mine)
    a_customer(engine, customer_code="other", reseller_id=other)
    a_customer(engine, customer_code="gone", reseller_id=other, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    access = access_for(engine, reseller_id=mine)
    assert codes(access.fetch(FindCustomers())) == ["mine"]
    assert sum(access.fetch(ShownCounts()).values()) == 1
    assert access.fetch(HiddenMatches(CustomerFilter(q="gone"))) == 0
    assert [hit.customer_code for hit in access.fetch(FindQuick("other")).hits] == []


def test_the_place_of_a_page_is_counted(engine: Engine) -> None:
    some(engine, 7)
    access = access_for(engine)
    last = access.fetch(FindCustomers(sort=Sort.CUSTOMER_ID, size=3, direction=Direction.LAST))
    before = access.fetch(CountBefore(CustomerFilter(), Sort.CUSTOMER_ID, str(last.first)))
    assert before == 4


def test_an_analyst_sees_names_masked_and_customer_ids_plain(engine: Engine) -> None:
    a_customer(engine, customer_code="C-1", first_name="Nadia", last_name="Kowalska")
    a_customer(engine, customer_code="C-2")
    access = access_for(engine, Role.ANALYST)
    rows = access.fetch(FindCustomers()).rows
    assert [(row.customer_code, row.name) for row in rows] == [("C-1", "N••••• K•••••"), ("C-2", "C-2")]


def test_an_analyst_searches_by_customer_id_and_not_by_name(engine: Engine) -> None:
    a_customer(engine, customer_code="C-1", company_name="Aurora")
    access = access_for(engine, Role.ANALYST)
    by_id = CustomerFilter(q="c-1", fields=frozenset({SearchField.CUSTOMER_ID}))
    assert codes(access.fetch(FindCustomers(by_id))) == ["C-1"]
    for query in (FindCustomers, CountCustomers, ShownCounts, BlockedCount, HiddenMatches):
        with pytest.raises(NotPermitted, match="Searching by name needs the right to see personal data"):
            access.fetch(query(CustomerFilter(q="aur")))
    with pytest.raises(NotPermitted, match="Sorting by name"):
        access.fetch(FindCustomers(sort=Sort.NAME))


@pytest.mark.parametrize(
    ("q", "match", "fields", "found"),
    [
        ("aur", Match.STARTS, "name", True),
        ("AÜR", Match.STARTS, "name", True),
        ("ora", Match.STARTS, "name", False),
        ("100% aur", Match.STARTS, "name", True),
        ("100% ora", Match.STARTS, "name", False),
        ("örebro", Match.EXACTLY, "city", True),
        ("Öre", Match.STARTS, "city", True),
        ("rebro", Match.STARTS, "city", False),
        ("ora", Match.CONTAINS, "name", True),
        ("%", Match.CONTAINS, "name", True),
        ("_", Match.CONTAINS, "name", False),
        ("aurora 100%", Match.EXACTLY, "name", True),
        ("aurora", Match.EXACTLY, "name", False),
        ("100%", Match.ENDS, "name", True),
        ("x-1", Match.STARTS, "customer_id", True),
        ("aur", Match.STARTS, "customer_id", False),
        ("BILL@", Match.STARTS, "email", True),
        ("49 (30) 1", Match.STARTS, "phone", True),
        ("no digits", Match.CONTAINS, "phone", False),
        ("road 45", Match.CONTAINS, "phone", False),
        ("zzzqx1", Match.CONTAINS, "phone", False),
        ("45 ext. ", Match.CONTAINS, "phone", False),
        ("45", Match.ENDS, "phone", True),
    ],
)
def test_search_looks_where_and_how_it_is_told(engine: Engine, q: str, match: Match, fields: str, found: bool) -> None:
    a_customer(
        engine, customer_code="X-1", company_name="Aurora  100%", email="bill@aurora.example", phone="+49 30 12345",
        city="örebro",
    )  # fmt: skip
    wanted = {field for field in SearchField if field.value == fields}
    chosen = CustomerFilter(q=q, match=match, fields=frozenset(wanted))
    assert access_for(engine).fetch(CountCustomers(chosen)) == int(found)


HARD = [
    "'; DROP TABLE customers; --", '"', "\\", "100%_", "🦊", "שלום עולם", "x" * 10_000, "%" * 10_000, "ﷺ" * 10_000,
    "\u0301", "a\tb", "*", "[a-z]", "\U0010ffff",
]  # fmt: skip


@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
def test_any_text_is_searched_literally(engine: Engine, text: str) -> None:
    a_customer(engine, customer_code="C-1", company_name="Aurora")
    if len(text) <= 100:
        a_customer(engine, customer_code="C-2", company_name=f"z {text} z")
    access = access_for(engine)
    for match in Match:
        found = access.fetch(FindCustomers(CustomerFilter(q=text, match=match)))
        expected = match in (Match.STARTS, Match.CONTAINS) and len(text) <= 100 and text != "\u0301"
        assert codes(found) == (["C-2"] if expected else [])
    assert len(access.fetch(FindQuick(text)).hits) <= 1


def test_the_same_person_sees_at_each_look_what_holds_at_its_moment(engine: Engine) -> None:
    a_suspended_customer(engine, suspension_lifted_until=NOW + timedelta(days=1), first_lifted_on=NOW.date())
    person = access_for(engine).actor
    looks = [Access(engine, person, lambda at=at: at) for at in (NOW, NOW + timedelta(days=2))]  # type: ignore[misc]
    shown = [access.fetch(FindCustomers()).rows[0].shown for access in looks]
    counted = [access.fetch(ShownCounts())[Shown.SUSPENSION_LIFTED] for access in looks]
    assert shown == [Shown.SUSPENSION_LIFTED, Shown.SUSPENDED]
    assert counted == [1, 0]


def test_what_one_person_may_see_does_not_cut_what_the_next_sees(engine: Engine) -> None:
    a_customer(engine, customer_code="ours")
    theirs = a_reseller(engine)
    a_customer(engine, customer_code="theirs", reseller_id=theirs)
    assert codes(access_for(engine, reseller_id=theirs).fetch(FindCustomers())) == ["theirs"]
    assert codes(access_for(engine).fetch(FindCustomers(sort=Sort.CUSTOMER_ID))) == ["ours", "theirs"]

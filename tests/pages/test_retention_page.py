"""Retention: who goes next, who is kept, what went; watched by managers, held by those with the right."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from data_access.base.clock import system_clock
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.customers.erasure import ErasePersonal, SetLegalHold
from data_access.commands.customers.notes import AddNote
from data_access.domain.retention import months_before, over_at
from data_access.models.customers import Customer
from data_access.models.jobs import Archive
from data_access.queries.jobs.retention_rows import ErasuresAhead, GoneLately, LegalHolds
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class, a_customer, a_reseller
from tests.support.forms import fill, labels, press, said
from tests.support.outbox import a_command
from tests.support.people import NOW, a_person, access_for
from tests.support.rows import insert
from tests.support.tables import rows

_INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware


def ended(engine: Engine, ago: timedelta, months: int | None = 6, now: datetime = NOW, **over: Any) -> int:
    at = now - ago
    facts = {"bill_status": BillStatus.PERMANENTLY_TERMINATED, "terminated_at": at, "terminate_on": at.date()}
    of_class = over.pop("class_id", None) or a_class(engine, purge_after_months=months)
    return a_customer(engine, customer_class_id=of_class, **(facts | over))


def ended_today(engine: Engine, days: int, **over: Any) -> int:
    """A customer whose six months end in about so many days from the real today, which a page is drawn by."""
    return ended(engine, timedelta(days=182 - days), now=system_clock(), **over)


def hold(engine: Engine, customer_id: int, *, hold: bool = True, reason: str = "Court file 7") -> None:
    order = SetLegalHold(customer_id=customer_id, hold=hold, reason=reason, command_id=new_command_id())
    access_for(engine, Role.MANAGER).execute(order)


def table(app: AppTest, column: str) -> Any:
    return next(one.value for one in app.dataframe if column in one.value.columns)


def opened(desk_app: Any, role: Role = Role.MANAGER, **address: str) -> AppTest:
    app: AppTest = desk_app.open("retention", role, **address)
    assert not app.exception
    return app


def is_held(engine: Engine, customer_id: int) -> bool:
    return bool(next(row.legal_hold for row in rows(engine, Customer) if row.id == customer_id))


@given(_INSTANTS, st.integers(0, 120))
@example(datetime(2025, 8, 31, 12, tzinfo=UTC), 6)
def test_the_moment_told_is_the_first_at_which_the_months_are_over(at: datetime, months: int) -> None:
    due = over_at(at, months)
    assert months_before(due, months) >= at
    assert months_before(due - timedelta(microseconds=1), months) < at


def test_those_due_by_now_and_soon_are_told_with_their_moment(engine: Engine) -> None:
    soon = ended(engine, timedelta(days=150), customer_code="SOON")
    due = ended(engine, timedelta(days=200), customer_code="DUE")
    ended(engine, timedelta(days=60))
    ended(engine, timedelta(days=900), months=None)
    ended(engine, timedelta(days=900), erased_at=NOW)
    ahead = access_for(engine, Role.MANAGER).fetch(ErasuresAhead()).rows
    assert [(row.customer_id, row.due_at) for row in ahead] == [
        (due, over_at(NOW - timedelta(days=200), 6)), (soon, over_at(NOW - timedelta(days=150), 6))
    ]  # fmt: skip


def test_whose_class_keeps_less_long_goes_first(engine: Engine) -> None:
    later = ended(engine, timedelta(days=200), months=8)
    first = ended(engine, timedelta(days=190), months=6)
    ahead = access_for(engine, Role.MANAGER).fetch(ErasuresAhead()).rows
    assert [row.customer_id for row in ahead] == [first, later]


def test_a_hold_is_told_with_its_last_reason(engine: Engine) -> None:
    customer_id, other = a_customer(engine, legal_hold=True, customer_code="A"), a_customer(engine, customer_code="B")
    hold(engine, other, reason="First")
    hold(engine, other, hold=False, reason="Over")
    hold(engine, other, reason="Second")
    note = AddNote(customer_id=other, text="Called.", reason="Another order", command_id=new_command_id())
    access_for(engine, Role.MANAGER).execute(note)
    held = access_for(engine, Role.MANAGER).fetch(LegalHolds()).rows
    assert [(row.customer_id, row.reason) for row in held] == [(customer_id, ""), (other, "Second")]
    assert [row.customer_id for row in access_for(engine, Role.MANAGER).fetch(LegalHolds(other)).rows] == [other]


def test_what_went_is_told_the_newest_first(engine: Engine) -> None:
    erased, archived = ended(engine, timedelta(days=200)), ended(engine, timedelta(days=2000))
    Access(engine, SYSTEM, lambda: NOW).execute(ErasePersonal(customer_id=erased, command_id=new_command_id()))
    row = {
        "customer_id": archived, "command_id": a_command(engine), "at": NOW + timedelta(hours=1),
        "file": "customer-2.parquet", "digest": "0" * 64, "rows": 41,
    }  # fmt: skip
    insert(engine, Archive, row)
    gone = access_for(engine, Role.MANAGER).fetch(GoneLately())
    assert [(each.customer_id, each.rows, each.file) for each in gone] == [
        (archived, 41, "customer-2.parquet"), (erased, 0, "")
    ]  # fmt: skip


def test_a_resellers_manager_sees_their_own_customers_only(desk_app: Any) -> None:
    engine = desk_app.engine
    ended_today(engine, 10, legal_hold=True)
    ended_today(engine, 10, erased_at=NOW)
    manager = a_person(engine, Role.MANAGER, reseller_id=a_reseller(engine))
    app = desk_app.sign_in_as(manager).run()
    app.switch_page("../pages/retention.py")
    app.run()
    assert not app.exception
    assert not app.dataframe


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN])
def test_the_page_says_who_goes_when_and_who_is_kept(desk_app: Any, role: Role) -> None:
    engine = desk_app.engine
    of_class = a_class(engine, name="Homes", purge_after_months=6)
    ended_today(engine, -10, customer_code="DUE", company_name="*Gone* Ltd", class_id=of_class, balance=Decimal(5))
    ended_today(engine, 30, customer_code="SOON", class_id=of_class)
    ended_today(engine, -20, customer_code="KEPT", class_id=of_class, legal_hold=True)
    told = table(opened(desk_app, role), "Erased")
    assert list(told["Customer ID"]) == ["KEPT", "DUE", "SOON"]
    assert list(told["Erased"])[:2] == ["kept by a legal hold", "by the next run"]
    assert " days" in told["Erased"].iloc[2]
    assert list(told["Hold"]) == ["", "Hold", "Hold"]
    assert list(told.loc[1, ["Name", "Customer class", "Balance"]]) == ["*Gone* Ltd", "Homes", "owes 5.00 EUR"]


def test_where_nothing_is_due_and_nothing_went_the_page_says_so(desk_app: Any) -> None:
    told = said(opened(desk_app))
    assert "Nobody's personal data is due within 90 days." in told
    assert "Nobody is under a legal hold." in told
    assert "Nothing was erased or archived yet." in told


def test_a_customer_is_put_under_a_hold_from_the_list(desk_app: Any) -> None:
    customer_id = ended_today(desk_app.engine, 10, customer_code="SOON")
    app = opened(desk_app)
    app.session_state["to-erase-Hold"] = {"row": 0, "label": "Hold"}
    app.run()
    assert app.query_params["change"] == str(customer_id)
    press(app, "Put under a legal hold")
    assert "Give the reason" in said(app)
    assert not is_held(desk_app.engine, customer_id)
    press(fill(app, Reason="Court file 7"), "Put under a legal hold")
    assert is_held(desk_app.engine, customer_id)
    assert "SOON is now under a legal hold." in said(app)
    assert list(table(app, "Reason")["Reason"]) == ["Court file 7"]
    assert "change" not in app.query_params


def test_a_hold_is_ended_with_a_reason(desk_app: Any) -> None:
    customer_id = a_customer(desk_app.engine, customer_code="K-1")
    hold(desk_app.engine, customer_id)
    app = opened(desk_app, change=str(customer_id))
    press(fill(app, Reason="Settled"), "End the legal hold")
    assert not is_held(desk_app.engine, customer_id)
    assert "K-1 is no longer under a legal hold." in said(app)


def test_a_customer_id_opens_the_customer(desk_app: Any) -> None:
    customer_id = ended_today(desk_app.engine, 10)
    app = opened(desk_app)
    app.session_state["to-erase-Customer ID"] = {"row": 0, "label": "x"}
    assert app.run().query_params["id"] == str(customer_id)


def test_who_may_look_only_is_offered_no_hold_and_told_who_can(desk_app: Any) -> None:
    customer_id = ended_today(desk_app.engine, 10)
    app = desk_app.sign_in(Role.ANALYST, extra_grants="job:read").run()
    app.switch_page("../pages/retention.py")
    app.query_params["change"] = str(customer_id)
    app.run()
    assert "Hold" not in table(app, "Erased").columns
    assert labels(app) == []
    assert "a manager or an admin can set and end a legal hold" in said(app)


def test_archiving_is_told_as_a_command_to_those_who_can(desk_app: Any) -> None:
    assert "archive --dry-run --as" in said(opened(desk_app, Role.ADMIN))
    manager = said(opened(desk_app, Role.MANAGER))
    assert "archive --dry-run" not in manager
    assert "an admin can" in manager


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ANALYST])
def test_others_are_told_who_can(desk_app: Any, role: Role) -> None:
    assert "A manager or an admin can." in said(opened(desk_app, role))


def many_holds(engine: Engine, count: int) -> None:
    of_class = a_class(engine)
    for number in range(count):
        a_customer(engine, customer_class_id=of_class, customer_code=f"K-{number:03}", legal_hold=True)


def test_no_hold_is_left_out_of_the_pages_and_none_comes_twice(desk_app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_access.queries.jobs.retention_rows.PAGE_SIZE", 2)
    monkeypatch.setattr("dashboard.retention.retention_lists.PAGE_SIZE", 2)
    many_holds(desk_app.engine, 5)
    app, seen = opened(desk_app), []
    for sentence in ("1–2 of 5", "3–4 of 5", "5–5 of 5"):
        assert sentence in said(app)
        seen += list(table(app, "Free")["Customer ID"])
        following = next(button for button in app.button if button.label == "Next")
        app = app if following.disabled else following.click().run()
    assert seen == [f"K-{number:03}" for number in range(5)]


def test_a_page_past_the_last_hold_is_the_last(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_access.queries.jobs.retention_rows.PAGE_SIZE", 2)
    many_holds(engine, 3)
    held = access_for(engine, Role.MANAGER).fetch(LegalHolds(page=99))
    assert ([row.customer_code for row in held.rows], held.total, held.page) == (["K-002"], 3, 1)


def test_a_list_of_erasures_that_is_cut_says_how_many_there_are(engine: Engine) -> None:
    of_class = a_class(engine, purge_after_months=6)
    for _ in range(3):
        ended(engine, timedelta(days=200), class_id=of_class)
    ahead = access_for(engine, Role.MANAGER).fetch(ErasuresAhead(limit=2))
    assert (len(ahead.rows), ahead.total) == (2, 3)


def test_no_more_erasures_are_counted_than_are_told(desk_app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, shown = "data_access.queries.jobs.retention_rows", "dashboard.retention.retention_lists"
    monkeypatch.setattr(f"{rows}.ErasuresAhead", partial(ErasuresAhead, limit=1))
    for module in (rows, shown):
        monkeypatch.setattr(f"{module}.MORE", 3)
    ended_today(desk_app.engine, 10)
    for sentence in ("1 of 2", "1 of more than 10,000", "1 of more than 10,000"):
        ended_today(desk_app.engine, 10)
        assert f"These are {sentence}: those that ended first." in said(opened(desk_app))


def test_whose_class_keeps_data_for_good_is_in_no_list(engine: Engine) -> None:
    ended(engine, timedelta(days=9000), months=None)
    ahead = access_for(engine, Role.MANAGER).fetch(ErasuresAhead())
    assert (ahead.rows, ahead.total) == ((), 0)

"""The customer table: what its cells say and which customer a click opens."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.kit.look.palette import STATUSES
from dashboard.kit.tables.customer_table import usual_columns
from dashboard.kit.tables.fitting import fitted
from dashboard.kit.tables.table import cells
from data_access.queries.forecast.next_step import NextStep
from data_access.queries.lists.customers import CustomerRow

TODAY = date(2026, 11, 22)


def a_row(**changes: Any) -> CustomerRow:
    plain: dict[str, Any] = {
        "id": 15,
        "customer_code": "C-15",
        "name": "Blue Harbour GmbH",
        "shown": "active",
        "secondary": (),
        "class_name": "Business EUR",
        "currency": "EUR",
        "balance_control": "postpaid",
        "balance": Decimal(120),
        "credit_limit": Decimal(1000),
        "available": Decimal(880),
        "overdue_amount": Decimal(0),
        "overdue_since": None,
        "days_overdue": 0,
        "next_step": None,
    }
    return CustomerRow(**(plain | changes))


COLUMNS = {column.label: column for column in usual_columns(TODAY)}


def cell(column: str, **changes: Any) -> Any:
    return cells([a_row(**changes)], COLUMNS[column])[0].as_py()


def test_a_status_is_a_mark_and_a_word_and_hides_nothing() -> None:
    assert cell("Status", shown="suspended", secondary=("credit_exceeded",)) == ["❚❚ Suspended", "▲ Credit exceeded"]


@pytest.mark.parametrize(
    ("balance", "credit_limit", "words"),
    [
        ("1240", "1000", "▲ 124 %, over"),
        ("850", "1000", "◕ 85 %"),
        ("120", "1000", "◔ 12 %"),
        ("0", "1000", "○ unused"),
        ("-5", "1000", "+ in credit"),
        ("5", "0", "▲ over the limit"),
        ("5", None, "∞ no limit"),
    ],
)
def test_the_use_of_a_limit_is_never_clipped(balance: str, credit_limit: str | None, words: str) -> None:
    known = None if credit_limit is None else Decimal(credit_limit)
    assert cell("Use of limit", balance=Decimal(balance), credit_limit=known) == [words]


def test_a_prepaid_customer_shows_funds_and_no_debt() -> None:
    prepaid = {"balance_control": "prepaid", "balance": Decimal("-12.4"), "credit_limit": None}
    assert [cell(name, **prepaid) for name in ("Balance", "Credit limit", "Use of limit")] == [
        "12.40 EUR available",
        "prepaid, no credit",
        ["◇ prepaid"],
    ]


def test_overdue_and_the_next_step_are_told_in_words() -> None:
    late = {
        "overdue_amount": Decimal("84.1"),
        "days_overdue": 23,
        "next_step": NextStep(date(2026, 11, 25), "suspended again", "paid"),
    }
    assert [cell(name, **late) for name in ("Overdue", "Next step")] == [
        "23 days, 84.10 EUR",
        "in 3 days: suspended again",
    ]


@pytest.mark.parametrize(
    ("step", "brief"),
    [
        (("permanently terminated", "reactivated"), "in 3 days: terminated"),
        (("suspended again", "paid"), "in 3 days: suspended again"),
        (("Terminate provisionally",), "in 3 days: Terminate provisionally"),
    ],
)
def test_a_narrow_column_tells_the_next_step_without_its_conditions(step: tuple[str, ...], brief: str) -> None:
    assert cell("Next step", next_step=NextStep(date(2026, 11, 25), *step)) == brief


def test_an_empty_page_has_typed_columns() -> None:
    empty = cells([], COLUMNS["Status"])
    assert (len(empty), str(empty.type)) == (0, "list<item: string>")


@pytest.mark.parametrize("name", [":material/add: Ltd", '["a", "b"]'])
def test_a_name_is_never_read_as_an_icon_or_a_menu(name: str) -> None:
    shown = cell("Name", name=name)
    assert shown.removeprefix("\u200b") == name
    assert not shown.startswith((":", "["))


CHIPS_ASIDE = 24  # pixels: the paddings of two chips beyond those of a cell, and marks that are wider than letters


def test_money_and_the_next_step_fit_a_screen_of_1440() -> None:
    beside = 264 + 2 * 28 + 34  # menu, paddings, column of check boxes
    assert sum(column.width or 0 for column in COLUMNS.values()) <= 1440 - beside


def test_suspended_for_want_of_funds_is_told_in_whole_chips() -> None:
    chips = " ".join(STATUSES[name].chip for name in ("suspended", "no_available_funds"))
    assert fitted(chips, (COLUMNS["Status"].width or 0) - CHIPS_ASIDE) == chips


def a_list() -> None:
    from datetime import date  # noqa: PLC0415  AppTest runs this body as a script of its own

    import streamlit as st  # noqa: PLC0415

    from dashboard.kit.tables.customer_table import customer_table, usual_columns  # noqa: PLC0415

    st.text(customer_table(st.session_state["rows"], usual_columns(date(2026, 11, 22)), "customers"))


def a_page(*rows: CustomerRow) -> AppTest:
    page = AppTest.from_function(a_list)
    page.session_state["rows"] = rows
    page.run()
    assert not page.exception
    return page


def test_nothing_is_open_before_a_click() -> None:
    assert a_page(a_row()).text[0].value == "None"


def test_a_selected_row_opens_its_customer() -> None:
    page = a_page(a_row(id=7), a_row(id=15))
    page.session_state["customers"] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    assert page.run().text[0].value == "15"


def test_a_click_opens_what_was_drawn_when_it_was_clicked() -> None:
    page = a_page(a_row(id=7), a_row(id=15))
    page.session_state["rows"] = (a_row(id=1), a_row(id=2))
    page.session_state["customers"] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    assert page.run().text[0].value == "15"


def a_table() -> None:
    import streamlit as st  # noqa: PLC0415

    from dashboard.kit.tables.table import Column, table  # noqa: PLC0415

    words = [
        Column("Drop", str, "action"),
        Column("Only even", lambda n: "" if n % 2 else "yes", "opener"),
        Column("Word", str, "opener"),
    ]
    click = table(st.session_state["numbers"], words, alt="Numbers", key="numbers-table")
    st.text("nothing" if click is None else f"{click.row} by {click.column}")


@pytest.mark.parametrize(("row", "opened"), [(0, "7 by Word"), (1, "8 by Only even")])
def test_a_chosen_row_stands_for_its_first_cell_that_opens_and_for_no_action(row: int, opened: str) -> None:
    page = AppTest.from_function(a_table)
    page.session_state["numbers"] = [7, 8]
    page.run()
    page.session_state["numbers-table"] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    assert page.run().text[0].value == opened


def clicked(column: str, row: int, *, now: list[int]) -> str:
    """What a click opens while other rows come in."""
    page = AppTest.from_function(a_table)
    page.session_state["numbers"] = [7, 8]
    page.run()
    page.session_state["numbers"] = now
    page.session_state[f"numbers-table-{column}"] = {"row": row}
    page.run()
    assert not page.exception
    return str(page.text[0].value)


def test_a_click_on_a_cell_tells_the_row_that_stood_there_and_the_column() -> None:
    assert clicked("Word", 1, now=[1, 2, 3]) == "8 by Word"


def test_a_blank_cell_opens_nothing_and_neither_does_a_row_that_was_not_there() -> None:
    assert clicked("Only even", 0, now=[2, 4]) == "nothing"
    assert clicked("Word", 2, now=[1, 2, 3]) == "nothing"

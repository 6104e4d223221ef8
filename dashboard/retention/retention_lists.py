"""The lists of Retention: whose data is erased next, who is under a legal hold, what was erased recently."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from dashboard.customer.dialogs.hold_form import NAME, hold_form
from dashboard.kit import viewer
from dashboard.kit.addresses import page_params
from dashboard.kit.addresses.links import link, open_customer
from dashboard.kit.addresses.pager import numbered_pager
from dashboard.kit.feedback import escape, show_done
from dashboard.kit.formats import counted, day_and_distance, number, owes
from dashboard.kit.forms.forms import just_saved
from dashboard.kit.tables.table import Click, Column, Columns, table, whole_height
from data_access.base.clock import day_in
from data_access.base.permissions import Permission, who_can
from data_access.queries.jobs.retention_rows import PAGE_SIZE, Gone, Held, ToErase
from data_access.queries.lists.counts import CAP, MORE
from data_access.queries.pagination.newest_first import ListPart
from data_access.store.access import Access

R = TypeVar("R")
_TALL = whole_height(12)
_CUSTOMER, _HOLD, _FREE = "Customer ID", "Hold", "Free"


@dataclass(frozen=True, slots=True)
class Subject:
    """The customer whose hold is being set or ended."""

    customer_id: int
    customer_code: str
    name: str
    is_held: bool


def told() -> None:
    """What was saved in the run before: said, and its form is closed. Its customer may be in no list any more."""
    if just_saved(NAME, page_params.changing()):
        page_params.stop_changing()
    show_done()


def change(access: Access, erasures: Sequence[ToErase], holds: Sequence[Held]) -> None:
    """The form for the customer that the address names, for those who may."""
    subjects = [
        *(Subject(row.customer_id, row.customer_code, row.name, True) for row in holds),
        *(Subject(row.customer_id, row.customer_code, row.name, row.is_held) for row in erasures),
    ]
    chosen = next((each for each in subjects if str(each.customer_id) == page_params.changing()), None)
    if chosen is None or not access.actor.may(Permission.PERSONAL_HOLD):
        return
    with st.container(border=True):
        st.markdown(f"**{escape(chosen.customer_code)}** {escape(chosen.name)}")
        hold_form(access, chosen.customer_id, chosen.customer_code, is_held=chosen.is_held)
        st.button("Close", key="hold-close", on_click=page_params.stop_changing)


def to_erase(access: Access, erasures: ListPart[ToErase], days: int) -> None:
    """Whose personal data goes next, the first to go first."""
    st.header("Erased next", anchor=False)
    st.caption(
        "The personal data of the permanently terminated is erased when the retention period of their class is over: "
        "names, addresses, notes, messages, and what the audit holds of them. Sums, bookings and invoices stay."
    )
    rows = erasures.rows
    if not rows:
        st.text(f"Nobody's personal data is due within {number(days)} days.")
        return
    columns: Columns[ToErase] = (
        Column(_CUSTOMER, lambda row: row.customer_code, "opener", 100),
        Column("Name", lambda row: row.name, width=200),
        Column("Customer class", lambda row: row.class_name, width=130),
        Column("Terminated", lambda row: viewer.moment(row.terminated_at), width=136),
        Column("Balance", lambda row: owes(row.balance, row.currency), "amount", 150),
        Column("Erased", lambda row: _when(access, row), width=230),
        *_action(access, Column(_HOLD, lambda row: "" if row.is_held else _HOLD, "opener", 70)),
    )
    alt = f"{counted(len(rows), 'customer')}, next to be erased first"
    click = table(rows, columns, key="to-erase", alt=alt, most=_TALL)
    if erasures.total > len(rows):
        total = number(erasures.total) if erasures.total != MORE else f"more than {number(CAP)}"
        st.caption(f"These are {number(len(rows))} of {total}: those that ended first.")
    _act(click)


def _when(access: Access, row: ToErase) -> str:
    if row.is_held:
        return "kept by a legal hold"
    if row.due_at <= access.now():
        return "by the next run"
    return day_and_distance(day_in(viewer.zone(), row.due_at), viewer.today(access))


def holds(access: Access, held: ListPart[Held]) -> None:
    """Who is under a legal hold, since when and why."""
    st.header("Legal holds", anchor=False)
    rows = held.rows
    if not rows:
        st.text("Nobody is under a legal hold.")
    else:
        columns: Columns[Held] = (
            Column(_CUSTOMER, lambda row: row.customer_code, "opener", 100),
            Column("Name", lambda row: row.name, width=200),
            Column("Since", lambda row: viewer.moment(row.since) if row.since else "not recorded", width=136),
            Column("By", lambda row: row.login, width=110),
            Column("Reason", lambda row: row.reason, width=420),
            *_action(access, Column(_FREE, lambda _: _FREE, "opener", 70)),
        )
        click = table(rows, columns, key="holds", alt=f"{counted(len(rows), 'customer')} under a legal hold")
        numbered_pager(_place(held), held.page, (held.total - 1) // PAGE_SIZE, key="holds")
        _act(click)
    if access.actor.may(Permission.PERSONAL_HOLD):
        st.caption("Any other customer is put under a hold on its own page, under More.")
    else:
        st.caption(f"You can look; {escape(who_can(Permission.PERSONAL_HOLD))} can set and end a legal hold.")


def _place(held: ListPart[Held]) -> str:
    first = held.page * PAGE_SIZE
    return f"{number(first + 1)}–{number(first + len(held.rows))} of {number(held.total)}, by Customer ID."


def _action(access: Access, column: Column[R]) -> Columns[R]:
    return [column] if access.actor.may(Permission.PERSONAL_HOLD) else []


def _act(click: Click[ToErase] | Click[Held] | None) -> None:
    if click is None:
        return
    wanted = click.row.customer_id
    if click.column == _CUSTOMER:
        open_customer(wanted)
    if page_params.changing() != str(wanted):
        page_params.change(str(wanted))
        st.rerun()


def gone(rows: Sequence[Gone]) -> None:
    """What was erased and archived last, newest first."""
    st.header("Recently erased or archived", anchor=False)
    if not rows:
        st.text("Nothing was erased or archived yet.")
        return
    columns: Columns[Gone] = (
        Column("When", lambda row: viewer.moment(row.at), width=136),
        Column(_CUSTOMER, lambda row: row.customer_code, "opener", 100),
        Column("What", _what, width=520),
    )
    click = table(rows, columns, key="gone", alt="What was erased or archived, newest first")
    if click is not None:
        open_customer(click.row.customer_id)


def _what(row: Gone) -> str:
    if not row.file:
        return "Personal data erased"
    return f"Details archived: {counted(row.rows, 'row')} to {row.file}"


def archive(access: Access) -> None:
    """How details are archived: on the command line, so that nobody deletes by a click."""
    st.header("Archive", anchor=False)
    if not access.actor.may(Permission.ARCHIVE_RUN):
        may = escape(access.actor.who_can(Permission.ARCHIVE_RUN))
        st.caption(f"Details whose retention period is over are archived and deleted on the command line; {may} can.")
        return
    st.caption(
        "Details whose retention period is over go to files and are deleted. That is done on the command line alone; "
        "a dry run says whose are due."
    )
    st.code(f"python -m data_access archive --dry-run --as {access.actor.login}", language=None)
    link("jobs", "Automatic jobs", icon=":material/sync:")

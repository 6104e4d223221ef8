"""The company's calendar: the holidays ahead, on which nobody is limited or suspended."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboard.kit.feedback import escape, show_done
from dashboard.kit.formats import counted, day, relative
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import Permission
from data_access.commands.classes.policies import AddHoliday, RemoveHoliday
from data_access.queries.classes.policies import HolidayRow
from data_access.store.access import Access

ADD, REMOVE = "add_holiday", "remove_holiday"
_REMOVE = "Remove"


def calendar(access: Access, rows: Sequence[HolidayRow], today: date) -> None:
    """The holidays in order, and for those who may, one more or one less."""
    st.header("Company calendar", anchor=False)
    st.caption(
        "Where the terms wait for working days, nobody is limited or suspended on Saturdays, Sundays and these days: "
        "it happens on the next working day."
    )
    may_edit = access.actor.may(Permission.CLASS_EDIT)
    listed, beside = st.columns([3, 2], gap="medium")
    with listed:
        _listed(access, rows, today, may_edit=may_edit)
    with beside:
        if may_edit:
            _add(access)
        else:
            st.caption(f"You can look; {escape(access.actor.who_can(Permission.CLASS_EDIT))} can change it.")


def told() -> None:
    """What was saved in the run before, said once."""
    for name in (ADD, REMOVE):
        just_saved(name)
    show_done()


def _listed(access: Access, rows: Sequence[HolidayRow], today: date, *, may_edit: bool) -> None:
    if not rows:
        st.text("No holidays are ahead.")
        return
    columns: Columns[HolidayRow] = (
        Column("Day", lambda row: day(row.day), width=110),
        Column("Weekday", lambda row: f"{row.day:%A}", width=90),
        Column("In", lambda row: relative(row.day, today), width=100),
        Column("Holiday", lambda row: row.name, width=240),
        *([Column(_REMOVE, lambda _: _REMOVE, "action", 80)] if may_edit else []),
    )
    click = table(rows, columns, key="holidays", alt=f"{counted(len(rows), 'holiday')} ahead, soonest first")
    if click is not None:
        _remove(access, click.row)


def _remove(access: Access, row: HolidayRow) -> None:
    form = Form(access, REMOVE)
    order = RemoveHoliday(holiday_id=row.holiday_id, command_id=form.command_id)
    form.save(order, lambda _: f"{row.name} on {day(row.day)} is a working day again.")


def _add(access: Access) -> None:
    form = Form(access, ADD)
    chosen = form.day("day", "Day", None)
    name = form.text("name", "Holiday")
    with st.container(horizontal=True):
        if st.button("Add the holiday", type="primary", key=form.key("go")):
            _save(form, chosen, name)
        form.offer_start_over()


def _save(form: Form, chosen: date | None, name: str) -> None:
    if chosen is None:
        form.complain({"day": "Choose the day."})
        return
    order = AddHoliday(day=chosen, name=name, command_id=form.command_id)
    form.save(order, lambda _: f"{name.strip()} on {day(chosen)} is a holiday.")

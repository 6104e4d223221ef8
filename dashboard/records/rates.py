"""The rates of the selected tariff: the list with its pager, pasting many at once, and the form for one."""

from collections.abc import Sequence

import streamlit as st

from dashboard.kit import feedback
from dashboard.kit.addresses.list_state import to_the_beginning
from dashboard.kit.addresses.pager import LOST, asked_place, pager
from dashboard.kit.feedback import escape
from dashboard.kit.formats import counted
from dashboard.kit.forms import edit_conflicts, section_form
from dashboard.kit.forms.edit_conflicts import Basis
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.kit.tables.table import Column, Columns, chosen_row
from dashboard.records.record_file import FileEntry
from data_access.base.money import exact_money
from data_access.commands.usage.tariffs import ChangeRate, EnterRates, RemoveRate
from data_access.domain.sections import RATE
from data_access.domain.usage.pasted_rates import SAYS, read_pasted
from data_access.imports.catalogue.files import RATES
from data_access.imports.files.record_columns import TARIFF_NAME
from data_access.queries.records.records import RecordRow, Records
from data_access.queries.services.tariffs import BY_PREFIX, RateRow, RatesOf
from data_access.services.records.entered_rows import ADDED, CHANGED, REFUSED, UNCHANGED
from data_access.store.access import Access

FILE = FileEntry("RatesFromFile", RATES)
ENTER, CHANGE, REMOVE = "enter_rates", "change_rate", "remove_rate"
_SHOWN = 20  # refused rows that are told one by one


def draw(access: Access, tariff: RecordRow) -> None:
    """Everything about its rates, below the form of the tariff."""
    may_edit = access.actor.may(RATE.changes)
    st.subheader("Rates", anchor=False)
    place = asked_place(BY_PREFIX.read)
    if place.is_lost:
        st.warning(LOST)
    begins = st.text_input(
        "Prefix begins with", key="begins", bind="query-params", width=300, on_change=to_the_beginning
    ).strip()
    found = access.fetch(RatesOf(tariff.record_id, begins, place.direction, place.cursor))
    _tell(tariff, found.rows)
    if may_edit:
        with st.expander("Enter rates", icon=":material/playlist_add:", expanded=not (found.rows or begins)):
            pasting, uploading = st.tabs(["Paste", "From a file"])
            with pasting:
                _enter(access, tariff)
            with uploading:
                FILE.draw(access, tariff.record_id, {TARIFF_NAME: tariff.shown["name"]})
    if not found.rows:
        st.info("No rate begins like this." if begins else "This tariff has no rate yet: nothing can be priced by it.")
        return
    rate = chosen_row(
        found.rows, _columns(tariff.shown["currency"]), key=f"rates-{tariff.record_id}",
        alt=f"Rates of {tariff.words['name']}, by prefix",
    )  # fmt: skip
    pager(f"{counted(len(found.rows), 'rate')} of this page, by prefix.", found, key="rates")
    if may_edit and rate is not None:
        _change(access, tariff, rate)


def _tell(tariff: RecordRow, rates: Sequence[RateRow]) -> None:
    """What was saved in the run before."""
    for form in (ENTER, REMOVE):
        just_saved(form, tariff.record_id)
    for rate in rates:
        just_saved(CHANGE, rate.rate_id)
    feedback.show_done()


def _columns(currency: str) -> Columns[RateRow]:
    return (
        Column("Prefix", lambda rate: rate.prefix, width=100),
        Column("Destination", lambda rate: rate.destination, width=240),
        Column("Price a minute", lambda rate: exact_money(rate.price, currency), "amount", 120),
        Column("Price a message", lambda rate: _message(rate, currency), "amount", 124),
        Column("First interval", lambda rate: f"{rate.first_seconds:,} s", "amount", 100),
        Column("Next interval", lambda rate: f"{rate.next_seconds:,} s", "amount", 100),
        Column("Free seconds", lambda rate: f"{rate.free_seconds:,} s", "amount", 100),
    )


def _message(rate: RateRow, currency: str) -> str:
    return "not sold" if rate.message_price is None else exact_money(rate.message_price, currency)


def _enter(access: Access, tariff: RecordRow) -> None:
    """Many at once, out of a sheet; what became of them is said row by row."""
    form = Form(access, ENTER, tariff.record_id)
    st.caption(
        escape(f"{SAYS} Tabs, semicolons or commas stand between. A prefix that is here already is changed; what a "
               "line leaves out stays, or is as in a new rate.")
    )  # fmt: skip
    pasted = form.lines("rates", "Rates", height=200, placeholder="49\tGermany\t0.02\t0.07\t60\t1\t0")
    with st.container(horizontal=True):
        if st.button("Enter the rates", type="primary", key=form.key("go")):
            rows = read_pasted(pasted)
            order = EnterRates(tariff_id=tariff.record_id, rows=rows, command_id=form.command_id)
            form.save(order, lambda done: _told(done.outcomes))
        form.offer_start_over()


def _told(outcomes: Sequence[str]) -> str:
    """How many rows came to what, and why each refused one did not."""
    counts = [(sum(one == outcome for one in outcomes), outcome) for outcome in (ADDED, CHANGED, UNCHANGED)]
    refused = [
        f"Row {number}: {one.removeprefix(REFUSED)}"
        for number, one in enumerate(outcomes, 1)
        if one.startswith(REFUSED)
    ]
    summary = ", ".join(f"{count:,} {outcome}" for count, outcome in counts) + f", {len(refused):,} refused."
    more = [f"{len(refused) - _SHOWN:,} more are refused."] if len(refused) > _SHOWN else []
    return "\n\n".join([summary, *refused[:_SHOWN], *more])


def _change(access: Access, tariff: RecordRow, rate: RateRow) -> None:
    form = Form(access, CHANGE, rate.rate_id)
    st.text(f"{rate.prefix}, {rate.destination}")
    edit = section_form.edit(form, RATE, Basis(rate.version, RATE.typed(RATE.values(rate))))
    with st.container(horizontal=True):
        if st.button("Save the rate", type="primary", key=form.key("save")):
            order = ChangeRate(
                record_id=rate.rate_id, version=edit.since.version, shown=edit.since.shown, changes=edit.changes,
                command_id=form.command_id,
            )  # fmt: skip
            edit_conflicts.save(form, order, lambda _: "The rate is saved.", edit, lambda: _current(access, rate))
        _remove(access, tariff, rate)
        form.offer_start_over()


def _current(access: Access, rate: RateRow) -> Basis:
    (now,) = access.fetch(Records(RATE.name, only=rate.rate_id)).rows
    return Basis(now.version, now.shown)


def _remove(access: Access, tariff: RecordRow, rate: RateRow) -> None:
    form = Form(access, REMOVE, tariff.record_id)
    with st.popover("Remove the rate", icon=":material/delete:"):
        st.text(f"Numbers that begin with {rate.prefix} are priced by a shorter prefix, if there is one.")
        if form.sends("Remove it for good", is_final=True):
            order = RemoveRate(record_id=rate.rate_id, version=rate.version, command_id=form.command_id)
            form.save(order, lambda _: "The rate is removed.")

"""One bulk action: what it is, its progress, what can be done with it now, and its customers by outcome."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from dashboard.bulk.run_export import results
from dashboard.kit import context, feedback, viewer
from dashboard.kit.addresses.dead_end import dead_end
from dashboard.kit.addresses.links import link, open_customer
from dashboard.kit.addresses.list_state import asked_number, go, params, without_place
from dashboard.kit.addresses.pager import asked_place, pager
from dashboard.kit.feedback import escape
from dashboard.kit.formats import counted, number
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.kit.look.palette import BULK_ROWS, BULK_RUNS
from dashboard.kit.saving import made_button
from dashboard.kit.tables.table import Chip, Column, Columns, table
from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.base.statuses import BulkState, RowState
from data_access.commands.bulk.actions import ACTIONS, Ask
from data_access.commands.bulk.runs import (
    CancelBulkAction,
    GoOnWithBulkAction,
    StartBulkAction,
    UndoBulkAction,
)
from data_access.domain.bulk import FIRST, NONE_FITS, NOTES_STAY
from data_access.jobs.bulk_actions import carry_on
from data_access.queries.bulk.runs import ROWS_IN_ORDER, BulkResult, BulkResults, BulkRunRow, BulkRunShown
from data_access.services.bulk.moves import BulkMove, BulkMoved
from data_access.store.access import Access

B, S = BulkState, RowState
ID, STATE = "id", "state"
_LOOK_SECONDS = 2
_AT_ONCE = 20  # undone by whoever waits; the worker takes the others
_REASONS = {False: "Reason", True: "Note"}
_STAGES = {B.TRYING: "Tried", B.RUNNING: "Done with", B.UNDOING: "Undone"}


def run_page(access: Access) -> None:
    """Draws the run in the address."""
    run_id = asked_number(ID) or 0
    for name in _WAYS:
        if just_saved(name, run_id):
            break
    feedback.show_done()
    try:
        run = access.fetch(BulkRunShown(run_id))
    except NotFound:
        ways_on = ("bulk_actions", "All bulk actions", ":material/checklist:")
        dead_end("bulk action", "somebody of another reseller made it", ways_on)
        return
    _facts(run)
    if run.is_under_way:
        _watch(run)
    _buttons(access, run)
    _customers(access, run)


def _facts(run: BulkRunRow) -> None:
    look = BULK_RUNS[run.state]
    with st.container(key="bulk-facts", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.header(escape(run.title), anchor=False, width="content")
            st.badge(look.word.capitalize(), icon=look.icon, color=look.badge)
        st.text(f"{counted(run.customers, 'customer')}: {run.selection}." if run.page else f"{run.selection}.")
        if run.reason:
            st.text(f"{_REASONS[Ask.NOTE in ACTIONS[run.action].asks]}: {run.reason}")
        st.caption(escape(_times(run)))
        if run.why:
            st.warning(escape(run.why), icon=":material/stop_circle:")
        with st.container(horizontal=True, gap="medium"):
            if run.page:
                link(run.page, "Open the filter", shows=dict(run.address), icon=":material/filter_alt:")
            link("bulk_actions", "All bulk actions", icon=":material/checklist:")


def _times(run: BulkRunRow) -> str:
    told = [f"Number {run.id}, made by {run.login} on {viewer.moment(run.made_at)}"]
    if run.started_at is not None:
        told.append(f"started {viewer.moment(run.started_at)}")
    if run.ended_at is not None:
        told.append(f"ended {viewer.moment(run.ended_at)}")
    return ", ".join(told) + "."


@st.fragment(run_every=_LOOK_SECONDS)
def _watch(seen: BulkRunRow) -> None:
    """The progress, looked at again and again; once the stage is over, the whole page."""
    run = context.access().fetch(BulkRunShown(seen.id))
    if run.state is not seen.state:
        st.rerun()
    turned = run.of_stage - run.waiting
    st.progress(
        turned / max(1, run.of_stage), f"{_STAGES[run.state]} {turned:,} of {run.of_stage:,}. You can leave this page."
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """What can be done with a run: what its button says, which order, and what that did."""

    says: Callable[[BulkRunRow], str]
    order: type[BulkMove]
    said: str
    at_once: int = 0
    is_primary: bool = False


def _starts(run: BulkRunRow) -> str:
    fitting = run.counts[S.FITS]
    return f"Start: do the first {FIRST}, then look" if fitting > FIRST else f"Do it to {counted(fitting, 'customer')}"


_WAYS: dict[str, _Way] = {
    "bulk_start": _Way(_starts, StartBulkAction, "Started.", FIRST, is_primary=True),
    "bulk_go_on": _Way(
        lambda run: f"Go on with the other {number(run.counts[S.FITS])}", GoOnWithBulkAction, "It goes on.",
        _AT_ONCE, is_primary=True,
    ),
    "bulk_undo": _Way(
        lambda run: f"Undo {number(run.counts[S.DONE])}", UndoBulkAction, "It is being undone.", _AT_ONCE
    ),
    "bulk_cancel": _Way(lambda _: "Cancel", CancelBulkAction, "Cancelled: nothing more is done."),
}  # fmt: skip


def _is_offered(name: str, run: BulkRunRow) -> bool:
    if run.state not in _WAYS[name].order.states:
        return False
    if name == "bulk_undo":
        return bool(run.counts[S.DONE]) and ACTIONS[run.action].undo is not None
    return name != "bulk_start" or bool(run.counts[S.FITS])


def _buttons(access: Access, run: BulkRunRow) -> None:
    with st.container(key="bulk-ways", horizontal=True, gap="small"):
        for name in _WAYS:
            if _is_offered(name, run):
                _button(access, run, name)
    if run.state is B.TRIED and not run.counts[S.FITS]:
        st.info(NONE_FITS)
    if run.counts[S.DONE] and ACTIONS[run.action].undo is None:
        st.caption(NOTES_STAY)


def _button(access: Access, run: BulkRunRow, name: str) -> None:
    way, form = _WAYS[name], Form(access, name, run.id)
    order = way.order(run_id=run.id, command_id=form.command_id)
    if st.button(way.says(run), key=form.key("go"), type="primary" if way.is_primary else "secondary"):
        form.carry_out(partial(_carried_on, form, order, run.id, way.at_once), lambda _: way.said)


def _carried_on(form: Form, order: BulkMove, run_id: int, at_once: int) -> BulkMoved:
    moved = form.doing(order)()
    if at_once:
        carry_on(form.access, run_id, at_once)
    return moved


def _customers(access: Access, run: BulkRunRow) -> None:
    state = _state_pills(run)
    place = asked_place(ROWS_IN_ORDER.read)
    page = access.fetch(BulkResults(run.id, state, place.direction, place.cursor))
    columns: Columns[BulkResult] = (
        Column("Customer ID", lambda row: row.customer_code, "opener", 96),
        Column("Result", lambda row: [Chip(BULK_ROWS[row.state].chip, BULK_ROWS[row.state])], "chips", 116),
        Column("What happens, or why not", lambda row: row.outcome, width=526),
        Column("Name", lambda row: row.name, width=190),
        Column("At", lambda row: "" if row.at is None else viewer.moment(row.at), width=136),
    )
    click = table(
        page.rows, columns, key="bulk-results", alt=f"{counted(len(page.rows), 'customer')} of the bulk action"
    )
    if click is not None:
        open_customer(click.row.customer_id)
    pager(f"{counted(len(page.rows), 'customer')} of {number(run.customers)}.", page, key="bulk-results-pager")
    if access.actor.may(Permission.CUSTOMER_EXPORT):
        made_button(
            "Results as CSV",
            partial(results, run_id=run.id, zone=viewer.zone()),
            f"bulk-action-{run.id}.csv",
            "text/csv",
            key="bulk-csv",
        )


def _state_pills(run: BulkRunRow) -> RowState | None:
    asked = "".join(params().get(STATE, [])[:1])
    now = next((state for state in RowState if state == asked), None)
    offered = [state for state in RowState if run.counts[state] or state is now]
    picked = st.pills(
        "Result", offered, default=now, label_visibility="collapsed", wrap=True,
        format_func=lambda state: f"{BULK_ROWS[state].word.capitalize()} · {run.counts[state]:,}",
    )  # fmt: skip
    if picked is not now:
        go(without_place(params()) | {STATE: [] if picked is None else [picked.value]})
    return now

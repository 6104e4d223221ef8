"""The list of bulk actions: what was done to whom, its progress, by whom and when."""

import streamlit as st

from dashboard.kit import viewer
from dashboard.kit.addresses.links import go_to, link
from dashboard.kit.addresses.pager import asked_place, pager
from dashboard.kit.formats import counted, number
from dashboard.kit.look.palette import BULK_RUNS
from dashboard.kit.tables.fitting import fitted
from dashboard.kit.tables.table import Chip, Column, Columns, table
from data_access.base.statuses import NOT_DONE, RowState
from data_access.queries.bulk.runs import RUNS_IN_ORDER, BulkRunRow, FindBulkRuns
from data_access.store.access import Access

S = RowState
_MEANT = 202  # pixels


def run_list(access: Access) -> None:
    """Draws it, newest first; a click opens a run."""
    place = asked_place(RUNS_IN_ORDER.read)
    page = access.fetch(FindBulkRuns(place.direction, place.cursor))
    if not page.rows:
        st.info("Nobody has acted on many customers yet. “Bulk action” on the page Customers begins it.")
        link("customers", "Open Customers")
        return
    columns: Columns[BulkRunRow] = (
        Column("No.", lambda run: str(run.id), "opener", 48),
        Column("What is done", lambda run: run.title, "opener", 196),
        Column("State", lambda run: [Chip(BULK_RUNS[run.state].chip, BULK_RUNS[run.state])], "chips", 112),
        Column("Progress", progress, width=108),
        Column("Done", lambda run: number(run.counts[S.DONE] + run.counts[S.KEPT]), "amount", 58),
        Column("Refused", lambda run: number(sum(run.counts[state] for state in NOT_DONE)), "amount", 66),
        Column("Left out", lambda run: number(run.counts[S.LEFT_OUT]), "amount", 66,
               "The trial found that it cannot be done to them."),
        Column("By", lambda run: run.login, width=88),
        Column("Made", lambda run: viewer.moment(run.made_at), width=136),
        Column("Customers meant", lambda run: fitted(run.selection, _MEANT), width=_MEANT),
    )  # fmt: skip
    click = table(page.rows, columns, key="bulk-runs", alt=f"{counted(len(page.rows), 'bulk action')}, newest first")
    if click is not None:
        go_to("bulk_action", {"id": [str(click.row.id)]})
    pager(f"{counted(len(page.rows), 'bulk action')}, newest first.", page, key="bulk-runs-pager")


def progress(run: BulkRunRow) -> str:
    """How many of the present stage have had their turn."""
    if run.is_under_way:
        return f"{number(run.of_stage - run.waiting)} of {number(run.of_stage)}"
    return counted(run.customers, "customer")

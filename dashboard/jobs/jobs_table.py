"""The tables of Jobs: the state of each, its runs, and what could not be done; and the warning on Home."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from dashboard.kit import cache, viewer
from dashboard.kit.addresses.links import link, open_customer
from dashboard.kit.addresses.list_state import go, params
from dashboard.kit.feedback import escape
from dashboard.kit.formats import counted, number
from dashboard.kit.look.palette import RUNS
from dashboard.kit.tables.table import Chip, Column, Columns, table
from data_access.base.permissions import Permission
from data_access.base.schedule import Job
from data_access.queries.customers.messages import Outbox
from data_access.queries.jobs.jobs import JobRow, ListJobs, RunRow, TroubleRow
from data_access.store.access import Access

JOB = "job"
R = TypeVar("R")


def chosen() -> Job | None:
    """The job whose runs the address asks for; None when it names none."""
    wanted = "".join(params().get(JOB, [])[:1])
    return next((job for job in Job if job == wanted), None)


def jobs(rows: Sequence[JobRow]) -> None:
    """A row a job; its name opens its runs."""
    columns: Columns[JobRow] = (
        Column("Job", lambda row: row.job.label, "opener", 230),
        Column("State", _states, "chips", 150),
        Column("Last run", _moment, width=136),
        *_counts(lambda row: row.last, rows),
        Column("Next", _next, width=136),
    )
    click = table(rows, columns, key="jobs", alt="Automatic jobs, with the last run of each")
    if click is not None:
        go({JOB: [click.row.job.value]})
    st.caption("A job is late when twice its period has passed since its last run. Click its name to see its runs.")


def outbox(stands: Outbox) -> None:
    """How much waits to be sent; a warning when mail has nowhere to go."""
    if stands.says:
        st.warning(escape(stands.says))
    st.caption(f"Messages: {stands.waiting:,} waiting, {stands.failed:,} given up.")


def runs(job: Job, rows: Sequence[RunRow]) -> None:
    """The runs of a job that found something, newest first."""
    st.header(f"Runs: {job.label}", anchor=False)
    if not rows:
        st.text("No run has found anything yet.")
        return
    columns: Columns[RunRow] = (
        Column("Began", lambda row: viewer.moment(row.started_at), width=136),
        Column("State", lambda row: [_chip(row.state.value)], "chips", 110),
        *_counts(_itself, rows),
        Column("As of", lambda row: viewer.moment(row.as_of), width=136),
    )
    table(rows, columns, key="runs", alt=f"{counted(len(rows), 'run')} of the job, newest first")


def troubles(job: Job | None, rows: Sequence[TroubleRow]) -> None:
    """What runs could not do, each with its customer."""
    st.header("What could not be done", anchor=False)
    if not rows:
        st.text("Everything was done.")
        return
    labels = {each.value: each.label for each in Job}
    columns: Columns[TroubleRow] = (
        Column("When", lambda row: viewer.moment(row.at), width=136),
        Column("Job", lambda row: labels.get(row.job, row.job), width=200),
        Column("Customer", lambda row: row.customer_code, "opener", 90),
        Column("Reason", lambda row: row.reason, width=520),
    )
    click = table(rows, columns, key="troubles", alt="What could not be done, newest first")
    if click is not None and click.row.customer_id is not None:
        open_customer(click.row.customer_id)
    if job is not None:
        link("jobs", "Those of all jobs")


def warning(access: Access) -> None:
    """On Home, for those who can look: jobs that are late, and jobs whose last run failed."""
    if not access.actor.may(Permission.JOB_READ):
        return
    rows = cache.fetch(access, ListJobs())
    late, failed = [row for row in rows if row.is_late], [row for row in rows if row.has_failed]
    if late and len(late) == len(rows):
        st.warning("Nothing happens automatically: no worker has run for a while.", icon=RUNS["late"].icon)
    elif late:
        st.warning(f"Late: {_labels(late)}.", icon=RUNS["late"].icon)
    if failed:
        st.warning(f"Failed: {_labels(failed)}.", icon=RUNS["failed"].icon)
    if late or failed:
        link("jobs", "Open Jobs")


def _labels(rows: Sequence[JobRow]) -> str:
    return escape(", ".join(row.job.label for row in rows))


def _states(row: JobRow) -> list[Chip]:
    last = "never" if row.last is None else row.last.state.value
    return [_chip(last), *([_chip("late")] if row.is_late else [])]


def _chip(state: str) -> Chip:
    return Chip(RUNS[state].chip, RUNS[state])


def _counts(run: Callable[[R], RunRow | None], rows: Sequence[R]) -> list[Column[R]]:
    """How much a run found and did, where the reader may know, and how long it took; blank before the first."""

    def count(name: str) -> Callable[[R], str]:
        return lambda row: "" if (last := run(row)) is None else number(getattr(last, name))

    def is_told(row: R) -> bool:
        return (last := run(row)) is None or last.found is not None

    def seconds(row: R) -> str:
        return "" if (last := run(row)) is None else f"{last.seconds:,.1f}"

    names = ("found", "done", "refused", "failed") if all(map(is_told, rows)) else ()
    told = [Column(name.capitalize(), count(name), "amount", 64) for name in names]
    return [*told, Column("Seconds", seconds, "amount", 66)]


def _itself(run: RunRow) -> RunRow:
    return run


def _moment(row: JobRow) -> str:
    return "" if row.last is None else viewer.moment(row.last.started_at)


def _next(row: JobRow) -> str:
    return "at once" if row.next_at is None else viewer.moment(row.next_at)

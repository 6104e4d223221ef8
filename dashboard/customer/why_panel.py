"""The why panel: which rule put a customer into its state, what ends it, who can, and what comes next."""

from collections.abc import Sequence

import streamlit as st

from dashboard.kit import formats
from dashboard.kit.addresses.links import link
from dashboard.kit.markdown import prose
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import SYSTEM
from data_access.queries.status.reasons import WayOut
from data_access.queries.status.why import Cause, LateInvoice, OldTerms, Why

_SHOWN = 5


def draw(why: Why, *, may_open_class: bool = False) -> None:
    """Draws nothing for a customer that is plainly active."""
    if not why.causes:
        return
    with st.container(border=True, key="why", gap="small"):
        if not why.invoices:
            _causes(why)
            return
        says, shows = st.columns([3, 2], gap="medium")
        with says:
            _causes(why)
            if why.old_terms is not None:
                _terms(why.old_terms, may_open_class=may_open_class)
        with shows:
            _invoices(why.invoices, why.currency)


def _terms(old: OldTerms, *, may_open_class: bool) -> None:
    """Why the class page says something else."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            prose(f"Invoice {old.number} is under the terms of {formats.day(old.since)}, which have changed since."),
            width="content",
        )
        if may_open_class:
            link("customer_class", "Terms of the class", shows={"id": [str(old.class_id)]}, icon=":material/category:")


def _causes(why: Why) -> None:
    with st.container(gap="xsmall"):
        told: list[str] = []
        for cause in why.causes:
            ways = [said for way in cause.ways if (said := sentence(way, why.currency)) not in told]
            _cause(cause, ways, why)
            told += ways


def _cause(cause: Cause, ways: Sequence[str], why: Why) -> None:
    """A way out that an earlier cause has is not told again."""
    since = f" since {formats.day(cause.since)}" if cause.since else ""
    st.markdown(f"**{prose(cause.title + since)}.** {prose(cause.rule)}")
    if cause.told is not None and cause.told.login != SYSTEM.login:
        who = f"By {cause.told.login}, {formats.moment(cause.told.at, why.zone)}"
        st.caption(f":material/person: {prose(who + (': ' + cause.told.reason if cause.told.reason else ''))}")
    said = [f":material/lock_open: {prose(way)}" for way in ways]
    st.markdown("  \n".join([*said, f":material/event: {prose(cause.then)}"]))


def sentence(way: WayOut, currency: str) -> str:
    """A way out in words, its amount in money."""
    return way.says if way.amount is None else way.says.replace("{amount}", formats.money(way.amount, currency))


def _invoices(late: Sequence[LateInvoice], currency: str) -> None:
    shown = late[:_SHOWN]
    columns: Columns[LateInvoice] = (
        Column("Overdue invoice", lambda invoice: invoice.number),
        Column("Due", lambda invoice: formats.day(invoice.due_on)),
        Column("Overdue", lambda invoice: formats.counted(invoice.days, "day"), "amount"),
        Column("Open", lambda invoice: formats.money(invoice.open, currency), "amount"),
    )
    table(shown, columns, alt="Overdue invoices")
    if len(late) > _SHOWN:
        st.caption(f"And {len(late) - _SHOWN} more under Invoices & taxation.")

"""Limits in force on the tab Balance & credits: what holds, until when, and who changed it."""

from collections.abc import Iterable

import streamlit as st

from dashboard.customer.actions import Action
from dashboard.customer.dialogs import limits as dialogs
from dashboard.customer.figures import Figure
from dashboard.customer.sections import Fields
from dashboard.kit import formats
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import Permission
from data_access.domain.sections import CREDIT_OPTIONS
from data_access.queries.customers.customer import Head
from data_access.queries.customers.limits import LimitChange, LimitHistory, Limits, Threshold
from data_access.store.access import Access


def in_figures(limits: Limits, head: Head) -> list[Figure]:
    """The effective limit with its temporary part, and where the customer is warned."""
    return [*_effective(limits, head), *_warned(limits)]


def _effective(limits: Limits, head: Head) -> list[Figure]:
    if head.is_prepaid:
        return []
    in_force = formats.limit(limits.in_force, limits.currency, prepaid=False)
    if limits.increase is None or limits.until is None or limits.permanent is None:
        return [Figure("Effective limit", in_force, "The permanent limit; no increase")]
    permanent = formats.money(limits.permanent, limits.currency)
    increase = formats.money(limits.increase, limits.currency)
    return [
        Figure(
            "Effective limit", in_force, f"{permanent} and {increase} until {formats.moment(limits.until, head.zone)}"
        )
    ]


def _warned(limits: Limits) -> list[Figure]:
    if not limits.thresholds:
        return []
    crossed = [one for one in limits.thresholds if one.crossed_at is not None]
    message = f"Reached: {_named(crossed, limits)}" if crossed else "None reached"
    return [Figure("Warned at", formats.counted(len(limits.thresholds), "threshold"), message)]


def _named(thresholds: Iterable[Threshold], limits: Limits) -> str:
    return ", ".join(
        f"{one.value.normalize():f} %" if one.is_percent else formats.exact_money(one.value, limits.currency)
        for one in thresholds
    )


def entries(head: Head) -> tuple[Action, ...]:
    """The ways to change them."""
    prepaid = "Prepaid customers have no credit limit: they use what they paid in advance." if head.is_prepaid else ""
    return (
        Action(dialogs.RAISE, "Raise the limit temporarily", ":material/trending_up:", Permission.LIMIT_TEMPORARY,
            obstacle=prepaid, edits=True),
        Action(dialogs.WARN, "Warning thresholds", ":material/notifications:", Permission.CUSTOMER_EDIT, edits=True),
    )  # fmt: skip


FUNDS = Fields(CREDIT_OPTIONS, "Missing funds suspend nobody of this class.", dialogs.FUNDS.action)


def history(access: Access, head: Head) -> None:
    """Who changed which limit, folded away until it is asked for."""
    with st.expander("History of the limits"):
        changes = access.fetch(LimitHistory(head.customer_id))
        if not changes:
            st.text("No limit has been changed since the customer was added.")
            return
        columns: Columns[LimitChange] = (
            Column("When", lambda change: formats.moment(change.at, head.zone)),
            Column("By", lambda change: change.login),
            Column("Limit", lambda change: change.limit),
            Column("Before", lambda change: change.before),
            Column("After", lambda change: change.after),
            Column("Reason", lambda change: change.reason),
        )
        table(changes, columns, alt="Changes of the limits, newest first")

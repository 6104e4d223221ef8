"""Quotas and service wallets: what the customer may use without a charge, how much is used, and until when."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import streamlit as st

from dashboard.customer.actions import Action, chosen
from dashboard.customer.dialogs.services import quotas
from dashboard.customer.sections import Rows, Tab
from dashboard.customer.tabs.services.bars import bar
from dashboard.customer.tabs.services.wallets import WALLETS
from dashboard.kit import formats, viewer
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import Permission
from data_access.base.text.labels import word
from data_access.domain.usage.quotas import Grant, said
from data_access.queries.customers.customer import Head
from data_access.queries.services.quotas import QuotaRow, QuotasOf, QuotaState
from data_access.store.access import Access

_NEEDS = Permission.SERVICE_EDIT


def _remark(_head: Head, _rows: Sequence[QuotaRow]) -> None:
    st.caption("Choose a quota to change or end it, and to see its use period by period.")


def _columns(access: Access, _: Head) -> Columns[QuotaRow]:
    today = viewer.today(access)
    return (
        Column("Service", lambda row: row.service),
        Column("Status", lambda row: word(row.state)),
        Column("Used in this period", _used),
        Column("Left", lambda row: said(row.left, row.unit), "amount"),
        Column("Rolled over", _rolled_over),
        Column("Next renewal", lambda row: _anew(row, today)),
        Column("When used up", lambda row: word(row.when_used_up)),
        Column("Rollovers", lambda row: quotas.rollovers_in_words(row.rollovers)),
        Column("Allowance", lambda row: f"{said(row.allowance, row.unit)}, {word(row.renewal).lower()}"),
        Column("Started", lambda row: formats.day(row.started_on)),
        Column("Ended", lambda row: formats.day(row.ended_on) if row.ended_on else ""),
    )


def _used(row: QuotaRow) -> str:
    if row.running is None:
        return "not begun yet" if row.state is QuotaState.PENDING else "no period runs"
    used, granted = row.running.used, row.running.granted
    return f"{bar(used, granted)}  {_of(used)} of {said(granted, row.unit)}"


def _of(quantity: Decimal) -> str:
    return said(quantity, "").strip()


def _rolled_over(row: QuotaRow) -> str:
    return "; ".join(
        f"{said(grant.left, row.unit)} until {formats.day(grant.expires_on)}" for grant in reversed(row.rolled_over)
    )


def _anew(row: QuotaRow, today: date) -> str:
    return formats.day_and_distance(row.renewed_on, today) if row.renewed_on else "no longer renewed"


_CHANGE = "A change of a quota"


def _actions(_: Head, row: QuotaRow | None) -> list[Action]:
    about = chosen(row, lambda one: one.quota_id, "Choose a quota in the table first.")
    over = row is not None and row.ended_on is not None
    why_not = "This quota has ended, or is followed by another." if over else about.obstacle
    return [
        Action(quotas.GRANT, "Grant a quota", ":material/add:", _NEEDS, gives="A quota"),
        Action(quotas.CHANGE, "Change", ":material/edit:", _NEEDS, about.subject, why_not, gives=_CHANGE),
        Action(quotas.END, "End", ":material/event_busy:", _NEEDS, about.subject, why_not, gives=_CHANGE),
    ]


def _periods(_access: Access, _head: Head, row: QuotaRow) -> None:
    st.text(f"{row.service}, {said(row.allowance, row.unit)}: period by period.")
    if not row.grants:
        st.text("No period has begun yet.")
        return
    columns: Columns[Grant] = (
        Column("Period", lambda one: f"{formats.day(one.period.first)} – {formats.day(one.period.last)}"),
        Column("Granted", lambda one: said(one.granted, row.unit), "amount"),
        Column("Used", lambda one: said(one.used, row.unit), "amount"),
        Column("Left", lambda one: said(one.left, row.unit), "amount"),
        Column("Can be used until", lambda one: _until(one, row)),
    )
    table(row.grants, columns, alt="What was granted and used in each period, newest first")


def _until(grant: Grant, row: QuotaRow) -> str:
    day = formats.day(grant.expires_on)
    return day if grant.lives_on(row.today) else f"{day}, expired"


TAB = Tab("Quotas & service wallets", (
    Rows(
        QuotasOf, _columns, alt="Quotas of the customer", key="quotas",
        empty="This customer has no quota: all usage is charged.", remark=_remark, actions=_actions, details=_periods,
    ),
    WALLETS,
))  # fmt: skip

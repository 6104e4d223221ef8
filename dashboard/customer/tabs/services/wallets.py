"""Service wallets: what the customer topped up, what is left of it, and until when that can be used."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboard.customer.actions import Action
from dashboard.customer.dialogs.services import wallets
from dashboard.customer.sections import Rows
from dashboard.customer.tabs.services.bars import bar
from dashboard.kit import formats, viewer
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import Permission
from data_access.domain.usage.quotas import said
from data_access.domain.usage.wallets import Filled
from data_access.queries.customers.customer import Head
from data_access.queries.services.wallets import WalletRow, WalletsOf
from data_access.store.access import Access


def _remark(_head: Head, _rows: Sequence[WalletRow]) -> None:
    st.caption("Usage is taken from quotas first, then from the top-up that expires first.")


def _columns(access: Access, _: Head) -> Columns[WalletRow]:
    today = viewer.today(access)
    return (
        Column("Service", lambda row: row.service),
        Column("Left", _left),
        Column("Expires next", lambda row: _expires(row, today)),
        Column("Top-ups", lambda row: formats.counted(len(row.top_ups), "top-up")),
    )


def _left(row: WalletRow) -> str:
    if not row.granted:
        return "nothing: all of it has expired"
    return f"{bar(row.left, row.granted)}  {said(row.left, row.unit)} of {said(row.granted, row.unit)}"


def _expires(row: WalletRow, today: date) -> str:
    following = row.expires_next
    if following is None:
        return ""
    return f"{said(following.left, row.unit)} after {formats.day_and_distance(following.expires_on, today)}"


def _actions(_: Head, _row: WalletRow | None) -> list[Action]:
    return [Action(wallets.TOP_UP, "Top up", ":material/add_card:", Permission.SERVICE_EDIT, gives="A top-up")]


def _top_ups(_access: Access, _head: Head, row: WalletRow) -> None:
    st.text(f"{row.service}, {row.unit}: top-up by top-up.")
    columns: Columns[Filled] = (
        Column("Topped up on", lambda one: formats.day(one.begun_on)),
        Column("Added", lambda one: said(one.granted, row.unit), "amount"),
        Column("Used", lambda one: said(one.used, row.unit), "amount"),
        Column("Left", lambda one: said(one.left, row.unit), "amount"),
        Column("Can be used until", lambda one: _until(one, row)),
    )
    table(row.top_ups, columns, alt="What was topped up, newest first")


def _until(one: Filled, row: WalletRow) -> str:
    day = formats.day(one.expires_on)
    return day if one.lives_on(row.today) else f"{day}, expired"


WALLETS = Rows(
    WalletsOf, _columns, alt="Service wallets of the customer", key="wallets", title="Service wallets",
    empty="This customer has no service wallet. A top-up opens one.", actions=_actions, details=_top_ups,
    remark=_remark,
)  # fmt: skip

"""Override tariffs: which tariffs others override for the customer, and what a number costs by both."""

from collections.abc import Sequence

import streamlit as st

from dashboard.customer.dialogs.services import override_tariffs
from dashboard.customer.sections import Drawn, Rows, Tab
from dashboard.kit import formats
from dashboard.kit.tables.field_column import record_columns
from dashboard.kit.tables.table import Column, Columns, table
from data_access.domain.sections import OVERRIDE_TARIFF
from data_access.domain.usage.rating import LookUp, PricedPrefix, Rated
from data_access.queries.customers.customer import Head
from data_access.queries.customers.section_rows import RecordsBeside
from data_access.queries.records.records import RecordRow
from data_access.queries.services.rate_look_up import RateLookUp
from data_access.store.access import Access

_WINS, _NOTHING = "wins", "no prefix fits"


def _remark(_head: Head, _rows: Sequence[RecordRow]) -> None:
    st.caption("A number is looked up in both tariffs: the longer prefix wins, and the override where they are equal.")


def _look_up(access: Access, head: Head) -> None:
    """The box: a number typed, and what usage to it costs now."""
    st.header("Look up a rate", anchor=False)
    number = st.text_input("Number", key=f"look-up-{head.customer_id}", placeholder="+1 204 555 0100", width=300)
    if not number.strip():
        st.caption("What a call or a message to a number costs, by which prefix of which tariff, and why.")
        return
    found = access.fetch(RateLookUp(head.customer_id, number))
    rated = [one for one in (found.original, found.override) if one is not None]
    table(rated, _columns(found, head), alt=f"What {found.number} costs by each tariff")
    st.text(found.why)


def _columns(found: LookUp, head: Head) -> Columns[Rated]:
    return (
        Column("Tariff", lambda one: one.tariff),
        Column("Prefix", lambda one: one.by.prefix if one.by else _NOTHING),
        Column("Destination", lambda one: one.by.destination if one.by else ""),
        Column("Price a minute", lambda one: _price(one.by, head), "amount"),
        Column("Price a message", lambda one: _message(one.by, head), "amount"),
        Column("Intervals", lambda one: _intervals(one.by)),
        Column("Used", lambda one: _WINS if one is found.winner else ""),
    )


def _price(by: PricedPrefix | None, head: Head) -> str:
    return formats.exact_money(by.price, head.currency) if by else ""


def _message(by: PricedPrefix | None, head: Head) -> str:
    if by is None:
        return ""
    return "not sold" if by.message_price is None else formats.exact_money(by.message_price, head.currency)


def _intervals(by: PricedPrefix | None) -> str:
    if by is None:
        return ""
    free = f", {by.free_seconds:,} s free" if by.free_seconds else ""
    return f"{by.first_seconds:,} s, then {by.next_seconds:,} s{free}"


TAB = Tab("Override tariffs", (
    Rows(
        lambda customer_id: RecordsBeside(customer_id, OVERRIDE_TARIFF.name),
        lambda _access, _head: record_columns(OVERRIDE_TARIFF), alt="Override tariffs of the customer",
        key="override-tariffs", empty="No tariff is overridden: usage is priced by the tariff of the class alone.",
        remark=_remark, actions=override_tariffs.DIALOGS.actions,
    ),
    Drawn(_look_up),
), stands=lambda head: head.overrides_tariffs)  # fmt: skip

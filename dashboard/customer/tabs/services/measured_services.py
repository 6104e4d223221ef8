"""Measured services: the terms of each parameter, own or of the class, and a graph of what was counted."""

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from dashboard.customer.dialogs.services import measured_services
from dashboard.customer.sections import Drawn, Rows, Tab
from dashboard.customer.tabs.services import measured_chart
from dashboard.kit import formats
from dashboard.kit.charts.plot import plot
from dashboard.kit.feedback import escape
from dashboard.kit.look.theme import theme_in_force
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.clock import start_of
from data_access.base.measured_parameters import ChargeBasis, MeasuredParameter
from data_access.domain.billing.periods import Period
from data_access.domain.usage.measuring import Sample, TimeSpan
from data_access.queries.customers.customer import Head
from data_access.queries.services.measured_services import (
    DAYS_BACK,
    CountedParameters,
    DailyLevels,
    DayLevel,
    MeasuredRow,
    MeasuredServicesOf,
    SamplesOf,
)
from data_access.store.access import Access

_ZOOMS = {1: "1 day", 7: "7 days", 31: "31 days"}
_BY_LABEL = {parameter.label: parameter for parameter in MeasuredParameter}
_MOST_HIGH = 380


def _remark(_head: Head, _rows: Sequence[MeasuredRow]) -> None:
    st.caption(
        "Charged when the billing period closes. An average is one over time: each value counts for as long as it held."
    )


def _columns(_access: Access, head: Head) -> Columns[MeasuredRow]:
    return (
        Column("Measured parameter", lambda row: row.terms.parameter.label),
        Column("Status", lambda row: "Own" if row.record_id else "Inherited from class"),
        Column("Charge based on", lambda row: row.terms.basis.label),
        Column("Price per item", lambda row: formats.exact_money(row.terms.price, row.currency), "amount"),
        Column("Free items", lambda row: formats.number(row.terms.free_items), "amount"),
        Column("Newest value", lambda row: _newest(row, head)),
        Column("This period so far", _figure),
        Column("Comes to", _comes_to, "amount"),
        Column("Service", lambda row: row.terms.service),
        Column("Rate code", lambda row: row.terms.rate_code),
    )


def _newest(row: MeasuredRow, head: Head) -> str:
    if row.newest is None:
        return "never counted"
    return f"{formats.number(row.newest.value)}, {formats.moment(row.newest.at, head.zone)}"


def _figure(row: MeasuredRow) -> str:
    if row.terms.basis is ChargeBasis.NONE:
        return "not charged"
    if row.so_far is None:
        return "nothing counted"
    return f"{row.terms.basis.label.lower()} {row.so_far.charged.normalize() + 0:,f}"


def _comes_to(row: MeasuredRow) -> str:
    return formats.exact_money(row.so_far.amount, row.currency) if row.so_far else ""


def _graph(access: Access, head: Head) -> None:
    """Three months of a parameter, at first one that was counted, and some days of them from near."""
    counted = access.fetch(CountedParameters(head.customer_id))
    st.header("What was counted", anchor=False)
    if not counted:
        st.text("Nothing was counted in the last three months.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = st.selectbox(
            "Measured parameter", list(_BY_LABEL), list(MeasuredParameter).index(counted[0]) if counted else 0,
            key=f"measured-{head.customer_id}", width=220,
        )  # fmt: skip
        as_table = st.toggle("As a table", key="measured-as-table", width="content")
    parameter = _BY_LABEL[label]
    found = access.fetch(DailyLevels(head.customer_id, parameter))
    alt = measured_chart.describe(found, parameter.label)
    if as_table and found:
        table(found[::-1], _DAYS, alt=alt, most=_MOST_HIGH)
    else:
        plot(measured_chart.days(found, parameter.label, theme_in_force()), alt=alt, key="measured-days")
    st.caption(escape(alt))
    if found:
        _zoom(access, head, parameter, as_table=as_table)


_DAYS: Columns[DayLevel] = (
    Column("Day", lambda row: formats.day(row.day)),
    Column("Average", measured_chart.average, "amount"),
    Column("Lowest", lambda row: formats.number(row.level.minimum), "amount"),
    Column("Highest", lambda row: formats.number(row.level.maximum), "amount"),
)


def _zoom(access: Access, head: Head, parameter: MeasuredParameter, *, as_table: bool) -> None:
    """Value by value, for so many days until one."""
    first = head.today - timedelta(days=DAYS_BACK)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        last = st.date_input(
            "Zoom in until", head.today, first, head.today, format="YYYY-MM-DD", width=160,
            key=f"zoom-until-{head.customer_id}",
        )  # fmt: skip
        length = st.segmented_control(
            "Days", list(_ZOOMS), default=7, format_func=_ZOOMS.__getitem__, key="zoom-days", required=True, wrap=True
        )
    days = Period(max(last - timedelta(days=(length or 7) - 1), first), last)
    found = access.fetch(SamplesOf(head.customer_id, parameter, days))
    alt = measured_chart.describe_zoom(found, parameter.label, days.first, days.last)
    if as_table and found:
        columns: Columns[Sample] = (
            Column("Counted at", lambda row: formats.moment(row.at, head.zone)),
            Column("Value", lambda row: formats.number(row.value), "amount"),
        )
        table(found[::-1], columns, alt=alt, most=_MOST_HIGH)
    else:
        span = TimeSpan(
            start_of(days.first, head.zone), min(start_of(days.last + timedelta(days=1), head.zone), access.now())
        )
        figure = measured_chart.samples(found, parameter.label, head.zone, span, theme_in_force())
        plot(figure, alt=alt, key="measured-samples")
    st.caption(escape(alt))


TAB = Tab("Measured services", (
    Rows(
        MeasuredServicesOf, _columns, alt="Measured services of the customer", key="measured-services",
        empty="Nothing is measured for a charge: neither by own terms nor by those of the class.", remark=_remark,
        actions=measured_services.DIALOGS.actions,
    ),
    Drawn(_graph),
))  # fmt: skip

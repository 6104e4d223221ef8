"""The list of customer classes: for whom each is, how many customers it has, and its terms in short."""

from collections.abc import Sequence

import streamlit as st

from dashboard.classes.class_timeline import in_short
from dashboard.kit.addresses.links import go_to
from dashboard.kit.formats import counted, number
from dashboard.kit.tables.link_table import TextColumn, word_table
from data_access.queries.classes.policies import ClassRow
from data_access.search.filters import CustomerFilter

_NAME, _CUSTOMERS = "Class name", "Customers"


def class_list(rows: Sequence[ClassRow]) -> None:
    """A row a class; its name opens it, the number of its customers opens those."""
    if not rows:
        st.info("There is no customer class yet.")
        return
    click = word_table(_columns(rows), key="classes", alt=f"{counted(len(rows), 'customer class', 'customer classes')}")
    if click is None:
        return
    row = rows[click.row]
    if click.column == _CUSTOMERS:
        go_to("customers", CustomerFilter(customer_class=frozenset({row.name})).to_params())
    go_to("customer_class", {"id": [str(row.class_id)]})


def _columns(rows: Sequence[ClassRow]) -> list[TextColumn]:
    steps = [in_short(row.policy) for row in rows]
    labels = ("Service limited", "Suspended", "Terminated")
    return [
        TextColumn(_NAME, [row.name for row in rows], "opener", 150),
        TextColumn("Business model", [row.business_model for row in rows], width=130),
        TextColumn("Currency", [row.currency or "any" for row in rows], width=72),
        TextColumn(_CUSTOMERS, [number(row.customers) for row in rows], "opener", 84),
        TextColumn("To be paid within", [_terms(row) for row in rows], width=120),
        *(TextColumn(label, [each[place] for each in steps], width=116) for place, label in enumerate(labels)),
        TextColumn("Time for reactivation", [counted(row.window_days, "day") for row in rows], width=140),
    ]


def _terms(row: ClassRow) -> str:
    return counted(row.policy.net_days, "day") if row.policy.net_days else "the day of issue"

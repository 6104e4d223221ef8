"""The list of customer classes: for whom each is, how many customers it has, and its terms in short."""

from collections.abc import Callable

import streamlit as st

from dashboard.classes.class_timeline import in_short
from dashboard.kit.addresses.links import go_to
from dashboard.kit.formats import counted, number
from dashboard.kit.tables.table import Column, Columns, table
from data_access.queries.classes.policies import Classes, ClassRow
from data_access.search.filters import CustomerFilter
from data_access.store.access import Access

_NAME, _CUSTOMERS = "Class name", "Customers"


def class_list(access: Access) -> None:
    """A row a class that holds the text; its name opens it, the number of its customers opens those."""
    text = st.text_input("Find", key="find", bind="query-params", icon=":material/search:", width=300) or ""
    rows = access.fetch(Classes(text))
    if not rows:
        st.info("No customer class holds this text." if text else "There is no customer class yet.")
        return
    click = table(rows, _COLUMNS, key="classes", alt=counted(len(rows), "customer class", "customer classes"))
    if click is None:
        return
    row = click.row
    if click.column == _CUSTOMERS:
        go_to("customers", CustomerFilter(customer_class=frozenset({row.name})).to_params())
    go_to("customer_class", {"id": [str(row.class_id)]})


def _terms(row: ClassRow) -> str:
    return counted(row.policy.net_days, "day") if row.policy.net_days else "the day of issue"


def _step(place: int) -> Callable[[ClassRow], str]:
    return lambda row: in_short(row.policy)[place]


_STEPS = ("Service limited", "Suspended", "Terminated")
_COLUMNS: Columns[ClassRow] = (
    Column(_NAME, lambda row: row.name, "opener", 150),
    Column("Business model", lambda row: row.business_model, width=130),
    Column("Currency", lambda row: row.currency or "any", width=72),
    Column(_CUSTOMERS, lambda row: number(row.customers), "opener", 84),
    Column("To be paid within", _terms, width=120),
    *(Column(label, _step(place), width=116) for place, label in enumerate(_STEPS)),
    Column("Time for reactivation", lambda row: counted(row.window_days, "day"), width=140),
)

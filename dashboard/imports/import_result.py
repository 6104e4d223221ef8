"""What came of a file: in a sentence, each remark with its line and its reason, and the files to take away."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.kit.formats import counted, number
from dashboard.kit.saving import save_button
from dashboard.kit.tables.table import Column, Columns, table
from data_access.imports.report import Remark

_HIGH, MOST = 420, 500  # pixels, beyond which the remarks scroll; how many are shown
Told = tuple[str, Remark]


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a file. `of` tells the file, its mapping and its kind apart from others.

    `remarks`: the first of each kind of them; `told` how many there are. `report`, `rejected`: the files, as bytes.
    """

    of: str
    is_trial: bool
    summary: str
    remarks: Sequence[Told]
    told: int
    report: bytes
    rejected: bytes


def draw(came: Came, key: str) -> None:
    """Draws it."""
    st.text(came.summary)
    columns: Columns[Told] = (
        Column("Line", lambda one: number(one[1].line), "amount", 70),
        Column("Outcome", lambda one: one[0], width=110),
        Column("Customer ID", lambda one: one[1].customer_code, width=120),
        Column("Field", lambda one: one[1].label if one[1].field else "", width=170),
        Column("Reason", lambda one: one[1].reason, width=620),
    )
    if came.remarks:
        table(came.remarks, columns, alt="What was refused, changed or found to differ", most=_HIGH)
    if came.told > len(came.remarks):
        st.caption(f"The first {number(len(came.remarks))} of {counted(came.told, 'remark')}: the report has them all.")
    with st.container(horizontal=True):
        if came.told:
            save_button("Report", came.report, "report.csv", "text/csv", key=f"{key}-report")
        if came.rejected:
            save_button("Refused rows", came.rejected, "refused.csv", "text/csv", key=f"{key}-rejected")

"""The result of an import: a sentence, each remark with its line and its reason, and the files to download."""

from functools import partial

import streamlit as st

from dashboard.kit.formats import counted, number
from dashboard.kit.saving import made_button
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.statuses import ImportState
from data_access.imports.kept.result_files import rejected_file, remarks, report_file
from data_access.imports.report import Remark
from data_access.queries.imports.runs import ImportShown
from data_access.store.access import Access

_HIGH, _MOST = 420, 500  # pixels, beyond which the remarks scroll; how many are shown
_BROUGHT_IN = (ImportState.RUNNING, ImportState.CANCELLED, ImportState.STOPPED)
_SAYS = {ImportState.TRIED: "{} Nothing was written yet."} | dict.fromkeys(_BROUGHT_IN, "The trial said: {}")
Told = tuple[str, Remark]


def draw(access: Access, row: ImportShown) -> None:
    """Draws it, of the last trial or of what was brought in until now."""
    if row.says:
        st.text(_SAYS.get(row.state, "{}").format(row.says))
    columns: Columns[Told] = (
        Column("Line", lambda one: number(one[1].line), "amount", 70),
        Column("Outcome", lambda one: one[0], width=110),
        Column("Customer ID", lambda one: one[1].customer_code, width=120),
        Column("Field", lambda one: one[1].label if one[1].field else "", width=170),
        Column("Reason", lambda one: one[1].reason, width=620),
    )
    told, shown = row.counts["told"], remarks(access, row.id, _MOST, is_trial=row.is_of_trial)
    if shown:
        table(shown, columns, alt="What was refused, changed or found to differ", most=_HIGH)
    if told > len(shown):
        st.caption(f"The first {number(len(shown))} of {counted(told, 'remark')}: the report has them all.")
    with st.container(horizontal=True):
        for name, label, count, make in (
            ("report", "Report", told, report_file), ("refused", "Refused rows", row.counts["refused"], rejected_file),
        ):  # fmt: skip
            if count:
                made = partial(make, import_id=row.id, is_trial=row.is_of_trial)
                made_button(label, made, f"{name}.csv", "text/csv", key=f"import-{name}")

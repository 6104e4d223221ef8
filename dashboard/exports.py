"""The Export button: the whole list as a file, noted in the audit when somebody takes it."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from data_access.access import Access, new_command_id
from data_access.commands.exports import ExportCustomers
from data_access.conditions import AdvancedFilter
from data_access.errors import Refusal
from data_access.filters import CustomerFilter
from data_access.permissions import Permission, who_can
from data_access.queries.exports import HEADER, CustomersToExport
from data_access.sheets import as_csv, as_xlsx

Format = Literal["CSV", "XLSX"]
_KINDS: dict[Format, str] = {
    "CSV": "text/csv",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export_button(access: Access, chosen: CustomerFilter | AdvancedFilter) -> None:
    """Offers the filtered customers as CSV and as XLSX; a disabled button says who can."""
    right = Permission.CUSTOMER_EXPORT
    if not access.actor.may(right):
        st.button(
            "Export", icon=":material/download:", disabled=True, help=f"{who_can(right).capitalize()} can export."
        )
        return
    with st.popover("Export", icon=":material/download:"):
        st.text("All customers of this list, not only this page.")
        if not access.actor.may(Permission.PERSONAL_EXPORT):
            st.text(f"Names and contacts are masked: {who_can(Permission.PERSONAL_EXPORT)} can export them.")
        for kind, mime in _KINDS.items():
            st.download_button(
                f"Download {kind}", _content(access, chosen, kind), f"customers.{kind.lower()}", mime,
                key=f"export-{kind}", on_click="ignore",
            )  # fmt: skip


def _content(access: Access, chosen: CustomerFilter | AdvancedFilter, kind: Format) -> Callable[[], bytes]:
    return lambda: exported(access, chosen, kind)


def exported(access: Access, chosen: CustomerFilter | AdvancedFilter, kind: Format) -> bytes:
    """The file, after its trace is in the audit. What is refused is the content of the file: there is no page then."""
    try:
        access.execute(ExportCustomers(command_id=new_command_id(), filter=chosen, format=kind))
        rows = access.fetch(CustomersToExport(chosen))
    except Refusal as refusal:
        return as_csv(["Nothing was exported"], [[str(refusal)]]) if kind == "CSV" else _refused(refusal)
    return as_csv(HEADER, rows) if kind == "CSV" else as_xlsx(HEADER, rows, title="Customers")


def _refused(refusal: Refusal) -> bytes:
    return as_xlsx(["Nothing was exported"], [[str(refusal)]], title="Refused")

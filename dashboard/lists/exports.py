"""The Export button: the whole list as a file, noted in the audit when somebody has it made."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import streamlit as st

from dashboard.kit import feedback
from dashboard.kit.saving import made_button
from data_access.base.permissions import Permission, who_can
from data_access.base.text.sheets import as_csv, as_xlsx
from data_access.commands.customers.exports import ExportCustomers
from data_access.queries.lists.everything import EverythingFitsXlsx, profile_of
from data_access.queries.lists.exports import ExportFits, rows_of
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.filters import CustomerFilter
from data_access.store.access import Access, new_command_id

Format = Literal["CSV", "XLSX"]
Make = Callable[[Format], bytes]


@dataclass(frozen=True, slots=True)
class Everything:
    """The file that another desk can import; `fits` refuses the kind of file that cannot hold it."""

    make: Make
    fits: Callable[[Format], object]


_EVERYTHING = "Every field, to be imported elsewhere"
_OPEN = "export"
_KINDS: dict[Format, str] = {
    "CSV": "text/csv",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export_button(access: Access, chosen: CustomerFilter | AdvancedFilter) -> None:
    """Offers the filtered customers as CSV and as XLSX; a disabled button says who can."""
    file_button(
        access,
        "customers",
        "All customers of this list, not only this page.",
        fits=lambda: access.fetch(ExportFits(chosen)),
        make=lambda kind: exported(access, chosen, kind),
        everything=Everything(
            make=lambda kind: exported(access, chosen, kind, profile="everything"),
            fits=lambda kind: kind == "XLSX" and access.fetch(EverythingFitsXlsx(chosen)),
        ),
    )


def file_button(
    access: Access,
    name: str,
    says: str,
    *,
    fits: Callable[[], object],
    make: Make,
    everything: Everything | None = None,
) -> None:
    """Offers a list as CSV and as XLSX, each made by the click that saves it; a disabled button says who can.

    Whether it `fits` a file is asked before: its refusal is a sentence on the page, never a file. `everything` is for
    those who may export personal data.
    """
    right = Permission.CUSTOMER_EXPORT
    if not access.actor.may(right):
        st.button(
            "Export", icon=":material/download:", disabled=True, help=f"{who_can(right).capitalize()} can export."
        )
        return
    opened = st.popover("Export", icon=":material/download:", key=_OPEN, on_change="rerun")
    if opened.open:
        with opened, feedback.refusals():
            fits()
            _offered(access, name, says, make, everything)


def _offered(access: Access, name: str, says: str, make: Make, everything: Everything | None) -> None:
    fits: Callable[[Format], object] = bool
    st.text(says)
    if not access.actor.may(Permission.PERSONAL_EXPORT):
        st.text(f"Names and contacts are masked: {who_can(Permission.PERSONAL_EXPORT)} can export them.")
    elif everything is not None and st.checkbox(_EVERYTHING, key="export-everything"):
        make, fits = everything.make, everything.fits
    with st.container(horizontal=True):
        for kind, mime in _KINDS.items():
            with feedback.refusals():
                fits(kind)
                made_button(kind, partial(make, kind), f"{name}.{kind.lower()}", mime, key=f"export-{kind}")


def exported(
    access: Access, chosen: CustomerFilter | AdvancedFilter, kind: Format, *, profile: str = "list"
) -> bytes:  # fmt: skip
    """The file, after its trace is in the audit."""
    what = profile_of(access, profile)
    told = kind if profile == "list" else f"{kind}, {profile}"
    access.execute(ExportCustomers(command_id=new_command_id(), filter=chosen, format=told))
    rows = rows_of(access, what.query, chosen)
    return as_csv(what.header, rows) if kind == "CSV" else as_xlsx(what.header, rows, title="Customers")

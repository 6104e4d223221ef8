"""The export of planned changes: the whole list as it is filtered, beyond what the page shows of it."""

from functools import partial

from dashboard.lists.exports.export_button import Format, file_button
from dashboard.planned.planned_bar import PlannedFilter
from dashboard.planned.planned_list import says
from data_access.base.text.sheets import Cell, as_csv, as_xlsx
from data_access.commands.customers.exports import ExportPlanned
from data_access.queries.planned.planned import CHANGES, PlannedChange, PlannedToExport
from data_access.store.access import Access, new_command_id

HEADER = ("On", "Customer ID", "Name", "Kind", "What happens", "Amount", "Currency")


def planned_export(access: Access, chosen: PlannedFilter, reseller_id: int | None) -> None:
    """Offers them as a file, as `export_button` does customers."""
    file_button(
        access,
        "planned-changes",
        "All changes of this list, not only this page.",
        fits=lambda: access.fetch(_asked(chosen, reseller_id)),
        make=partial(exported, chosen=chosen, reseller_id=reseller_id),
    )


def _asked(chosen: PlannedFilter, reseller_id: int | None) -> PlannedToExport:
    return PlannedToExport(chosen.window, chosen.kind or CHANGES, reseller_id, chosen.day)


def exported(access: Access, kind: Format, chosen: PlannedFilter, reseller_id: int | None) -> bytes:
    """The file, after its trace is in the audit."""
    rows = access.fetch(_asked(chosen, reseller_id))
    order = ExportPlanned(
        changes=len(rows), filter=chosen.describe(), format=kind, command_id=new_command_id()
    )  # fmt: skip
    access.execute(order)
    cells = map(_cells, rows)
    return as_csv(HEADER, cells) if kind == "CSV" else as_xlsx(HEADER, cells, title="Planned changes")


def _cells(row: PlannedChange) -> tuple[Cell, ...]:
    told = row.told
    return told.on, row.customer_code, row.name, told.kind.label, says(told, row.currency), told.amount, row.currency

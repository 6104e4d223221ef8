"""The result of a bulk action as a file: every customer of it, a line each."""

from collections.abc import Iterator

from dashboard.kit.formats import moment
from data_access.base.text.sheets import Cell, as_csv
from data_access.commands.customers.exports import ExportBulkResult
from data_access.queries.bulk.runs import BulkResults
from data_access.queries.pagination.pages import Direction
from data_access.store.access import Access, new_command_id

HEADER = ("Customer ID", "Result", "What happens, or why not", "At")
_PART = 1_000


def results(access: Access, run_id: int, zone: str) -> bytes:
    """The file, its times in this zone, after its trace is in the audit."""
    access.execute(ExportBulkResult(run_id=run_id, format="CSV", command_id=new_command_id()))
    return as_csv(HEADER, _lines(access, run_id, zone))


def _lines(access: Access, run_id: int, zone: str) -> Iterator[tuple[Cell, ...]]:
    page = access.fetch(BulkResults(run_id, size=_PART))
    while True:
        for row in page.rows:
            yield row.customer_code, row.state.label, row.outcome, "" if row.at is None else moment(row.at, zone)
        if not page.has_next:
            return
        page = access.fetch(BulkResults(run_id, None, Direction.AFTER, str(page.last), _PART))

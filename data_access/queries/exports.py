"""The export: every customer that a filter finds, a column a field, prepaid and postpaid amounts apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from data_access.access import Query, Reader
from data_access.filters import LISTED
from data_access.masking import shown, shown_phone
from data_access.models.customers import BalanceControl, Customer
from data_access.permissions import Permission
from data_access.queries.customers import AnyRow, CustomerRow, Selection, customer_rows, listed
from data_access.queries.pages import Sort, ordered
from data_access.sheets import Cell
from data_access.standing import Shown

HEADER = (
    "Customer ID", "Name", "Status", "Also", "Customer class", "Currency", "Balance control", "Balance",
    "Available funds", "Credit limit", "Overdue amount", "Days overdue", "Overdue since", "Next step", "Next step on",
    "E-mail", "Phone", "Country", "Customer since",
)  # fmt: skip
_BATCH = 500
_LABELS = {status.value: status.label for status in Shown}


@dataclass(frozen=True)
class CustomersToExport(Query[tuple[tuple[Cell, ...], ...]]):
    """All customers of a filter by Customer ID, a tuple of cells each as `HEADER` names them.

    Names and contacts are masked without the right to export personal data.
    """

    needs: ClassVar = Permission.CUSTOMER_EXPORT
    shows: ClassVar = Permission.PERSONAL_EXPORT
    filter: Selection = LISTED

    def run(self, reader: Reader) -> tuple[tuple[Cell, ...], ...]:
        self.filter.require(reader.actor)
        query = ordered(listed(reader, self.filter), Sort.CUSTOMER_ID).add_columns(
            Customer.email, Customer.phone, Customer.country, Customer.created_at
        )
        found = reader.session.execute(query).all()
        batches = (found[start : start + _BATCH] for start in range(0, len(found), _BATCH))
        return tuple(cells for batch in batches for cells in _batch(reader, batch))


def _batch(reader: Reader, found: Sequence[AnyRow]) -> list[tuple[Cell, ...]]:
    rows = customer_rows(reader, found, right=Permission.PERSONAL_EXPORT)
    return [_cells(reader, row, more) for row, more in zip(rows, found, strict=True)]


def _cells(reader: Reader, row: CustomerRow, more: Any) -> tuple[Cell, ...]:
    prepaid, right = row.balance_control == BalanceControl.PREPAID, Permission.PERSONAL_EXPORT
    late = row.overdue_amount > 0
    return (
        row.customer_code, row.name, _LABELS[row.shown], ", ".join(_LABELS[each] for each in row.secondary),
        row.class_name, row.currency, row.balance_control.capitalize(), None if prepaid else row.balance,
        row.available if prepaid else None, row.credit_limit, row.overdue_amount if late else None,
        row.days_overdue if late else None, row.overdue_since, row.next_step, row.next_on,
        shown(more.email, reader.actor, right), shown_phone(more.phone, reader.actor, right), more.country,
        more.created_at.date(),
    )  # fmt: skip

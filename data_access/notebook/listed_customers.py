"""Customers in a notebook: those that a filter finds, as typed frames, or as a file."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from data_access.base.choices.export_choices import ExportContent, FileFormat, format_by
from data_access.base.errors import Rejected
from data_access.base.money import CURRENCIES
from data_access.commands.customers.exports import ExportCustomers
from data_access.domain.shown_status import Shown
from data_access.models.customers import BalanceControl
from data_access.queries.lists.exports import ExportFits
from data_access.queries.lists.list_files import Contents, write_customers
from data_access.queries.lists.listed import parts_of_list
from data_access.queries.pagination.by_key import Sort
from data_access.search.list_address import Addressable
from data_access.store.access import Access, new_command_id
from data_access.store.typed.frames import as_frame

_ROWS = 50_000
_CATEGORIES: dict[str, Any] = {
    "status": pd.CategoricalDtype([status.value for status in Shown], ordered=True),
    "balance_control": pd.CategoricalDtype(list(BalanceControl)),
    "currency": pd.CategoricalDtype(list(CURRENCIES)),
    "customer_class": "category",
    "also": "category",
}


@dataclass(frozen=True)
class ListedCustomers:
    """Customers that a filter finds, in the order of a list, by the rights of who reads.

    Whatever of them is read stands in the audit, as an export does.
    """

    access: Access
    noting: Access
    filter: Addressable
    sort: Sort | None = Sort.CUSTOMER_ID
    told: str = "frame"

    def __str__(self) -> str:
        return self.filter.describe()

    def count(self) -> int:
        """How many they are."""
        return self.access.fetch(ExportFits(self.filter))

    def to_frame(self, *, has_next: bool = False) -> pd.DataFrame:
        """A row a customer: exact amounts, days as days, instants with their zone, statuses as categories.

        `has_next`: with what happens next, and when, which takes longer than all the rest.
        """
        self._note(self.told)
        return _typed(pa.Table.from_batches(parts_of_list(self.access, self.filter, self.sort, has_next=has_next)))

    def parts(self, rows: int = _ROWS, *, has_next: bool = False) -> Iterator[pd.DataFrame]:
        """The same in frames of so many rows, one at a time: for more customers than memory holds."""
        self._note(f"{self.told}, in parts")
        for part in parts_of_list(self.access, self.filter, self.sort, has_next=has_next, size=rows):
            yield _typed(pa.Table.from_batches([part]))

    def export(self, path: str | Path, *, has_next: bool = False) -> int:
        """Writes them to a file by its ending, .csv, .xlsx or .parquet; how many they were."""
        path = Path(path)
        kind = format_by(path.suffix)
        if kind is None:
            endings = ", ".join(f".{kind}" for kind in FileFormat)
            raise Rejected(f"{path.name} is written as CSV, XLSX or Parquet: let its name end in {endings}.")
        self._note(kind.label)
        content = ExportContent.NEXT if has_next else ExportContent.LIST
        unfinished = path.with_name(f".{path.name}.part")
        try:
            with unfinished.open("wb") as file:
                count = write_customers(self.access, file, kind, Contents(self.filter, content, self.sort))
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        return count

    def _note(self, told: str) -> None:
        self.noting.execute(ExportCustomers(command_id=new_command_id(), filter=self.filter, format=told))


def _typed(table: pa.Table) -> pd.DataFrame:
    return as_frame(table).astype(_CATEGORIES)

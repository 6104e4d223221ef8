"""The kinds of files that can be imported: their contents, their fields, how they are read and imported."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from data_access.base.errors import Rejected
from data_access.base.permissions import Permission as P
from data_access.domain.entered.card_columns import CARD_COLUMNS, ROWS
from data_access.imports import charges, classes, customers, invoices
from data_access.imports.batches import Run
from data_access.imports.bills import INVOICE_FIELDS
from data_access.imports.bills import REQUIRED as OF_INVOICES
from data_access.imports.card.rows import import_rows, row_labels, row_mapping, row_required
from data_access.imports.catalogue.files import DIDS, RATES
from data_access.imports.catalogue.rows import RecordFile
from data_access.imports.entries import CUSTOMER_FIELDS
from data_access.imports.files.mapping import FileMapping
from data_access.imports.report import Report, called
from data_access.imports.usage import samples, unrated
from data_access.queries.classes.class_terms import CLASS_COLUMNS

_MAPPINGS = Path(__file__).parent / "mappings"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file. `labels`: the fields that a mapping may name; `required`: those that it has to.

    `mapping` reads a TOML file or, with None where `has_headings`, what the headings of the file say. `exported`: the
    mapping of what Customer Desk itself exports, where headings do not do. `needs`: rights that any such file takes.
    """

    name: str
    holds: str
    needs: tuple[P, ...]
    labels: Mapping[str, str]
    required: tuple[str, ...]
    mapping: Callable[[Path | None, Path], FileMapping]
    bring_in: Callable[[Run], Report]
    has_headings: bool = False
    exported: Path | None = None

    @property
    def order(self) -> str:
        """What the audit calls an import of this kind."""
        return f"Import{self.name.title().replace('-', '')}"


def _mapped(
    name: str, holds: str, needs: tuple[P, ...], fields: Iterable[str], required: tuple[str, ...],
    read: Callable[[Path], FileMapping], bring_in: Callable[[Run], Report], exported: str = "",
) -> FileKind:  # fmt: skip
    """A kind of file that takes a mapping."""

    def mapping(path: Path | None, _file: Path) -> FileMapping:
        if path is None:
            raise Rejected(f"Give --mapping FILE.toml: which column of a file of {name} is which field.")
        return read(path)

    labels = {field: called(field) for field in fields}
    by_name = dict(sorted(labels.items(), key=lambda one: (one[0] not in required, "." in one[0], one[1])))
    own = _MAPPINGS / exported if exported else None
    return FileKind(name, holds, needs, by_name, required, mapping, bring_in, exported=own)


def _records(name: str, holds: str, file: RecordFile[Any]) -> FileKind:
    needs = (P.IMPORT_RUN, file.section.changes)
    return FileKind(name, holds, needs, file.labels, file.required, file.mapping, file.bring_in, has_headings=True)


def _rows(name: str) -> FileKind:
    words = name.replace("-", " ").replace("dids", "DIDs").replace("self care", "self-care")
    return FileKind(
        name, words[0].upper() + words[1:], (P.IMPORT_RUN, ROWS[name].changes), row_labels(name), row_required(name),
        partial(row_mapping, name), partial(import_rows, name), has_headings=True,
    )  # fmt: skip


_RUN = (P.IMPORT_RUN,)
_ALL = (
    _mapped("customers", "Customers", customers.NEEDS, (*CUSTOMER_FIELDS, *CARD_COLUMNS), customers.REQUIRED,
            customers.customer_mapping, customers.import_customers, "everything.toml"),
    _mapped("classes", "Customer classes", classes.NEEDS, CLASS_COLUMNS, ("name",), classes.class_mapping,
            classes.import_classes, "classes.toml"),
    _mapped("invoices", "Invoices", invoices.NEEDS, INVOICE_FIELDS, OF_INVOICES, invoices.invoice_mapping,
            invoices.import_invoices),
    _mapped("charges", "Charges", _RUN, charges.CHARGE_FIELDS, charges.REQUIRED, charges.charge_mapping,
            charges.import_charges),
    _mapped("usage", "Usage that is not rated yet", _RUN, unrated.USAGE_FIELDS, unrated.REQUIRED,
            unrated.usage_mapping, unrated.import_usage),
    _mapped("samples", "Samples of measured services", _RUN, samples.SAMPLE_FIELDS, samples.SAMPLE_FIELDS,
            samples.sample_mapping, samples.import_samples),
    _records("rates", "Rates of tariffs", RATES),
    _records("dids", "DIDs of the pool", DIDS),
    *map(_rows, ROWS),
)  # fmt: skip
KINDS = {kind.name: kind for kind in _ALL}

"""The verb `import`: a file brought in, with its report and with the refused rows as a file of their own."""

import sys
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from data_access.base.clock import Clock
from data_access.base.errors import Rejected
from data_access.base.text.numerals import counted
from data_access.cli.calls import DONE, REFUSED, named, say, signed_by, verb
from data_access.domain.entered.card_columns import ROWS
from data_access.imports.batches import Run
from data_access.imports.card.rows import import_rows, row_mapping
from data_access.imports.catalogue.files import DIDS, RATES
from data_access.imports.catalogue.rows import RecordFile
from data_access.imports.charges import charge_mapping, import_charges
from data_access.imports.classes import class_mapping, import_classes
from data_access.imports.customers import customer_mapping, import_customers
from data_access.imports.files.files import refuse_unwritable
from data_access.imports.files.mapping import FileMapping
from data_access.imports.invoices import import_invoices, invoice_mapping
from data_access.imports.report import Report
from data_access.imports.usage.samples import import_samples, sample_mapping
from data_access.imports.usage.unrated import import_usage, usage_mapping

SHOWN = 50
_CODES = "Exit code: 0 nothing was refused; 1 something was, though all other rows are written; 130 stopped."
_KINDS = {
    "classes": (class_mapping, import_classes),
    "customers": (customer_mapping, import_customers),
    "invoices": (invoice_mapping, import_invoices),
    "charges": (charge_mapping, import_charges),
    "usage": (usage_mapping, import_usage),
    "samples": (sample_mapping, import_samples),
}
_RECORDS: dict[str, RecordFile[Any]] = {"rates": RATES, "dids": DIDS}


def add_verb(verbs: Any) -> None:
    bringing = verb(verbs.add_parser("import", help="import a CSV or XLSX file", epilog=_CODES), _import)
    bringing.add_argument("kind", choices=(*_KINDS, *_RECORDS, *ROWS), help="what a row of the file is")
    bringing.add_argument("file", type=Path, help="CSV, CSV packed with gzip, or XLSX")
    bringing.add_argument(
        "--mapping",
        type=Path,
        metavar="FILE.toml",
        help=f"which column is which field; for {', '.join((*_RECORDS, *ROWS))} the headings of the file say it too",
    )
    bringing.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
    bringing.add_argument("--report", type=Path, metavar="FILE.csv", help="write every refused row, change, difference")
    bringing.add_argument("--reject", type=Path, metavar="FILE.csv", help="write the refused rows, to be sent again")
    signed_by(bringing)


def _import(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    actor = named(chosen, engine, clock).actor
    mapping, bring_in = _kind(chosen)
    _refuse_outputs(chosen)
    run = Run(
        engine, actor, clock, chosen.file, mapping, f"Import{chosen.kind.title().replace('-', '')}", chosen.dry_run,
        progress=lambda rows: print(counted(rows, "row"), file=sys.stderr),
    )  # fmt: skip
    try:
        bring_in(run)
    except DBAPIError:
        if run.report.rows:
            say("The import was cut off. Whole batches are kept; run the same command again to continue.")
        raise
    finally:  # what was written before a stop is told too
        _tell(chosen, run)
    return REFUSED if run.report.refused else DONE


def _kind(chosen: Namespace) -> tuple[FileMapping, Callable[[Run], Report]]:
    """How the file is to be read, and what brings it in."""
    if chosen.kind in _RECORDS:
        record = _RECORDS[chosen.kind]
        return record.mapping(chosen.mapping, chosen.file), record.bring_in
    if chosen.kind in ROWS:
        return row_mapping(chosen.kind, chosen.mapping, chosen.file), partial(import_rows, chosen.kind)
    if chosen.mapping is None:
        raise Rejected(f"Give --mapping FILE.toml: which column of a file of {chosen.kind} is which field.")
    read_mapping, bring_in = _KINDS[chosen.kind]
    return read_mapping(chosen.mapping), bring_in


def _refuse_outputs(chosen: Namespace) -> None:
    outputs = [path for path in (chosen.report, chosen.reject) if path is not None]
    for number, path in enumerate(outputs):
        if path.suffix.lower() in (".xlsx", ".gz"):
            raise Rejected(f"{path.name} is written as CSV: let its name end in .csv.")
        refuse_unwritable(path, *filter(None, (chosen.file, chosen.mapping, *outputs[:number])))


def _tell(chosen: Namespace, run: Run) -> None:
    report = run.report
    if chosen.report is not None:
        report.write(chosen.report)
    if chosen.reject is not None and run.top:
        report.write_rejected(chosen.reject, run.top, run.mapping)
    if report.rows:
        print(report.summary(SHOWN, dry_run=chosen.dry_run))

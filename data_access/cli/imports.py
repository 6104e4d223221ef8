"""The subcommand `import`: imports a file, with its report and with the refused rows as a separate file."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from data_access.base.clock import Clock
from data_access.base.errors import Rejected
from data_access.base.text.numerals import counted
from data_access.cli.calls import DONE, REFUSED, named, say, signed_by, verb
from data_access.imports.batches import Run
from data_access.imports.files.files import refuse_unwritable
from data_access.imports.kinds import KINDS

SHOWN = 50
_CODES = "Exit code: 0 nothing was refused; 1 something was, though all other rows are written; 130 stopped."
_BY_HEADINGS = [kind.name for kind in KINDS.values() if kind.has_headings]


def add_verb(verbs: Any) -> None:
    bringing = verb(verbs.add_parser("import", help="import a CSV or XLSX file", epilog=_CODES), _import)
    bringing.add_argument("kind", choices=tuple(KINDS), help="what each row of the file is")
    bringing.add_argument("file", type=Path, help="CSV, gzipped CSV, or XLSX")
    bringing.add_argument(
        "--mapping",
        type=Path,
        metavar="FILE.toml",
        help=f"which column is which field; optional for {', '.join(_BY_HEADINGS)}, whose headings can say it",
    )
    bringing.add_argument("--dry-run", action="store_true", help="show what would be done, and write nothing")
    bringing.add_argument(
        "--report", type=Path, metavar="FILE.csv", help="write every refused row, change and difference here"
    )
    bringing.add_argument(
        "--reject", type=Path, metavar="FILE.csv", help="write the refused rows here, to correct and import again"
    )
    signed_by(bringing)


def _import(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    actor = named(chosen, engine, clock).actor
    kind = KINDS[chosen.kind]
    mapping = kind.mapping(chosen.mapping, chosen.file)
    _refuse_outputs(chosen)
    run = Run(
        engine, actor, clock, chosen.file, mapping, kind.order, chosen.dry_run,
        progress=lambda rows: print(counted(rows, "row"), file=sys.stderr),
    )  # fmt: skip
    try:
        kind.bring_in(run)
    except DBAPIError:
        if run.report.rows:
            say("The import was cut off. Whole batches are kept; run the same command again to continue.")
        raise
    finally:  # what was written before a stop is told too
        _tell(chosen, run)
    return REFUSED if run.report.refused else DONE


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

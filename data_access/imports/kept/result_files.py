"""The result of an import as files, batch by batch: each remark, and the refused rows to be corrected and sent."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from io import TextIOWrapper
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import IO

from data_access.base.text.sheets import csv_line
from data_access.imports.kept.packed import head_of, report_of
from data_access.imports.report import REPORT_HEADING, Remark, Report, headed
from data_access.queries.imports.runs import ImportBatches
from data_access.store.access import Access


def remarks(access: Access, import_id: int, most: int, *, is_trial: bool) -> list[tuple[str, Remark]]:
    """The first of an import's remarks, each with its kind in a word."""
    told = (one for report in _reports(access, import_id, is_trial) for one in report.remarks())
    return list(islice(told, most))


def report_file(access: Access, import_id: int, *, is_trial: bool) -> IO[bytes]:
    """Every refused row, change and difference, as CSV on the disk; gone when it is closed."""
    rows = (row for report in _reports(access, import_id, is_trial) for row in report.told_rows())
    return _written((csv_line(row) for row in chain([REPORT_HEADING], rows)), "utf-8")


def rejected_file(access: Access, import_id: int, *, is_trial: bool) -> IO[bytes]:
    """The refused rows as they stood in the file, below its own heading, with the reasons beside them; likewise."""
    [(_, content), *_] = access.fetch(ImportBatches(import_id, is_trial))
    head = head_of(content)
    reports = _reports(access, import_id, is_trial)
    rows = (row for report in reports for row in report.rejected_rows(len(head.top[-1])))
    lines = (csv_line(row, head.delimiter) for row in chain(headed(head.top), rows))
    return _written(lines, head.encoding)


def _reports(access: Access, import_id: int, is_trial: bool) -> Iterator[Report]:
    """What was told of each batch, some at a time."""
    last = 0
    while batches := access.fetch(ImportBatches(import_id, is_trial, last, with_remarks=True)):
        for last, content in batches:  # noqa: B007  where to go on
            yield report_of(content)


def _written(lines: Iterable[str], encoding: str) -> IO[bytes]:
    with ExitStack() as undone:
        file = undone.enter_context(TemporaryFile())
        text = TextIOWrapper(file, encoding=encoding, errors="backslashreplace", newline="")
        text.writelines(lines)
        text.flush()
        text.detach()
        undone.pop_all()
        return file

"""The results of a batch as a packed value: remarks, refused rows as in the file, consequences for collection."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from data_access.imports.files.mapping import FileMapping
from data_access.imports.outcome import CollectionOutcome
from data_access.imports.report import Remark, Report
from data_access.queries.forecast.forecast_steps import Foreseen

_REMARKS = ("refused", "changes", "differences")
_FAST = 1


@dataclass(frozen=True, slots=True)
class FileHead:
    """What a file is like: what stands above its rows, how it is written, and where its table stops."""

    top: list[list[str]] = field(default_factory=list)
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    stopped_at: int | None = None

    def mapping(self) -> FileMapping:
        """As far as it says how rows are written back."""
        return FileMapping("", {}, delimiter=self.delimiter, encoding=self.encoding)


def packed_head(head: FileHead) -> bytes:
    """The head as a value."""
    return _packed({name: getattr(head, name) for name in FileHead.__slots__})


def head_of(content: bytes) -> FileHead:
    """A head that was packed."""
    return FileHead(**_unpacked(content))


def packed(report: Report) -> bytes:
    """A report of a batch as a value; its counts stand beside it."""
    told: dict[str, Any] = {
        name: [[one.line, one.field, one.reason, one.customer_code, one.column] for one in getattr(report, name)]
        for name in _REMARKS
    }
    told["rejected"] = [[line, *cells] for line, cells in report.rejected.items()]
    if report.ahead is not None:
        told["ahead"] = [
            [kind.value, key, on.isoformat()] for kind, days in report.ahead.first.items() for key, on in days.items()
        ]
    return _packed(told)


def report_of(content: bytes) -> Report:
    """The remarks of a batch that were packed, without its counts."""
    told = _unpacked(content)
    refused, changes, differences = ([Remark(*one) for one in told[name]] for name in _REMARKS)
    rejected = {int(line): tuple(cells) for line, *cells in told["rejected"]}
    ahead = _ahead(told["ahead"]) if "ahead" in told else None
    return Report(refused=refused, changes=changes, differences=differences, rejected=rejected, ahead=ahead)


def _ahead(told: Sequence[Sequence[Any]]) -> CollectionOutcome:
    found = CollectionOutcome()
    kinds = {kind.value: kind for kind in Foreseen}
    for kind, key, on in told:
        found.note(kinds[kind], key, date.fromisoformat(on))
    return found


def _packed(told: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), _FAST)


def _unpacked(content: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(zlib.decompress(content))
    return told

"""Records imported from a file: tried first, then imported, with the result of each row and a file of refused rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.kit import feedback
from dashboard.kit.saving import save_button
from dashboard.kit.tables.table import Column, Columns, table
from dashboard.kit.uploads import kept
from data_access.imports.batches import Run
from data_access.imports.catalogue.rows import RecordFile
from data_access.imports.report import Report
from data_access.store.access import Access

LARGEST = 5_000_000
_TYPES = ["csv", "xlsx", "gz"]
_HIGH = 330  # pixels, beyond which the table of results scrolls


@dataclass(frozen=True, slots=True)
class _Told:
    """What became of a file: of each row by its line, in all, and the refused rows as a file."""

    file_id: str
    rows: Sequence[tuple[int, str, str]]
    summary: str
    rejected: bytes


@dataclass(frozen=True)
class FileEntry:
    """The form of a kind of file. `constants`: what holds for every row of it and needs no column."""

    name: str
    kind: RecordFile[Any]

    def draw(self, access: Access, subject: object = "", constants: Mapping[str, str] | None = None) -> None:
        """The choice of a file, the two buttons, and what came of it."""
        key, given = f"{self.name}-{subject}", constants or {}
        columns = ", ".join(label for name, label in self.kind.labels.items() if name not in given)
        uploaded = st.file_uploader(
            "CSV or XLSX file", type=_TYPES, key=f"{key}-file", max_upload_size=LARGEST // 1_000_000,
            help=f"Its first row has headings, in any order: {columns}. Up to 5 MB.",
        )  # fmt: skip
        with st.container(horizontal=True):
            is_trial = st.button("Try the file", key=f"{key}-try", disabled=uploaded is None, icon=":material/rule:")
            goes = st.button("Enter the rows", type="primary", key=f"{key}-go", disabled=uploaded is None)
        if uploaded is None:
            return
        if is_trial or goes:
            with feedback.refusals():
                st.session_state[f"{key}-told"] = self._told(access, uploaded, given, is_trial=is_trial)
        told: _Told | None = st.session_state.get(f"{key}-told")
        if told is not None and told.file_id == uploaded.file_id:
            _show(told, key)

    def _told(self, access: Access, uploaded: UploadedFile, given: Mapping[str, str], *, is_trial: bool) -> _Told:
        with kept(uploaded) as path:
            mapping = self.kind.mapping(None, path, given)
            run = Run(access.engine, access.actor, access.now, path, mapping, self.name, is_trial, LARGEST)
            report = self.kind.bring_in(run)
            rejected = path.with_name("rejected.csv")
            report.write_rejected(rejected, run.top, mapping)
            return _Told(
                uploaded.file_id, _rows(report), report.summary(0, dry_run=is_trial).partition(";")[0] + "."
                + (" Nothing was written yet." if is_trial else ""), rejected.read_bytes() if report.refused else b"",
            )  # fmt: skip


def _rows(report: Report) -> list[tuple[int, str, str]]:
    """The line, the column and the result of each row, in the order of the file."""
    refused = [(one.line, one.column, f"refused: {one.reason}") for one in report.refused]
    return sorted([*refused, *((line, "", result) for line, result in report.results.items())])


def _show(told: _Told, key: str) -> None:
    st.text(told.summary)
    columns: Columns[tuple[int, str, str]] = (
        Column("Line", lambda row: f"{row[0]:,}", "amount", 64),
        Column("Column", lambda row: row[1], width=160),
        Column("Result", lambda row: row[2]),
    )
    if told.rows:
        table(told.rows, columns, alt="What became of each row of the file", most=_HIGH)
    if told.rejected:
        save_button("Refused rows", told.rejected, "refused.csv", "text/csv", key=f"{key}-rejected")

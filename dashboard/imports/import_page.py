"""The page Import: a file is uploaded, its columns are told, it is tried, and then brought in."""

from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.imports import import_result
from dashboard.imports.column_choice import column_choice
from dashboard.imports.import_result import MOST, Came
from dashboard.kit import feedback
from dashboard.kit.formats import counted
from dashboard.kit.saving import save_button
from dashboard.kit.uploads import kept
from data_access.base.labelled import Labelled
from data_access.imports.batches import Run
from data_access.imports.catalogue.headings import FirstLook, look_at
from data_access.imports.kinds import KINDS, FileKind
from data_access.store.access import Access

LARGEST = 20_000_000
_TYPES = ["csv", "xlsx", "gz"]


class Way(Labelled):
    """Who says which column is which field."""

    HEADINGS = "headings", "The headings of the file"
    EXPORTED = "exported", "It was exported by Customer Desk"
    HERE = "here", "Choose the columns here"
    MAPPING = "mapping", "A mapping file"


def import_page(access: Access) -> None:
    """Everything below the title."""
    kinds = {name: kind for name, kind in KINDS.items() if all(map(access.actor.may, kind.needs))}
    st.caption("Rows without an error are imported, the others are listed with their reason. Nothing is ever removed.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("The file holds", list(kinds), format_func=lambda one: kinds[one].holds, key="import-kind")
        ways = _ways(kinds[name])
        way = st.selectbox("Its columns are told by", ways, format_func=lambda one: one.label, key=f"import-way-{name}")
    uploaded = st.file_uploader(
        "CSV or XLSX file", type=_TYPES, key=f"import-file-{name}", max_upload_size=LARGEST // 1_000_000,
        help="Its first row has headings. Up to 20 MB; larger files are imported on the command line.",
    )  # fmt: skip
    if uploaded is None:
        return
    with feedback.refusals():
        mapping = _mapping(kinds[name], way, uploaded)
        if mapping is not None:
            _try_and_go(access, kinds[name], uploaded, mapping)


def _ways(kind: FileKind) -> list[Way]:
    found = [Way.HEADINGS] if kind.has_headings else []
    found += [Way.EXPORTED] if kind.exported else []
    found += [Way.HERE] if kind.name != "classes" else []  # a class has more fields than a page can ask for
    return [*found, Way.MAPPING]


def _mapping(kind: FileKind, way: Way, uploaded: UploadedFile) -> str | None:
    """The text of the mapping; blank where the headings say it, None while it is not known yet."""
    if way is Way.HEADINGS:
        return ""
    if way is Way.EXPORTED:
        assert kind.exported is not None
        return kind.exported.read_text(encoding="utf-8")
    if way is Way.HERE:
        chosen = column_choice(kind, _look(uploaded), f"import-{kind.name}-{uploaded.file_id}")
        if chosen is not None:
            save_button(
                "Save the mapping", chosen.encode(), f"{kind.name}.toml", "application/toml", key="import-mapping-saved"
            )
        return chosen
    given = st.file_uploader("Mapping", type=["toml"], key=f"import-mapping-{kind.name}", max_upload_size=1)
    return None if given is None else given.getvalue().decode("utf-8-sig", "replace")


def _look(uploaded: UploadedFile) -> FirstLook:
    """The first look at the file: once, however often the page runs."""
    seen: tuple[str, FirstLook] | None = st.session_state.get("import-look")
    if seen is None or seen[0] != uploaded.file_id:
        with kept(uploaded) as path:
            seen = st.session_state["import-look"] = uploaded.file_id, look_at(path)
    return seen[1]


def _try_and_go(access: Access, kind: FileKind, uploaded: UploadedFile, mapping: str) -> None:
    of = f"{kind.name} {uploaded.file_id} {mapping}"
    came: Came | None = st.session_state.get("import-came")
    was_tried = came is not None and came.of == of and came.is_trial
    with st.container(horizontal=True):
        tries = st.button("Try the file", key="import-try", icon=":material/rule:")
        goes = st.button(
            "Import the rows", key="import-go", type="primary", disabled=not was_tried,
            help=None if was_tried else "Try the file first: the trial says what would be done, and writes nothing.",
        )  # fmt: skip
    if tries or goes:
        came = st.session_state["import-came"] = _run(access, kind, uploaded, mapping, of, is_trial=tries)
        st.rerun()
    if came is not None and came.of == of:
        import_result.draw(came, "import-came")


def _run(access: Access, kind: FileKind, uploaded: UploadedFile, text: str, of: str, *, is_trial: bool) -> Came:
    """Tries the file or brings it in; how far it has come is told meanwhile. Batches that are done stay if it stops."""
    place = st.empty()

    def say(rows: int) -> None:
        place.caption(f"{counted(rows, 'row')} done…")

    with kept(uploaded) as path, TemporaryDirectory(prefix="mapping-") as folder:
        written, report, refused = (Path(folder) / name for name in (f"{kind.name}.toml", "report.csv", "refused.csv"))
        written.write_text(text, encoding="utf-8")
        mapping = kind.mapping(written if text else None, path)
        run = Run(access.engine, access.actor, access.now, path, mapping, kind.order, is_trial, LARGEST, say)
        done = kind.bring_in(run)
        place.empty()
        done.write(report)
        done.write_rejected(refused, run.top, mapping)
        remarks, says = list(done.remarks()), done.totals() + (["Nothing was written yet."] if is_trial else [])
        files = report.read_bytes(), refused.read_bytes() if done.refused else b""
        return Came(of, is_trial, " ".join(says), remarks[:MOST], len(remarks), *files)

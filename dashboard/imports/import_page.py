"""The page Import: uploads, each of which gets a page of its own, and your earlier imports."""

import streamlit as st

from dashboard.imports.file_page import ID, file_page
from dashboard.kit import feedback, viewer
from dashboard.kit.addresses.links import go_to
from dashboard.kit.addresses.list_state import asked_number
from dashboard.kit.formats import counted, number
from dashboard.kit.look.palette import FILE_IMPORTS
from dashboard.kit.tables.table import Chip, Column, Columns, table
from dashboard.kit.uploads import kept, let_go
from data_access.base.settings import settings
from data_access.imports.kept.uploads import keep_file
from data_access.imports.kinds import KINDS
from data_access.queries.imports.runs import ImportShown, OwnImports
from data_access.store.access import Access

_TYPES = ["csv", "xlsx", "gz"]
_UPLOADED = "import-uploaded"  # in the session: which upload has become which import


def import_page(access: Access) -> None:
    """Everything below the title."""
    import_id = asked_number(ID)
    if import_id:
        file_page(access, import_id)
        return
    st.caption("Rows without an error are imported, the others are listed with their reason. Nothing is ever removed.")
    _upload(access)
    _list(access)


def _upload(access: Access) -> None:
    most = settings().import_megabytes
    uploaded = st.file_uploader(
        "CSV or XLSX file", type=_TYPES, key="import-file", max_upload_size=most,
        help=f"Its first row has headings. Up to {most:,} MB, unpacked too; CSV may be packed with gzip.",
    )  # fmt: skip
    if uploaded is None:
        return
    seen: tuple[str, int] | None = st.session_state.get(_UPLOADED)
    with feedback.refusals():
        if seen is None or seen[0] != uploaded.file_id:
            with kept(uploaded) as path, st.spinner("The file is being kept…"):
                seen = st.session_state[_UPLOADED] = uploaded.file_id, keep_file(access, path).import_id
            let_go(uploaded)
        go_to("import_file", {ID: [str(seen[1])]})


def _list(access: Access) -> None:
    imports = access.fetch(OwnImports())
    if not imports:
        return
    st.subheader("Your imports", anchor=False)
    columns: Columns[ImportShown] = (
        Column("File", lambda one: one.file, "opener", 200),
        Column("State", lambda one: [Chip(FILE_IMPORTS[one.state].chip, FILE_IMPORTS[one.state])], "chips", 120),
        Column("It holds", lambda one: KINDS[one.kind].holds if one.kind else "", width=170),
        Column("Rows", _rows, width=130),
        Column("Refused", lambda one: number(one.counts["refused"]), "amount", 70),
        Column("Uploaded", lambda one: viewer.moment(one.made_at), width=140),
    )
    click = table(imports, columns, key="import-list", alt=f"Your {counted(len(imports), 'import')}, newest first")
    if click is not None:
        go_to("import_file", {ID: [str(click.row.id)]})


def _rows(one: ImportShown) -> str:
    done = number(one.counts["rows"])
    return f"{done} of {number(one.of_file)}" if one.is_under_way and one.of_file else done

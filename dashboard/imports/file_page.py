"""The page of an imported file: its progress, its results, how it is read, and what can be done."""

from functools import partial

import streamlit as st

from dashboard.imports import import_result
from dashboard.imports.reading_choice import reading_choice
from dashboard.kit import context, feedback, viewer
from dashboard.kit.addresses.dead_end import dead_end
from dashboard.kit.addresses.links import link
from dashboard.kit.feedback import escape
from dashboard.kit.formats import counted
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.kit.look.palette import FILE_IMPORTS
from data_access.base.errors import NotFound
from data_access.base.statuses import READY, ImportState
from data_access.commands.imports.runs import BringFileIn, CancelImport, DiscardFile, TryFile
from data_access.imports.kinds import KINDS
from data_access.queries.imports.runs import ImportOfFile, ImportShown
from data_access.services.bulk.import_moves import ImportSaved
from data_access.store.access import Access, Command

S = ImportState
ID, FORM = "id", "import"
_LOOK_SECONDS = 1
_NOT_TRIED = "Try the file first: the trial says what would be done, and writes nothing."


def file_page(access: Access, import_id: int) -> None:
    """Draws one's own import of this id."""
    just_saved(FORM, import_id)
    feedback.show_done()
    try:
        row = access.fetch(ImportOfFile(import_id))
    except NotFound:
        dead_end("import", "it is another person's", ("import_file", "All your imports", ":material/upload_file:"))
        return
    form = Form(access, FORM, row.id)
    _facts(row)
    if row.is_under_way:
        _watch(row)
        _cancel(form, row)
    if row.says or row.counts["told"]:
        import_result.draw(access, row)
    if row.removed_at is None:
        asked = reading_choice(access, row)
        if not row.is_under_way:
            _ways_on(form, row, asked)


def _facts(row: ImportShown) -> None:
    look = FILE_IMPORTS[row.state]
    with st.container(key="import-facts", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(escape(row.file), anchor=False, width="content")
            st.badge(look.word.capitalize(), icon=look.icon, color=look.badge)
        st.caption(escape(_told(row)))
        if row.why:
            st.warning(escape(row.why), icon=":material/stop_circle:")
        link("import_file", "All your imports", icon=":material/upload_file:")


def _told(row: ImportShown) -> str:
    told = [KINDS[row.kind].holds] if row.kind else []
    told += [_size(row.size), f"uploaded {viewer.moment(row.made_at)}"]
    if row.started_at is not None:
        told.append(f"begun {viewer.moment(row.started_at)}")
    if row.ended_at is not None:
        told.append(f"ended {viewer.moment(row.ended_at)}")
    return ", ".join(told) + "."


def _size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size >= 100_000 else f"{max(1, round(size / 1000))} kB"


@st.fragment(run_every=_LOOK_SECONDS)
def _watch(seen: ImportShown) -> None:
    """The progress, looked at again and again; once the stage is over, the whole page."""
    row = context.access().fetch(ImportOfFile(seen.id))
    if row.state is not seen.state:
        st.rerun()
    done = row.counts["rows"]
    share = min(1.0, done / row.of_file) if row.of_file else 0.0
    st.progress(share, f"{_progress(row, done)} You can leave this page and come back.")


def _progress(row: ImportShown, done: int) -> str:
    if row.before and not row.of_file:
        return f"It waits for {counted(row.before, 'import')} before it."
    if not row.of_file:
        return "The file is being read."
    stage = "Tried" if row.state is S.TRYING else "Done with"
    return f"{stage} {done:,} of {counted(row.of_file, 'row')}, {row.counts['refused']:,} refused."


def _cancel(form: Form, row: ImportShown) -> None:
    if st.button("Cancel", key="import-cancel", icon=":material/cancel:"):
        order = CancelImport(import_id=row.id, command_id=form.command_id)
        _do(form, order, "Cancelled: whole batches that were done stay done.")


def _ways_on(form: Form, row: ImportShown, asked: tuple[str, str] | None) -> None:
    """Below what they act on: the next step is the one that stands out."""
    with st.container(key="import-ways", horizontal=True, gap="small"):
        is_tried = row.state in READY and asked == (row.kind, row.mapping)
        tries = st.button(
            "Try the file", key="import-try", icon=":material/rule:", disabled=asked is None,
            type="secondary" if is_tried else "primary",
        )  # fmt: skip
        if tries and asked:
            kind, mapping = asked
            _do(
                form,
                TryFile(import_id=row.id, kind=kind, mapping=mapping, command_id=form.command_id),
                "The file is being tried.",
            )
        goes = st.button(
            "Import the rows" if row.is_of_trial else "Go on", key="import-go",
            type="primary" if is_tried else "secondary", disabled=not is_tried, help=None if is_tried else _NOT_TRIED,
        )  # fmt: skip
        if goes:
            order_in = BringFileIn(import_id=row.id, trial=row.trial, command_id=form.command_id)
            _do(form, order_in, "The rows are being brought in.")
        if st.button("Discard", key="import-discard", icon=":material/delete:", help="Lets the file go."):
            _do(form, DiscardFile(import_id=row.id, command_id=form.command_id), "The file was let go.")


def _do(form: Form, order: Command[ImportSaved], said: str) -> None:
    form.carry_out(partial(form.access.execute, order), lambda _: said)

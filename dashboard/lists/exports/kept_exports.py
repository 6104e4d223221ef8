"""Exports that the worker writes: the progress of your own, the file once it is ready, and until when it is kept."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import IO

import streamlit as st

from dashboard.kit import context, feedback, viewer
from dashboard.kit.feedback import escape
from dashboard.kit.formats import counted
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.kit.look.palette import EXPORTS
from dashboard.kit.saving import made_button
from dashboard.lists.exports.mime_types import MIME
from data_access.base.choices.export_choices import ExportState, told_as
from data_access.base.errors import Rejected
from data_access.commands.exports.export_files import FetchExport, GiveUpExport
from data_access.queries.lists.export_files import SHOWN, OwnExport, OwnExports
from data_access.services.exports.folder import export_path
from data_access.store.access import Access, new_command_id

_LOOK_SECONDS = 2
_GIVE_UP = "export_given_up"
_MEGABYTE = 1_000_000
_AWAY = "The file cannot be found on this server. Ask for the export again, and tell an administrator of it."


def kept_exports(access: Access, nothing: Callable[[], object] | None = None, most: int = SHOWN) -> None:
    """Draws so many of one's own exports, the newest first; what is being written is looked at again and again."""
    exports = access.fetch(OwnExports(most))
    for export in exports:
        just_saved(_GIVE_UP, export.id)
    feedback.show_done()
    if not exports and nothing is not None:
        nothing()
    if _are_written(exports):
        _watched(most)
    else:
        _rows(access, exports)


def _are_written(exports: Sequence[OwnExport]) -> bool:
    return any(export.state is ExportState.ASKED for export in exports)


@st.fragment(run_every=_LOOK_SECONDS)
def _watched(most: int) -> None:
    """Again and again while something is being written, and then the whole page once."""
    access = context.access()
    exports = access.fetch(OwnExports(most))
    if not _are_written(exports):
        st.rerun()
    _rows(access, exports)


def _rows(access: Access, exports: Sequence[OwnExport]) -> None:
    for export in exports:
        with st.container(border=True, gap="xsmall", key=f"kept-export-{export.id}"):
            _row(access, export)


def _row(access: Access, export: OwnExport) -> None:
    look = EXPORTS[export.state]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{escape(_title(export))}**", width="content")
        st.badge(look.word.capitalize(), icon=look.icon, color=look.badge)
    st.text(f"{export.selection[:1].upper()}{export.selection[1:]}.")
    if export.state is ExportState.ASKED:
        _progress(export)
    elif export.state is ExportState.REFUSED:
        st.warning(escape(export.why), icon=look.icon)
    elif export.refusal:
        st.warning(escape(export.refusal), icon=":material/lock:")
    st.caption(escape(_times(export)))
    with st.container(horizontal=True, gap="small"):
        if export.state is ExportState.READY and not export.refusal:
            name = f"customers-{export.id}.{export.kind.value}"
            made_button(
                f"Save {_size(export)}", partial(fetched, export=export), name, MIME[export.kind],
                key=f"save-export-{export.id}",
            )  # fmt: skip
        if export.state is not ExportState.REFUSED:
            _give_up(access, export)


def _title(export: OwnExport) -> str:
    rows = export.customers if export.written is None or export.state is not ExportState.READY else export.written
    return f"{counted(rows, 'customer')} as {told_as(export.kind, export.content)}"


def _progress(export: OwnExport) -> None:
    if export.written is None:
        st.progress(0.0, "The worker begins soon. You can leave this page.")
        return
    share = min(1.0, export.written / max(1, export.customers))
    st.progress(share, f"{export.written:,} of {export.customers:,} written. You can leave this page.")


def _times(export: OwnExport) -> str:
    told = [f"Asked for {viewer.moment(export.asked_at)}"]
    if export.state is ExportState.READY and export.kept_until is not None:
        told.append(f"kept until {viewer.moment(export.kept_until)}, then removed")
    if export.state is ExportState.READY and export.written != export.customers:
        told.append(f"{counted(export.customers, 'customer')} matched then")
    return ", ".join(told) + "."


def _size(export: OwnExport) -> str:
    size = export.size or 0
    return f"{size / _MEGABYTE:,.1f} MB" if size >= _MEGABYTE // 10 else "the file"


def _give_up(access: Access, export: OwnExport) -> None:
    form = Form(access, _GIVE_UP, export.id)
    is_written = export.state is ExportState.ASKED
    if st.button("Cancel" if is_written else "Remove", key=form.key("go"), icon=":material/close:"):
        order = GiveUpExport(export_id=export.id, command_id=form.command_id)
        form.save(order, lambda _: "Cancelled." if is_written else "Removed.")


def fetched(access: Access, export: OwnExport) -> IO[bytes]:
    """The file, after its trace is in the audit. NotPermitted where the person may see less by now than it holds."""
    access.execute(FetchExport(export_id=export.id, command_id=new_command_id()))
    try:
        return export_path(export.file).open("rb")
    except FileNotFoundError as gone:
        raise Rejected(_AWAY) from gone

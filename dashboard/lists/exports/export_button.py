"""The Export button: the whole list as a file, recorded in the audit when somebody requests it."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Literal

import streamlit as st
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

from dashboard.kit import feedback
from dashboard.kit.addresses.links import link
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.kit.saving import made_button
from dashboard.lists.exports.kept_exports import kept_exports
from dashboard.lists.exports.mime_types import MIME
from data_access.base.choices.export_choices import ExportContent, FileFormat, told_as
from data_access.base.permissions import Permission, who_can
from data_access.commands.customers.exports import ExportCustomers
from data_access.commands.exports.export_files import KEPT, AskForExport
from data_access.queries.lists.everything import EverythingFitsXlsx
from data_access.queries.lists.exports import ExportFits
from data_access.queries.lists.list_files import Contents, write_customers
from data_access.search.list_address import Addressable
from data_access.store.access import Access, new_command_id

Format = Literal["CSV", "XLSX", "Parquet"]
_SHEETS: tuple[Format, ...] = ("CSV", "XLSX")


@dataclass(frozen=True, slots=True)
class Offer:
    """A content that can be had as a file of these kinds; `fits` refuses a kind that cannot hold it."""

    make: Callable[[Access, Format], bytes | IO[bytes]]
    fits: Callable[[Format], object] = bool
    kinds: tuple[Format, ...] = _SHEETS


_EVERYTHING = "Every field, to be imported elsewhere"
_NEXT = "With what happens next"
_NEXT_UNASKED = 10_000  # customers: of more, it is played forward on demand
_OPEN = "export"
AT_ONCE = 10_000  # customers: of more, the worker writes the file
_ASK = "export_asked"
_KINDS: dict[str, FileFormat] = {kind.label: kind for kind in FileFormat}


def export_button(access: Access, chosen: Addressable) -> None:
    """Offers the filtered customers as files; a disabled button says who can."""
    opened = _popover(access)
    if opened is not None and opened.open:
        with opened, feedback.refusals():
            count = access.fetch(ExportFits(chosen))
            _say(access, "All customers of this list, not only this page.")
            content = _content(access, count)
            if count > AT_ONCE:
                _asked(access, chosen, content)
            else:
                _offered("customers", _offer(access, chosen, content))


def file_button(
    access: Access, name: str, says: str, *, fits: Callable[[], object], make: Callable[[Access, Format], bytes]
) -> None:
    """Offers a list as CSV and as XLSX, each made by the click that saves it; a disabled button says who can.

    Whether it `fits` a file is asked before: its refusal is a sentence on the page, never a file.
    """
    opened = _popover(access)
    if opened is not None and opened.open:
        with opened, feedback.refusals():
            fits()
            _say(access, says)
            _offered(name, Offer(make))


def _popover(access: Access) -> PopoverContainer | None:
    right = Permission.CUSTOMER_EXPORT
    if access.actor.may(right):
        return st.popover("Export", icon=":material/download:", key=_OPEN, on_change="rerun")
    st.button("Export", icon=":material/download:", disabled=True, help=f"{who_can(right).capitalize()} can export.")
    return None


def _say(access: Access, says: str) -> None:
    st.text(says)
    if not access.actor.may(Permission.PERSONAL_EXPORT):
        st.text(f"Names and contacts are masked: {who_can(Permission.PERSONAL_EXPORT)} can export them.")


def _content(access: Access, count: int) -> ExportContent:
    """What the reader wants of the customers; all of it only for those who may export personal data."""
    if access.actor.may(Permission.PERSONAL_EXPORT) and st.checkbox(_EVERYTHING, key="export-everything"):
        return ExportContent.EVERYTHING
    has_next = st.checkbox(
        _NEXT, count <= _NEXT_UNASKED, key="export-next",
        help="The next change of each customer's status, with its day. For a long list it takes a while.",
    )  # fmt: skip
    return ExportContent.NEXT if has_next else ExportContent.LIST


def _offer(access: Access, chosen: Addressable, content: ExportContent) -> Offer:
    make = partial(exported, chosen=chosen, content=content)
    if content is ExportContent.EVERYTHING:
        return Offer(make, lambda kind: kind == "XLSX" and access.fetch(EverythingFitsXlsx(chosen)))
    return Offer(make, kinds=_kinds(content))


def _kinds(content: ExportContent) -> tuple[Format, ...]:
    return _SHEETS if content is ExportContent.EVERYTHING else (*_SHEETS, "Parquet")


def _asked(access: Access, chosen: Addressable, content: ExportContent) -> None:
    """What is too long to wait for is asked for; then it stands below, and on the page Exports."""
    just_saved(_ASK)
    st.text(f"These are more than {AT_ONCE:,}: the file is written in the background and kept for {KEPT.days} days.")
    form = Form(access, _ASK)
    with st.container(horizontal=True):
        for kind in _kinds(content):
            if st.button(kind, key=form.key(kind), icon=":material/schedule_send:"):
                order = AskForExport(
                    filter=chosen, kind=_KINDS[kind], content=content, command_id=form.command_id
                )  # fmt: skip
                form.save(order, lambda _: "It is being written. You find it under Exports.")
    kept_exports(access, most=1)
    link("exports", "All your exports", icon=":material/download:")


def _offered(name: str, offer: Offer) -> None:
    with st.container(horizontal=True):
        for kind in offer.kinds:
            with feedback.refusals():
                offer.fits(kind)
                made_button(
                    kind,
                    _of_kind(offer.make, kind),
                    f"{name}.{kind.lower()}",
                    MIME[_KINDS[kind]],
                    key=f"export-{kind}",
                )


def _of_kind(
    make: Callable[[Access, Format], bytes | IO[bytes]], kind: Format
) -> Callable[[Access], bytes | IO[bytes]]:
    return lambda access: make(access, kind)


def exported(access: Access, kind: Format, chosen: Addressable, content: ExportContent) -> IO[bytes]:
    """The customers as a file on the disk, after its trace is in the audit."""
    as_kind = _KINDS[kind]
    _note(access, chosen, told_as(as_kind, content))
    return _written(lambda file: write_customers(access, file, as_kind, Contents(chosen, content)))


def _written(write: Callable[[IO[bytes]], object]) -> IO[bytes]:
    """A file that is gone when it is closed: once newer ones take its place, or here if it cannot be written."""
    with ExitStack() as undone:
        file = undone.enter_context(TemporaryFile())
        write(file)
        file.flush()
        undone.pop_all()
        return file


def _note(access: Access, chosen: Addressable, what: str) -> None:
    access.execute(ExportCustomers(command_id=new_command_id(), filter=chosen, format=what))

"""The dialogs of abbreviated dialing: the maximum length, the numbers, and many of them pasted at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.customer.actions import Action
from dashboard.customer.dialogs.dialog_frame import Draw, finish, window
from dashboard.customer.dialogs.row_dialogs import RowDialogs
from dashboard.customer.dialogs.section_dialog import SectionDialog
from dashboard.kit.formats import counted
from dashboard.kit.forms.forms import Form
from dashboard.kit.tables.pasted_rows import pasted
from data_access.commands.numbers.dialing import (
    AbbreviatedAdded,
    AddAbbreviatedNumber,
    AddAbbreviatedNumbers,
    ChangeAbbreviatedNumber,
    EditDialing,
    RemoveAbbreviatedNumber,
)
from data_access.domain.sections import ABBREVIATED_NUMBER, DIALING
from data_access.queries.customers.customer import Head
from data_access.queries.services.dialing import PastedAbbreviated
from data_access.store.access import Access

MANY = "paste_abbreviated_numbers"
LENGTH = SectionDialog("Set the maximum length", DIALING, EditDialing)
NUMBERS = RowDialogs(
    "number", ABBREVIATED_NUMBER, AddAbbreviatedNumber, ChangeAbbreviatedNumber, RemoveAbbreviatedNumber,
    layout=(("number",), ("target",), ("description",)),
)  # fmt: skip


def actions(head: Head, row: Any | None) -> Sequence[Action]:
    """The buttons above the table of numbers."""
    many = Action(MANY, "Paste many", ":material/playlist_add:", ABBREVIATED_NUMBER.changes, edits=True)
    return [*NUMBERS.actions(head, row), many]


def _many(access: Access, head: Head) -> None:
    form = Form(access, MANY, head.customer_id)
    lines = form.lines(
        "lines", "Numbers, one per line", height=160, placeholder="7; +49 30 1234567; Workshop\n112",
        help="The abbreviated number; after a semicolon or a tab what it dials, after another one a description.",
    )  # fmt: skip
    pasted(access.fetch(PastedAbbreviated(head.customer_id, lines)) if lines.strip() else ())
    st.caption("Lines that cannot be added are left out; the others are added.")
    finish(
        form, head, "Add them",
        lambda: AddAbbreviatedNumbers(customer_id=head.customer_id, lines=lines, command_id=form.command_id), _said,
    )  # fmt: skip


def _said(done: AbbreviatedAdded) -> str:
    refused = "" if not done.refused else f" Not added: {' '.join(done.refused[:5])}"
    return f"{counted(done.added, 'number')} added.{refused}"


DIALOGS: Mapping[str, Draw] = {
    **LENGTH.dialogs,
    **NUMBERS.dialogs,
    MANY: window("Paste abbreviated numbers", _many, width="medium"),
}

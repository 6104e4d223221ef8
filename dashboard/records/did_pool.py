"""The page of the DID pool, apart from its form: the list by use, freezing, and adding many numbers at once."""

import streamlit as st

from dashboard.kit import feedback, formats
from dashboard.kit.addresses.links import open_customer
from dashboard.kit.addresses.list_state import to_the_beginning
from dashboard.kit.addresses.pager import LOST, asked_place, pager
from dashboard.kit.feedback import escape
from dashboard.kit.formats import counted
from dashboard.kit.forms import section_form
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.kit.tables.pasted_rows import pasted
from dashboard.kit.tables.table import Column, Columns, table
from dashboard.records.record_file import FileEntry
from data_access.base.permissions import Permission
from data_access.base.text.labels import country_name, word
from data_access.commands.numbers.dids import FreezeDid, ReturnDid
from data_access.commands.numbers.pool import AddDids, NumbersAdded
from data_access.domain.sections import DID
from data_access.imports.catalogue.files import DIDS
from data_access.queries.records.record_names import RecordNames
from data_access.queries.records.records import RecordRow
from data_access.queries.services.numbers import (
    BY_NUMBER,
    NumberOfPool,
    NumberPool,
    NumberRow,
    NumberUse,
    PastedDids,
    PoolFilter,
)
from data_access.store.access import Access

FILE = FileEntry("DidsFromFile", DIDS)
MANY, FREEZE = "add_dids", "freeze_did"
_COMMON = DID.only(
    ("country", "batch_id", "fee", "fee_currency", "vendor_cost", "vendor_currency", "group_name", "free_of_charge")
)
_HOLDER = "Customer"


def found(access: Access) -> int | None:
    """A page of the list by text and use; the number that was clicked."""
    place = asked_place(BY_NUMBER.read)
    if place.is_lost:
        st.warning(LOST)
    with st.container(horizontal=True):
        text = st.text_input(
            "Find", key="find", bind="query-params", icon=":material/search:", width=300, on_change=to_the_beginning,
            placeholder="Number, Customer ID, group, description",
        )  # fmt: skip
        use = st.selectbox(
            "Use", list(PoolFilter), format_func=lambda one: one.label, key="use", bind="query-params", width=260,
            on_change=to_the_beginning,
        )  # fmt: skip
    page = access.fetch(NumberPool(text, use or PoolFilter.ALL, place.direction, place.cursor))
    if not page.rows:
        is_narrowed = bool(text) or use is not PoolFilter.ALL
        st.info("No number is like that." if is_narrowed else "There is no number in the pool yet.")
        return None
    columns: Columns[NumberRow] = (
        Column("DID number", lambda row: row.number, "opener", 150),
        Column("Use", lambda row: word(row.use), width=84),
        Column(_HOLDER, lambda row: row.customer_code, "opener", 120),
        Column("Account", lambda row: row.account_code),
        Column("Country", lambda row: country_name(row.country)),
        Column("Pricing batch", lambda row: row.batch),
        Column("Fee", _fee, "amount"),
        Column("Vendor cost", _cost, "amount"),
        Column("Group", lambda row: row.group_name),
        Column("Description", lambda row: row.description),
    )
    click = table(page.rows, columns, key="pool", alt=counted(len(page.rows), "number"))
    pager(f"{counted(len(page.rows), 'number')} of this page, by their digits.", page, key="pool")
    if click is None:
        return None
    if click.column == _HOLDER and click.row.customer_id is not None:
        open_customer(click.row.customer_id)
    return click.row.did_id


def _fee(row: NumberRow) -> str:
    if row.free_of_charge:
        return "free of charge"
    return formats.exact_money(row.fee, row.fee_currency)


def _cost(row: NumberRow) -> str:
    return "" if row.vendor_cost is None else formats.exact_money(row.vendor_cost, row.vendor_currency)


def state(access: Access, record: RecordRow) -> None:
    """Who holds the chosen number, and the way to keep an idle one from being given away."""
    if just_saved(FREEZE, record.record_id):
        feedback.show_done()
    row = access.fetch(NumberOfPool(record.record_id))
    if row.customer_id is not None:
        st.text(f"Held by {row.customer_code}{f', on {row.account_code}' if row.account_code else ', on no account'}.")
        return
    st.text(f"{word(row.use)}: held by nobody.")
    if access.actor.may(Permission.CLASS_EDIT):
        _freezing(access, row)


def _freezing(access: Access, row: NumberRow) -> None:
    form = Form(access, FREEZE, row.did_id)
    is_frozen = row.use is NumberUse.FROZEN
    label = "Return it to the pool" if is_frozen else "Freeze it"
    if st.button(label, key=form.key("go"), icon=":material/ac_unit:"):
        command = ReturnDid if is_frozen else FreezeDid
        said = f"{row.number} is {'in the pool again' if is_frozen else 'frozen: nobody can be given it'}."
        form.save(command(did_id=row.did_id, command_id=form.command_id), lambda _: said)


def told() -> None:
    """That many were added in the run before: said with what else was done."""
    just_saved(MANY)


def many(access: Access) -> None:
    """The form that adds many numbers, each line judged before it is sent."""
    with st.expander("Add many numbers", icon=":material/playlist_add:"):
        pasting, uploading = st.tabs(["Paste", "From a file"])
        with pasting:
            _paste(access)
        with uploading:
            FILE.draw(access)


def _paste(access: Access) -> None:
    form = Form(access, MANY)
    lines = form.lines(
        "lines", "Numbers, one per line", height=160,
        help="After a semicolon or a tab a description, after another one the vendor cost of that number.",
    )  # fmt: skip
    names = access.fetch(RecordNames(DID.name))
    common = section_form.fields(form, _COMMON, _COMMON.unwritten(), lists=names)
    rows = access.fetch(PastedDids(lines)) if lines.strip() else ()
    pasted(rows)
    with st.container(horizontal=True):
        if form.sends("Add them"):
            order = AddDids(lines=lines, common=common, command_id=form.command_id)
            form.save(order, _said)
        form.offer_start_over()


def _said(done: NumbersAdded) -> str:
    refused = "" if not done.refused else f" Not added: {escape(' '.join(done.refused[:5]))}"
    return f"{counted(done.added, 'number')} added.{refused}"

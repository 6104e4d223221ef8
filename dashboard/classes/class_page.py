"""The page of a customer class: what it is, its terms as timelines, its parameters, and every version of its terms."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from dashboard.classes import class_changes, class_forms, class_timeline
from dashboard.classes.class_fields import POLICY_LABELS, reads
from dashboard.kit import cache, viewer
from dashboard.kit.addresses import page_params
from dashboard.kit.addresses.links import link
from dashboard.kit.feedback import escape
from dashboard.kit.formats import counted, moment
from dashboard.kit.forms import section_form
from dashboard.kit.markdown import prose
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import Permission
from data_access.domain.collections.policy import POLICY_FIELDS, Policy
from data_access.domain.collections.terms import typed
from data_access.domain.sections import CLASS_GROUPS
from data_access.fields.field import Field
from data_access.fields.section import FieldSection
from data_access.queries.classes.policies import ClassTerms, Version
from data_access.queries.lists.counts import CountCustomers
from data_access.search.filters import CustomerFilter
from data_access.store.access import Access

CLASS = "class"
_MOST_HIGH = 400
_KINDS = {"regular": "Regular invoices", "out_of_turn": "Out-of-turn invoices"}


def head(access: Access, of_class: ClassTerms) -> None:
    """What the class is, and the way to its customers."""
    currency = of_class.currency or "any currency"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(prose(f"{of_class.business_model} · {currency} · {of_class.typed['description']}".strip(" ·")))
        mine = CustomerFilter(customer_class=frozenset({of_class.name}))
        count = cache.fetch(access, CountCustomers(mine))
        link("customers", counted(count, "customer"), shows=mine.to_params(), icon=":material/groups:")
        link("customer_classes", "All classes", icon=":material/category:")
    if not access.actor.may(Permission.CLASS_EDIT):
        st.caption(f"You can look; {escape(access.actor.who_can(Permission.CLASS_EDIT))} can change it.")


def not_found() -> None:
    """What stands on the page when the address leads to no class, or to one that was just deleted."""
    if class_changes.is_deleted(page_params.class_id()):
        st.title("The class is deleted", anchor=False)
    else:
        st.title("No such customer class", anchor=False)
        st.text("This address leads to no customer class: it may be incomplete.")
    link("customer_classes", "All classes", icon=":material/category:")


def draw(access: Access, of_class: ClassTerms) -> None:
    """The form that the address asks for, then everything as it stands."""
    may_edit = access.actor.may(Permission.CLASS_EDIT)
    if may_edit:
        _form(access, of_class)
    for column, current in zip(st.columns(2, gap="medium"), _in_order(of_class), strict=True):
        with column:
            _terms(of_class, current, may_edit=may_edit)
    _parameters(of_class, class_forms.lists_of(access, of_class), may_edit=may_edit)
    _versions(of_class)
    if may_edit:
        class_changes.delete(access, of_class)


def _in_order(of_class: ClassTerms) -> list[Version]:
    return sorted(of_class.current.values(), key=lambda version: list(_KINDS).index(version.section))


def _form(access: Access, of_class: ClassTerms) -> None:
    class_forms.told(of_class)
    wanted = page_params.changing()
    chosen = next((each for each in of_class.current.values() if each.section == wanted), None)
    if chosen is not None:
        with st.container(border=True):
            st.header(f"Change the terms: {escape(_KINDS[wanted].lower())}", anchor=False)
            class_forms.terms(access, of_class, chosen)
    elif wanted == CLASS:
        with st.container(border=True):
            st.header("Change the class", anchor=False)
            class_forms.parameters(access, of_class)


def _title(title: str, change: str, *, may_edit: bool) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.header(escape(title), anchor=False, width="content")
        if may_edit:
            st.button(
                "Change", key=f"change-{change}", icon=":material/edit:", on_click=page_params.change, args=(change,),
                help=f"Change: {title.lower()}",
            )  # fmt: skip


def _terms(of_class: ClassTerms, current: Version, *, may_edit: bool) -> None:
    _title(_KINDS[current.section], current.section, may_edit=may_edit)
    window = int(of_class.typed["reactivation_window_days"])
    class_timeline.draw(current.policy, window, of_class.currency, of=_KINDS[current.section])
    text = " ".join(class_timeline.beside(current.policy, of_class.currency))
    st.caption(f"{escape(text)} Version {current.number:,}.")


def _parameters(of_class: ClassTerms, lists: section_form.Lists, *, may_edit: bool) -> None:
    _title("Parameters", CLASS, may_edit=may_edit)
    for first in range(0, len(CLASS_GROUPS), 2):
        for column, group in zip(st.columns(2, gap="medium"), CLASS_GROUPS[first : first + 2], strict=False):
            with column:
                _group(of_class, group, lists)


def _group(of_class: ClassTerms, group: FieldSection, lists: section_form.Lists) -> None:
    columns: Columns[Field] = (
        Column(group.title, lambda field: field.label, width=260),
        Column("Value", lambda field: _said(field, of_class, lists), width=284),
    )
    table(group.fields, columns, key=f"parameters-{group.name}", alt=f"Parameters of the class: {group.title.lower()}")


def _said(field: Field, of_class: ClassTerms, lists: section_form.Lists) -> str:
    return section_form.word(field, of_class.typed[field.name], lists).replace("\n", ", ")


def _versions(of_class: ClassTerms) -> None:
    """Who changed the terms when, a row a changed field."""
    st.header("Versions of the terms", anchor=False)
    rows = [(row, change) for row in of_class.versions for change in _changes(row, of_class.versions)]
    zone = viewer.zone()
    columns: Columns[tuple[Version, _Change]] = (
        Column("Since", lambda row: moment(row[0].at, zone), width=136),
        Column("Terms for", lambda row: _KINDS[row[0].section], width=150),
        Column("Version", lambda row: f"{row[0].number}", "amount", 60),
        Column("By", lambda row: row[0].login, width=110),
        Column("What changed", lambda row: row[1].what, width=270),
        Column("From", lambda row: row[1].before, width=160),
        Column("To", lambda row: row[1].after, width=160),
    )
    table(rows, columns, key="versions", alt="Changes of the terms, newest first", most=_MOST_HIGH)
    st.caption("An invoice keeps the terms it was issued under until it is paid.")


class _Change(NamedTuple):
    what: str
    before: str = ""
    after: str = ""


def _changes(row: Version, rows: Sequence[Version]) -> list[_Change]:
    """Each changed field with its value before and after."""
    before = next((one for one in rows if one.section is row.section and one.number == row.number - 1), None)
    if before is None:
        return [_Change("The first terms")]
    return [
        _Change(POLICY_LABELS[name], _value(before.policy, name), _value(row.policy, name))
        for name in POLICY_FIELDS
        if getattr(before.policy, name) != getattr(row.policy, name)
    ]


def _value(policy: Policy, name: str) -> str:
    return reads(name, typed(getattr(policy, name))) or "none"

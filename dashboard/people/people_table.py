"""The tables of People and roles: everyone with role and limits, and what each role may do."""

from operator import itemgetter

import streamlit as st

from dashboard.kit.addresses import page_params
from dashboard.kit.tables.field_column import field_column
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import OWN_LIMITS_HOLD_FOR, Permission
from data_access.domain.allowances import read_allowances
from data_access.domain.sections import PERSON
from data_access.queries.people.people import PersonRow, role_matrix

_IN_A_CELL = 2


def people(rows: tuple[PersonRow, ...]) -> None:
    """Everyone, a row a person; the sign-in name opens them."""
    columns: Columns[PersonRow] = (
        field_column(PERSON["login"], None, "opener"),
        *(field_column(PERSON[name]) for name in ("name", "email", "role")),
        Column("Sees", lambda row: row.reseller or "every customer"),
        Column("Own limits", _limits),
        Column("May sign in", _may_sign_in),
        Column("Additional rights", lambda row: rights(row.extra_grants)),
    )
    click = table(rows, columns, key="people", alt=f"{len(rows)} people, the disabled ones included.")
    if click is not None and page_params.changing() != str(click.row.id):
        page_params.change(str(click.row.id))
        st.rerun()


def rights(granted: str) -> str:
    """The additional rights of a person, in words."""
    return ", ".join(right.label for right in Permission if right in granted.split()).capitalize()


def _may_sign_in(row: PersonRow) -> str:
    if not row.is_active:
        return "no"
    return "after choosing a password" if row.must_change_password else "yes"


def _limits(row: PersonRow) -> str:
    """As far as a cell holds them: those of many currencies stand in the form of the person."""
    if row.role not in OWN_LIMITS_HOLD_FOR:
        return "no limit"
    currencies = len(read_allowances(row.limits))
    return limits(row.limits) if currencies <= _IN_A_CELL else f"in {currencies} currencies"


def limits(typed: str) -> str:
    """What a person may credit, give back, write off and reverse of charges, in words."""
    return PERSON["limits"].in_words(typed, {})


def chosen(rows: tuple[PersonRow, ...]) -> PersonRow | None:
    """The person that the address asks for; None when it names none."""
    return next((row for row in rows if str(row.id) == page_params.changing()), None)


def roles() -> None:
    """A row a right, a column a role."""
    rows = role_matrix()
    columns: Columns[dict[str, str]] = [Column(label, itemgetter(label)) for label in rows[0]]
    table(rows, columns, alt=f"Which roles hold which of {len(rows)} rights.")

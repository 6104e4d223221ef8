"""The tables of People and roles: everyone with role and limits, and what each role may do."""

import streamlit as st

from dashboard.table import ROW_HEIGHT, whole_height
from data_access.allowances import read_allowances
from data_access.permissions import OWN_LIMITS_HOLD_FOR, Permission
from data_access.queries.people import PersonRow, role_matrix


def people(rows: tuple[PersonRow, ...]) -> None:
    """Everyone, a row a person."""
    table = [
        {
            "Sign-in name": row.login,
            "Name": row.name,
            "Email": row.email or "",
            "Role": row.role.value.capitalize(),
            "Sees": row.reseller or "every customer",
            "Own limits": _limits(row),
            "May sign in": _may_sign_in(row),
            "Additional rights": rights(row.extra_grants),
        }
        for row in rows
    ]
    st.dataframe(
        table,
        hide_index=True,
        height=whole_height(len(rows)),
        row_height=ROW_HEIGHT,
        alt=f"{len(rows)} people, the disabled ones included.",
    )


def rights(granted: str) -> str:
    """The additional rights of a person, in words."""
    return ", ".join(right.label for right in Permission if right in granted.split()).capitalize()


def _may_sign_in(row: PersonRow) -> str:
    if not row.is_active:
        return "no"
    return "after choosing a password" if row.must_change_password else "yes"


def _limits(row: PersonRow) -> str:
    return limits(row.limits) if row.role in OWN_LIMITS_HOLD_FOR else "no limit"


def limits(typed: str) -> str:
    """What a person may credit, give back, write off and reverse of charges, in words."""
    return "; ".join(one.says for one in read_allowances(typed)) or "none: nothing is allowed"


def chosen(rows: tuple[PersonRow, ...]) -> PersonRow | None:
    """The person to be changed, chosen by name; None until one is."""
    by_id = {row.id: row for row in rows}
    names = {row.id: f"{row.login} · {row.name}" for row in rows}
    picked = st.selectbox(
        "Change a person", list(names), None, names.__getitem__, key="people-chosen", placeholder="Choose"
    )
    return None if picked is None else by_id[picked]


def roles() -> None:
    """A row a right, a column a role."""
    rows = role_matrix()
    st.dataframe(
        rows,
        hide_index=True,
        height=whole_height(len(rows)),
        row_height=ROW_HEIGHT,
        alt=f"Which roles hold which of {len(rows)} rights.",
    )

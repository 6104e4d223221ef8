"""A tab of a customer's page, worked in without a browser: open it, choose a row, read the tables."""

from streamlit.testing.v1 import AppTest

from data_access.base.permissions import Role
from tests.support.desk_app import DeskApp


def open_tab(desk_app: DeskApp, customer_id: int, tab: str, role: Role = Role.MANAGER) -> AppTest:
    """The page of a customer with this tab open, for a new person of a role."""
    return desk_app.open("customer", role, id=str(customer_id), tab=tab)


def choose(app: AppTest, table: str, row: int = 0) -> AppTest:
    """A click on a row of the table with this key."""
    app.session_state[table] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    return app.run()


def cells(app: AppTest) -> str:
    """All that stands in the tables."""
    return "\n".join(table.value.to_string() for table in app.dataframe)

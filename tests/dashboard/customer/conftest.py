"""A page with nothing but the head's actions and the dialogs, for one customer."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data_access.base.permissions import Role
from tests.support.desk_app import DeskApp

OpenDialog = Callable[..., AppTest]
BODY = """
from dashboard.kit import context
from dashboard.customer.dialogs import {name}, dialog_host
from dashboard.kit.forms import dialog_state
from data_access.queries.customers.customer import CustomerHead
import streamlit as st

access = context.access()
head = access.fetch(CustomerHead({customer_id}))
st.button("Open", key="open", on_click=dialog_state.show, args=({name}.NAME, {customer_id}))
dialog_host.told(head)
dialog_host.draw(head)
"""
ENTRY = """
from pathlib import Path
from dashboard.shell import shell
from dashboard.kit.addresses.navigation import PageEntry
from data_access.base.permissions import Permission
here = Path({folder!r})
shell.render([PageEntry("page", "Page", ":material/home:", "Work", Permission.CUSTOMER_READ, True, True, here)])
"""


@pytest.fixture
def open_dialog(desk_app: DeskApp, tmp_path: Path) -> OpenDialog:
    """Opens a dialog on a customer as a new person of a role, or as someone who is there."""

    def opened(name: str, customer_id: int, role: Role = Role.MANAGER, *, actor: object = None) -> AppTest:
        (tmp_path / "page.py").write_text(BODY.format(name=name, customer_id=customer_id))
        entry = tmp_path / "entry.py"
        entry.write_text(ENTRY.format(folder=str(tmp_path)))
        app = desk_app.sign_in_as(actor, script=entry) if actor else desk_app.sign_in(role, script=entry)
        return app.run().button(key="open").click().run()

    return opened

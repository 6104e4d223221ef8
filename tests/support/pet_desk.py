"""The customer's page with the made-up pets on it: their tab, and the dialogs of their sections."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine

from dashboard.customer import tab_bar
from dashboard.customer.dialogs import dialog_host
from dashboard.customer.dialogs.row_dialogs import RowDialogs
from dashboard.customer.dialogs.section_dialog import SectionDialog
from dashboard.customer.sections import Fields, Rows, Tab
from dashboard.kit.tables.field_column import record_columns
from data_access.queries.customers.section_rows import RecordsBeside
from tests.support.made_up import PETS, WALKS, AddWalk, ChangeWalk, EditPets, RemoveWalk, pets_in

EDIT_PETS = SectionDialog("Edit pets", PETS, EditPets)
WALK = RowDialogs("walk", WALKS, AddWalk, ChangeWalk, RemoveWalk)
TAB = Tab("Pets", (
    Fields(PETS, "No pets.", EDIT_PETS.action),
    Rows(
        lambda customer_id: RecordsBeside(customer_id, WALKS.name), lambda _access, _head: record_columns(WALKS),
        alt="Walks of the customer", empty="No walks.", key="walks", actions=WALK.actions,
    ),
))  # fmt: skip


@contextmanager
def pets_on_the_page(engine: Engine, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """For the length of the block a customer has the tab Pets."""
    patch.setitem(tab_bar.TABS, TAB.title, TAB)
    for name, draw in {**EDIT_PETS.dialogs, **WALK.dialogs}.items():
        patch.setitem(dialog_host._DRAW, name, draw)
    with pets_in(engine, patch):
        yield

"""The customer's page with the made-up pets on it: their tab, and the dialogs of their sections."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine

from dashboard.customer import tab_bar
from dashboard.customer.dialogs import dialog_host
from dashboard.customer.dialogs.section_dialog import SectionDialog
from dashboard.customer.sections import Fields, Tab
from tests.support.made_up import PETS, EditPets, pets_in

EDIT_PETS = SectionDialog("Edit pets", PETS, EditPets)


@contextmanager
def pets_on_the_page(engine: Engine, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """For the length of the block a customer has the tab Pets."""
    patch.setitem(tab_bar.TABS, "Pets", Tab("Pets", (Fields(PETS, "No pets.", EDIT_PETS.action),)))
    for name, draw in EDIT_PETS.dialogs.items():
        patch.setitem(dialog_host._DRAW, name, draw)
    with pets_in(engine, patch):
        yield

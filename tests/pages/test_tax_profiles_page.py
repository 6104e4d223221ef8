"""Tax profiles and invoice templates: kept by an administrator, seen by those who read classes."""

import pytest

from data_access.base.permissions import Role
from data_access.domain.sections import INVOICE_TEMPLATE, TAX_PROFILE
from data_access.queries.records.records import Records
from tests.support.desk_app import DeskApp
from tests.support.forms import fill, labels, press, said
from tests.support.people import access_for


def test_a_tax_profile_is_added_with_its_rates(desk_app: DeskApp) -> None:
    app = fill(desk_app.open("tax_profiles", Role.ADMIN), **{"Tax profile": "Standard"})
    press(app, "Add the tax profile")
    assert "Give at least one tax that is added." in said(app)
    press(fill(app, **{"Tax": "VAT", "Per cent": "19"}), "Add the tax profile")
    (row,) = access_for(desk_app.engine, Role.ADMIN).fetch(Records(TAX_PROFILE.name)).rows
    assert (row.words["name"], row.words["rates"]) == ("Standard", "VAT, 19 %")


def test_an_invoice_template_is_added(desk_app: DeskApp) -> None:
    app = fill(desk_app.open("invoice_templates", Role.ADMIN), **{"Invoice template": "Letter", "Title": "Bill"})
    press(app, "Add the invoice template")
    (row,) = access_for(desk_app.engine, Role.ADMIN).fetch(Records(INVOICE_TEMPLATE.name)).rows
    assert (row.words["name"], row.words["title"]) == ("Letter", "Bill")


@pytest.mark.parametrize("page", ["tax_profiles", "invoice_templates"])
def test_who_reads_classes_looks_and_adds_nothing(desk_app: DeskApp, page: str) -> None:
    app = desk_app.open(page, Role.MANAGER)
    assert not app.exception
    assert not {label for label in labels(app) if label.startswith("Add")}

"""All thirty thousand real credit accounts, imported: sums to the cent."""

from decimal import Decimal

from data_access.imports.customers import customer_mapping, import_customers
from tests.data_access.test_imports import MAPPINGS, Desk
from tests.support.real_accounts import FILE, over_and_in_credit, sums_of


def test_thirty_thousand_real_accounts_add_up_to_the_sums_of_their_file(desk_app, tmp_path):
    desk, mapping = Desk(desk_app.engine, tmp_path), customer_mapping(MAPPINGS / "credit-accounts.toml")
    report = import_customers(desk.run(FILE, mapping))
    assert (report.created, report.refused) == (30_000, [])
    assert sums_of(desk.engine) == (Decimal("1536699927.00"), Decimal("5024529680.00"))
    assert over_and_in_credit(desk.engine) == (2115, 590)

"""The tabs Override tariffs and Measured services and their dialogs, worked in as a person does."""

from datetime import timedelta
from decimal import Decimal

from data_access.base.clock import system_clock
from data_access.base.measured_parameters import MeasuredParameter
from data_access.base.permissions import Role
from data_access.models.card.additional import AdditionalInfo
from data_access.models.usage.measuring import MEASURED_ROWS, MeasuredSample, MeasuredService
from data_access.models.usage.tariffs import OverrideTariff
from tests.support.builders import a_class, a_customer
from tests.support.desk_app import DeskApp
from tests.support.forms import field, fill, labels, press, said
from tests.support.rows import insert
from tests.support.tables import only, rows
from tests.support.tabs import cells, choose, open_tab
from tests.support.tariffs import a_tariff

OVERRIDES, MEASURED = "Override tariffs", "Measured services"


def a_caller(desk_app: DeskApp) -> tuple[int, int, int]:
    """A customer whose tariffs can be overridden, with the two tariffs of domain 4.13."""
    original = a_tariff(desk_app.engine, {"12": "0.02", "420": "0.20"}, name="Standard")
    override = a_tariff(desk_app.engine, {"1204": "0.01"}, name="Special")
    of_class = a_class(desk_app.engine, currency="EUR", tariff_id=original)
    customer = a_customer(desk_app.engine, customer_class_id=of_class)
    insert(desk_app.engine, AdditionalInfo, {"customer_id": customer, "override_tariffs_enabled": True})
    return customer, original, override


def test_a_pair_is_added_and_the_box_says_which_prefix_wins_and_why(desk_app: DeskApp) -> None:
    customer, original, override = a_caller(desk_app)
    app = open_tab(desk_app, customer, OVERRIDES, Role.SUPPORT)
    assert "No tariff is overridden" in said(app)
    app = press(app, "Add an override tariff")
    press(app, "Add the override tariff")
    assert "Choose the tariff that is overridden." in said(app)
    press(fill(app, **{"Original tariff": str(original), "Override tariff": str(override)}), "Add the override tariff")
    assert "The override tariff is added." in said(app)
    assert "Special" in cells(app)
    field(app, "Number").set_value("+1 204 555 0100").run()
    assert "The longer prefix wins: 1204 of Special against 12 of Standard." in said(app)
    assert "wins" in cells(app)
    press(press(choose(app, f"override-tariffs-{customer}"), "Remove"), "Remove the override tariff")
    assert only(desk_app.engine, OverrideTariff).removed_at is not None
    field(app, "Number").set_value("ann").run()
    assert "Write the number with its country code" in said(app)


def test_the_tab_stands_only_where_it_is_enabled(desk_app: DeskApp) -> None:
    customer = a_customer(desk_app.engine)
    titles = [tab.label for tab in open_tab(desk_app, customer, "Overview").tabs]
    assert OVERRIDES not in titles
    assert MEASURED in titles


def counted(desk_app: DeskApp, customer: int, *values: int) -> None:
    for hours, value in enumerate(reversed(values)):
        row = {"customer_id": customer, "parameter": MeasuredParameter.ACTIVE_CALLS, "value": value}
        insert(desk_app.engine, MeasuredSample, row | {"at": system_clock() - timedelta(hours=hours, minutes=1)})


def test_terms_of_the_class_are_replaced_by_own_ones_and_hold_again(desk_app: DeskApp) -> None:
    given = MEASURED_ROWS.join([["active_calls", "maximum", "2", "1", "AC", "Calls"]])
    customer = a_customer(desk_app.engine, customer_class_id=a_class(desk_app.engine, measured_services=given))
    counted(desk_app, customer, 3, 8, 5)
    app = open_tab(desk_app, customer, MEASURED, Role.SUPPORT)
    for words in ("Inherited from class", "2.00 EUR", "AC"):
        assert words in cells(app)
    press(app, "Add a measured service")
    press(fill(app, **{"Price per item": "-1"}), "Add the measured service")
    assert "A price cannot be negative" in said(app)
    parameter = [one for one in app.selectbox if one.label == "Measured parameter"][-1]
    parameter.set_value("active_calls")
    press(fill(app, **{"Price per item": "3"}), "Add the measured service")
    assert "The measured service is added." in said(app)
    assert only(desk_app.engine, MeasuredService).price == Decimal(3)
    assert "Own" in cells(app)
    press(press(choose(app, f"measured-services-{customer}"), "Remove"), "Remove the measured service")
    assert "Inherited from class" in cells(app)


def test_what_was_counted_is_drawn_and_told_in_rows(desk_app: DeskApp) -> None:
    customer = a_customer(desk_app.engine)
    app = open_tab(desk_app, customer, MEASURED)
    assert "Nothing was counted in the last three months." in said(app)
    counted(desk_app, customer, 3, 8, 5)
    app = open_tab(desk_app, customer, MEASURED, Role.ANALYST)
    assert "highest 8" in said(app)
    assert "3 values, from 3 to 8, last 5." in said(app)
    app.toggle[0].set_value(True).run()
    assert "Highest" in cells(app)
    assert "Add the measured service" not in labels(app)
    assert rows(desk_app.engine, MeasuredService) == []

"""Tariffs: added, their rates pasted, changed and removed by an administrator, seen by those who read classes."""

from typing import Any

from streamlit.testing.v1 import AppTest

from data_access.base.permissions import Role
from data_access.queries.services.tariffs import RatesOf
from tests.support.desk_app import DeskApp
from tests.support.forms import field, fill, labels, press, said
from tests.support.people import access_for
from tests.support.tariffs import a_rate, a_tariff

PASTED = "Prefix;Destination;Price\n49;Germany;0.02\n1;America;0.01;0.005;60;60;0\n44;;-1"


def opened(desk_app: DeskApp, role: Role = Role.ADMIN, **address: Any) -> AppTest:
    app = desk_app.open("tariffs", role, **address)
    assert not app.exception
    return app


def rates(desk_app: DeskApp, tariff_id: int) -> list[str]:
    found = access_for(desk_app.engine, Role.ADMIN).fetch(RatesOf(tariff_id))
    return [f"{row.prefix} {row.destination} {row.price.normalize():f}" for row in found.rows]


def test_a_tariff_is_added_and_gets_its_rates_out_of_a_sheet(desk_app: DeskApp) -> None:
    app = opened(desk_app)
    press(fill(app, Tariff="Standard", Currency="EUR"), "Add the tariff")
    assert "Standard is added." in said(app)
    app = opened(desk_app, change="1")
    assert "This tariff has no rate yet" in said(app)
    press(fill(app, Rates=PASTED), "Enter the rates")
    assert "2 added, 0 changed, 0 unchanged, 1 refused." in said(app)
    assert "Row 3: Destination: Give the destination.; Price a minute: A price cannot be negative" in said(app)
    assert rates(desk_app, 1) == ["1 America 0.01", "49 Germany 0.02"]
    assert app.dataframe[0].value.to_numpy().tolist()[0] == [
        "1", "America", "0.01 EUR", "0.005 EUR", "60 s", "60 s", "0 s",
    ]  # fmt: skip


def test_a_rate_that_is_chosen_is_changed_and_removed(desk_app: DeskApp) -> None:
    tariff = a_tariff(desk_app.engine)
    a_rate(desk_app.engine, tariff)
    app = opened(desk_app, change=str(tariff))
    app.session_state[f"rates-{tariff}"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    price = next(one for one in app.text_input if one.label == "Price a minute")
    price.set_value("0.05")
    press(app, "Save the rate")
    assert "The rate is saved." in said(app)
    assert rates(desk_app, tariff) == ["49 Germany 0.05"]
    app.session_state[f"rates-{tariff}"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    press(app.run(), "Remove it for good")
    assert rates(desk_app, tariff) == []


def test_a_manager_looks_at_rates_and_finds_them_by_prefix(desk_app: DeskApp) -> None:
    tariff = a_tariff(desk_app.engine, {"49": "1", "43": "1"})
    app = opened(desk_app, Role.MANAGER, change=str(tariff))
    assert not {"Enter the rates", "Save", "Remove it"} & set(labels(app))
    field(app, "Prefix begins with").set_value("43").run()
    assert [row[0] for row in app.dataframe[0].value.to_numpy().tolist()] == ["43"]


def test_rates_come_from_a_file_that_is_tried_first(desk_app: DeskApp) -> None:
    tariff = a_tariff(desk_app.engine, {"49": "0.01"}, name="Standard")
    app = opened(desk_app, change=str(tariff))
    file = b"Prefix,Destination,Price a minute\n49,,0.02\n44,UK,dear\n"
    app = app.file_uploader[0].set_value(("rates.csv", file, "text/csv")).run()
    app = press(app, "Try the file")
    assert "2 rows: 0 added, 1 changed, 0 unchanged, 1 refused. Nothing was written yet." in said(app)
    assert rates(desk_app, tariff) == ["49 Germany 0.01"]
    app = press(app, "Enter the rows")
    shown = next(one.value for one in app.dataframe if "Result" in one.value)
    assert shown.to_numpy().tolist() == [
        ["2", "", "changed"],
        ["3", "Price a minute", "refused: “dear” is not an amount: write digits and a decimal point, such as 1234.56."],
    ]
    assert rates(desk_app, tariff) == ["49 Germany 0.02"]
    app = app.file_uploader[0].set_value(("rates.csv", b"Colour\nred\n", "text/csv")).run()
    assert "the column “Colour” is none of" in said(press(app, "Try the file"))

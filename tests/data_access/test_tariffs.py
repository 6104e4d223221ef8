"""Rates of tariffs: entered many at once, changed and removed; none of it rewrites what was booked."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected, Stale
from data_access.base.permissions import Role
from data_access.commands.classes.classes import EditClass
from data_access.commands.usage.tariffs import (
    AddTariff,
    ChangeRate,
    ChangeTariff,
    EnterRates,
    RemoveRate,
    RemoveTariff,
)
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.usage.tariffs import TariffRate
from data_access.queries.pagination.pages import Direction
from data_access.queries.services import tariffs
from data_access.queries.services.tariffs import RatesOf, TariffChoice, TariffChoices
from data_access.store.access import new_command_id
from tests.support.builders import a_class
from tests.support.people import NOW, access_for
from tests.support.tariffs import a_rate, a_tariff

D = Decimal


def entering(tariff_id: int, *rows: dict[str, str]) -> EnterRates:
    return EnterRates(tariff_id=tariff_id, rows=rows, command_id=new_command_id())


def rates(engine: Engine) -> list[tuple[Any, ...]]:
    with Session(engine) as session:
        rows = session.scalars(select(TariffRate).where(TariffRate.removed_at.is_(None)).order_by(TariffRate.prefix))
        return [(row.prefix, row.destination, row.price, row.message_price, row.first_seconds) for row in rows]


def test_each_row_is_told_what_became_of_it(engine: Engine) -> None:
    tariff = a_tariff(engine)
    a_rate(engine, tariff, prefix="49", price=D("0.03"), destination="Germany")
    a_rate(engine, tariff, prefix="43", price=D("0.04"), destination="Austria")
    done = access_for(engine, Role.ADMIN).execute(
        entering(
            tariff,
            {"prefix": "49", "price": "0.02"},
            {"prefix": "43", "price": "0.04"},
            {"prefix": "1", "destination": "America", "price": "0,01", "first_seconds": "60"},
            {"prefix": "1", "destination": "America", "price": "0.02"},
            {"prefix": "44", "price": "-1", "next_seconds": "0"},
            {"destination": "Nowhere", "price": "1"},
        )
    )
    assert done.outcomes == [
        "changed",
        "unchanged",
        "added",
        "refused: row 3 already gives the prefix 1.",
        "refused: Destination: Give the destination.; Price a minute: A price cannot be negative; 0 charges nothing.; "
        "Next interval: Give a whole number from 1 to 3600.",
        "refused: Prefix: Give the prefix.",
    ]
    assert rates(engine) == [
        ("1", "America", D("0.01"), None, 60), ("43", "Austria", D("0.04"), None, 1),
        ("49", "Germany", D("0.02"), None, 1),
    ]  # fmt: skip


def test_rates_are_entered_by_an_administrator_into_a_tariff_that_stands(engine: Engine) -> None:
    tariff, row = a_tariff(engine), {"prefix": "1", "destination": "America", "price": "1"}
    with pytest.raises(NotPermitted):
        access_for(engine, Role.MANAGER).execute(entering(tariff, row))
    access = access_for(engine, Role.ADMIN)
    with pytest.raises(Rejected, match="Enter between 1 and 2,000 rates at once"):
        access.execute(entering(tariff))
    with pytest.raises(NotFound):
        access.execute(entering(a_tariff(engine, removed_at=access.now()), row))


def changing(rate_id: int, *, version: int = 1, shown: dict[str, str] | None = None, **changes: str) -> ChangeRate:
    return ChangeRate(
        record_id=rate_id, version=version, shown=shown or {}, changes=changes, command_id=new_command_id()
    )


def test_a_rate_is_changed_and_its_prefix_stays_alone(engine: Engine) -> None:
    tariff, access = a_tariff(engine), access_for(engine, Role.ADMIN)
    rate = a_rate(engine, tariff, prefix="49")
    a_rate(engine, tariff, prefix="43")
    access.execute(changing(rate, price="0.5", message_price="0.07"))
    assert ("49", "Germany", D("0.5"), D("0.07"), 1) in rates(engine)
    with pytest.raises(Invalid) as wrong:
        access.execute(changing(rate, version=2, prefix="43"))
    assert wrong.value.complaints == {"prefix": "The tariff already has a rate of this prefix."}
    with pytest.raises(Stale):
        access.execute(changing(rate, shown={"price": "0.03"}, price="0.6"))


def test_a_removed_prefix_can_be_entered_again(engine: Engine) -> None:
    tariff, access = a_tariff(engine), access_for(engine, Role.ADMIN)
    rate = a_rate(engine, tariff, prefix="49")
    with pytest.raises(Stale):
        access.execute(RemoveRate(record_id=rate, version=2, command_id=new_command_id()))
    access.execute(RemoveRate(record_id=rate, version=1, command_id=new_command_id()))
    assert rates(engine) == []
    with pytest.raises(NotFound):
        access.execute(changing(rate, version=2, price="1"))
    access.execute(entering(tariff, {"prefix": "49", "destination": "Germany", "price": "0.03"}))
    assert rates(engine) == [("49", "Germany", D("0.03"), None, 1)]


def test_rates_are_listed_by_prefix_a_page_at_a_time(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tariffs, "PAGE", 2)
    tariff = a_tariff(engine, {"43": "1", "4915": "1", "49": "1", "1": "1"})
    a_rate(engine, a_tariff(engine), prefix="44")
    access = access_for(engine, Role.MANAGER)
    first = access.fetch(RatesOf(tariff))
    after = access.fetch(RatesOf(tariff, direction=Direction.AFTER, cursor=str(first.last)))
    assert [row.prefix for row in (*first.rows, *after.rows)] == ["1", "43", "49", "4915"]
    assert (first.has_next, after.has_next, after.has_previous) == (True, False, True)
    assert [row.prefix for row in access.fetch(RatesOf(tariff, begins="49")).rows] == ["49", "4915"]
    with pytest.raises(NotPermitted):
        access_for(engine, Role.SUPPORT).fetch(RatesOf(tariff))


def test_forms_offer_the_tariffs_of_a_currency_that_were_not_removed(engine: Engine) -> None:
    euro, dollar = a_tariff(engine, name="Euro"), a_tariff(engine, name="Dollar", currency="USD")
    access = access_for(engine)
    a_tariff(engine, removed_at=access.now())
    offered = [one.tariff_id for one in access.fetch(TariffChoices())]
    assert offered == [dollar, euro]
    assert access.fetch(TariffChoices("USD")) == (TariffChoice(dollar, "Dollar", "USD"),)


def test_a_tariff_is_added_changed_and_removed_with_its_rates_unless_it_is_in_use(engine: Engine) -> None:
    access = access_for(engine, Role.ADMIN)
    with pytest.raises(NotPermitted):
        access_for(engine, Role.MANAGER).execute(AddTariff(values={}, command_id=new_command_id()))
    added = access.execute(AddTariff(values={"name": "Old", "currency": "EUR"}, command_id=new_command_id()))
    a_rate(engine, added.record_id)
    changes = {"record_id": added.record_id, "version": 1, "shown": {}}
    with pytest.raises(Invalid) as wrong:
        access.execute(ChangeTariff(changes={"currency": "USD"}, command_id=new_command_id(), **changes))
    assert wrong.value.complaints == {"currency": "The currency of a tariff stays: its rates are in it."}
    access.execute(ChangeTariff(changes={"name": "Calls"}, command_id=new_command_id(), **changes))
    removing = RemoveTariff(record_id=added.record_id, version=2, command_id=new_command_id())
    a_class(engine, currency="EUR", tariff_id=added.record_id)
    with pytest.raises(Rejected, match="The tariff is in use by 1 customer class: give them another one first"):
        access.execute(removing)
    unused = a_tariff(engine, {"1": "1"}, name="Unused")
    access.execute(RemoveTariff(record_id=unused, version=1, command_id=new_command_id()))
    assert [one.name for one in access.fetch(TariffChoices())] == ["Calls"]


@pytest.mark.parametrize(
    ("currency", "over", "says"),
    [
        (None, {}, "A class without a currency fits customers of every currency: it can name no tariff."),
        ("USD", {"name": "Euro"}, "Euro is in EUR, the class in USD."),
        ("EUR", {"removed_at": NOW}, "Choose the tariff from the list."),
        ("EUR", {}, None),
    ],
)
def test_a_class_names_a_tariff_of_its_currency(
    engine: Engine, currency: str | None, over: dict[str, Any], says: str | None
) -> None:
    class_id, tariff = a_class(engine, currency=currency), a_tariff(engine, **over)
    order = EditClass(
        customer_class_id=class_id, version=1, changes={"tariff_id": str(tariff)}, command_id=new_command_id()
    )
    access = access_for(engine, Role.ADMIN)
    if says is not None:
        with pytest.raises(Invalid) as wrong:
            access.execute(order)
        assert wrong.value.complaints == {"tariff_id": says}
    else:
        access.execute(order)
        with Session(engine) as session:
            assert session.get_one(CustomerClass, class_id).tariff_id == tariff

"""Gists: each entry of the audit names its object and what came of it."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access import commands
from data_access.base.bookings import Kind
from data_access.base.permissions import Permission, Role
from data_access.commands.billing.money import BookTransaction
from data_access.commands.classes.policies import AddHoliday
from data_access.commands.customers.exports import ExportCustomers, ExportPlanned
from data_access.commands.customers.limits import SetSpendingLimit
from data_access.commands.customers.status import ChangeStatus, PlanMove
from data_access.commands.people.people import DisablePerson
from data_access.queries.audit.audit import FindCommands
from data_access.queries.audit.gists import TOLD, gists
from data_access.search.filters import CustomerFilter
from data_access.store.access import Access, Command, Query, Reader, new_command_id
from tests.support.builders import a_class, a_customer, a_reseller
from tests.support.people import a_person, access_for

BESIDE = {"customer_id", "version"}  # the customer has a column of its own


def every_command() -> Iterator[type[Command[Any]]]:
    for module in pkgutil.walk_packages(commands.__path__, f"{commands.__name__}."):
        importlib.import_module(module.name)
    waiting = list(Command.__subclasses__())
    while waiting:
        command = waiting.pop()
        waiting += command.__subclasses__()
        if command.__module__.startswith("data_access.commands."):
            yield command


COMMANDS = sorted(every_command(), key=lambda command: command.__name__)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_the_result_of_every_command_can_be_told(command: type[Command[Any]]) -> None:
    kept = {field.name for field in fields(command.result_type)}
    assert kept & TOLD, "say in data_access/queries/audit/gists.py how one of these is told"


class Told(Query[list[str]]):
    """The gists of some results."""

    needs = Permission.AUDIT_READ

    def __init__(self, *results: dict[str, Any]) -> None:
        self.results = results

    def run(self, reader: Reader) -> list[str]:
        return gists(reader, self.results)


@pytest.fixture
def admin(engine: Engine) -> Access:
    return access_for(engine, Role.ADMIN)


def last(access: Access) -> str:
    return access.fetch(FindCommands()).rows[0].gist


def test_an_export_says_what_was_exported_by_which_filter_and_how_many(engine: Engine, admin: Access) -> None:
    of_class = a_class(engine)
    for currency in ("EUR", "USD", "USD"):
        a_customer(engine, customer_class_id=of_class, currency=currency)
    asked = CustomerFilter(currency=frozenset({"USD"}))
    admin.execute(ExportCustomers(filter=asked, format="CSV", command_id=new_command_id()))
    assert last(admin) == "2 customers, in USD, not permanently terminated, as CSV"
    admin.execute(ExportPlanned(changes=1, filter="the next 14 days", format="XLSX", command_id=new_command_id()))
    assert last(admin) == "1 planned change, the next 14 days, as XLSX"


def test_whoever_is_disabled_is_named(engine: Engine, admin: Access) -> None:
    person = a_person(engine, login="mallory", name="Mallory M")
    admin.execute(DisablePerson(person_id=person.person_id or 0, command_id=new_command_id()))
    assert last(admin) == "mallory (Mallory M)"


def test_a_booking_a_move_a_plan_and_a_holiday_are_told(engine: Engine, admin: Access) -> None:
    customer = a_customer(engine, currency="KWD", balance=Decimal(9))
    payment = BookTransaction(
        customer_id=customer, kind=Kind.MANUAL_PAYMENT, amount=Decimal("1.25"), command_id=new_command_id()
    )
    admin.execute(payment)
    assert last(admin) == "Manual payment of 1.250 KWD, billing status Active"
    about = {"customer_id": customer, "reason": "asked", "command_id": new_command_id()}
    admin.execute(PlanMove(move="provisionally_terminate", due_on=date(2026, 12, 3), **about))
    assert last(admin) == "Provisionally terminate, planned for 3 Dec 2026"
    admin.execute(ChangeStatus(move="block", **about | {"command_id": new_command_id()}))
    assert last(admin) == "Block, billing status Active"
    admin.execute(AddHoliday(day=date(2026, 12, 25), name="Christmas Day", command_id=new_command_id()))
    assert last(admin) == "25 Dec 2026, Christmas Day"


def test_a_limit_is_told_in_the_customers_currency(engine: Engine, admin: Access) -> None:
    customer = a_customer(engine, currency="JPY", customer_class_id=a_class(engine, currency="JPY"))
    for amount, gist in ((Decimal(5000), "5,000 JPY a day"), (None, "No daily limit")):
        admin.execute(
            SetSpendingLimit(customer_id=customer, amount=amount, reason="asked", command_id=new_command_id())
        )
        assert last(admin) == gist


def test_one_of_something_is_told_as_one_and_what_begins_a_gist_as_a_sentence_does(admin: Access) -> None:
    one, more, only = admin.fetch(Told({"values": 1}, {"values": 2}, {"bill_status": "suspended"}))
    assert (one, more, only) == ("1 value in the audit", "2 values in the audit", "Billing status Suspended")


def test_every_kind_of_row_can_be_looked_up_and_one_that_is_gone_is_left_out(admin: Access) -> None:
    nowhere = [
        {key: 2_000_000}
        for key in sorted(TOLD)
        if key.endswith("_id") and key not in {"note_id", "request_id", "verification_id"}
    ]
    assert set(admin.fetch(Told(*nowhere, {"plan_id": 2_000_000, "customer_id": 1}))) <= {"", "Invoice"}


def test_the_confined_are_told_nothing_of_others(engine: Engine) -> None:
    north, south = a_reseller(engine, name="North"), a_reseller(engine, name="South")
    stranger = a_person(engine, login="stranger", reseller_id=south)
    confined = access_for(engine, Role.ADMIN, reseller_id=north)
    assert confined.fetch(Told({"person_id": stranger.person_id})) == [""]

"""Abbreviated dialing: the maximum length comes first, then numbers that fit it and dial something."""

from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.errors import Invalid, NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.numbers.dialing import (
    AbbreviatedAdded,
    AddAbbreviatedNumber,
    AddAbbreviatedNumbers,
    ChangeAbbreviatedNumber,
    EditDialing,
    RemoveAbbreviatedNumber,
)
from data_access.models.card.dialing import AbbreviatedNumber, Dialing
from data_access.queries.services.dialing import DialingWaits, PastedAbbreviated
from data_access.store.access import new_command_id
from tests.support.builders import a_customer, an_account, insert
from tests.support.people import access_for
from tests.support.tables import rows


def with_length(engine: Engine, longest: int | None = 3, **over: Any) -> int:
    customer = a_customer(engine, **over)
    insert(engine, Dialing, {"customer_id": customer, "longest": longest})
    return customer


def order(engine: Engine, command: Any, role: Role = Role.SUPPORT, **what: Any) -> Any:
    return access_for(engine, role).execute(command(command_id=new_command_id(), **what))


def add(engine: Engine, customer: int, number: str, target: str = "", description: str = "") -> Any:
    values = {"number": number, "target": target, "description": description}
    return order(engine, AddAbbreviatedNumber, customer_id=customer, values=values)


def set_length(engine: Engine, customer: int, longest: str, version: int = 1, shown: str = "3") -> None:
    about = {"version": version, "shown": {"longest": shown}, "changes": {"longest": longest}}
    order(engine, EditDialing, customer_id=customer, **about)


def stored(engine: Engine) -> list[tuple[str, str]]:
    return [(row.number, row.target) for row in rows(engine, AbbreviatedNumber) if row.removed_at is None]


def test_numbers_wait_for_the_maximum_length(engine: Engine) -> None:
    support = access_for(engine)
    for customer in (a_customer(engine), with_length(engine, None)):
        assert support.fetch(DialingWaits(customer)).startswith("Set the maximum length first")
    assert support.fetch(DialingWaits(with_length(engine))) == ""


@pytest.mark.parametrize("number", ["1", "34", "145", "999"])
def test_a_length_of_three_allows_up_to_three_digits(engine: Engine, number: str) -> None:
    add(engine, with_length(engine), number)
    assert stored(engine) == [(number, "")]


@pytest.mark.parametrize(
    ("number", "target", "field", "why"),
    [
        ("1000", "", "number", "At most 3 digits fit; this has 4"),
        ("", "", "number", "Give the abbreviated number"),
        ("1a", "", "number", "digits alone"),
        ("1", "030 12", "target", "no account of the customer"),
        ("1", "+49", "target", "no international number"),
        ("1", "+1 204", "target", "no international number"),
        ("1", "theirs", "target", "no account of the customer"),
    ],
)
def test_what_is_no_abbreviated_number_is_refused(
    engine: Engine, number: str, target: str, field: str, why: str
) -> None:
    customer = with_length(engine)
    an_account(engine, a_customer(engine), account_code="theirs")
    with pytest.raises(Invalid) as refused:
        add(engine, customer, number, target)
    assert list(refused.value.complaints) == [field]
    assert why in refused.value.complaints[field]


def test_a_number_dials_an_international_one_an_own_account_or_itself(engine: Engine) -> None:
    customer = with_length(engine)
    an_account(engine, customer, account_code="line-1")
    add(engine, customer, "1", "+49 30 1234567", "Andrew's phone")
    add(engine, customer, "2", "line-1")
    add(engine, customer, "112")
    assert stored(engine) == [("1", "49301234567"), ("2", "line-1"), ("112", "")]


@pytest.mark.parametrize("longest", [None, "no row"])
def test_no_number_comes_before_the_length(engine: Engine, longest: Any) -> None:
    customer = a_customer(engine) if longest else with_length(engine, None)
    with pytest.raises(Invalid, match="Set the maximum length first"):
        add(engine, customer, "1")


def test_a_number_is_used_once_a_customer_and_again_when_it_is_removed(engine: Engine) -> None:
    customer, other = with_length(engine), with_length(engine)
    first = add(engine, customer, "1")
    add(engine, other, "1")
    with pytest.raises(Invalid, match="already used"):
        add(engine, customer, "1")
    second = add(engine, customer, "2")
    change = {"row_id": second.row_id, "version": 1, "shown": {"number": "2"}}
    with pytest.raises(Invalid, match="already used"):
        order(engine, ChangeAbbreviatedNumber, changes={"number": "1"}, **change)
    with pytest.raises(Invalid, match="At most 3 digits"):
        order(engine, ChangeAbbreviatedNumber, changes={"number": "1234"}, **change)
    order(engine, RemoveAbbreviatedNumber, row_id=first.row_id, version=1)
    order(engine, ChangeAbbreviatedNumber, changes={"number": "1"}, **change)
    assert stored(engine) == [("1", ""), ("1", "")]


def test_the_length_is_not_lowered_below_a_number(engine: Engine) -> None:
    customer = with_length(engine)
    for number in ("1", "34", "145", "999"):
        add(engine, customer, number)
    for length, longer in (("2", "145, 999"), ("", "1, 145, 34, 999")):
        with pytest.raises(Invalid, match=f"longer numbers: {longer}"):
            set_length(engine, customer, length)
    set_length(engine, customer, "4")
    add(engine, customer, "1000")


def test_many_are_pasted_with_a_result_a_row(engine: Engine) -> None:
    customer = with_length(engine)
    add(engine, customer, "7")
    lines = "1;+49 30 1234567;Andrew\n2\tnobody\n7\n1\n1234\n112\n1;2;3;4"
    judged = access_for(engine, Role.SUPPORT).fetch(PastedAbbreviated(customer, lines))
    assert [row.line for row in judged if not row.complaint] == [1, 6]
    done: AbbreviatedAdded = order(engine, AddAbbreviatedNumbers, customer_id=customer, lines=lines)
    assert (done.added, [line.partition(",")[0] for line in done.refused]) == (
        2, ["Line 2", "Line 3", "Line 4", "Line 5", "Line 7"],
    )  # fmt: skip
    assert stored(engine) == [("7", ""), ("1", "49301234567"), ("112", "")]
    for nothing in ("", "1234"):
        with pytest.raises(Invalid):
            order(engine, AddAbbreviatedNumbers, customer_id=customer, lines=nothing)


def test_who_may_not_and_what_cannot_be_edited_is_refused(engine: Engine) -> None:
    gone = with_length(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    with pytest.raises(Rejected, match="permanently terminated"):
        order(engine, AddAbbreviatedNumbers, customer_id=gone, lines="1")
    with pytest.raises(NotPermitted):
        order(engine, AddAbbreviatedNumbers, Role.ANALYST, customer_id=with_length(engine), lines="1")

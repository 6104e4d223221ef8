"""Commands as values: what is kept of one is read again, by a later version too, and nothing of it is lost."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access.base.errors import Rejected
from data_access.base.permissions import Permission
from data_access.commands.billing.money import BookTransaction
from data_access.commands.classes.policies import SetPolicy
from data_access.commands.customers.exports import ExportCustomers
from data_access.commands.people.webhooks import ChangeWebhook
from data_access.commands.services.usage import BookCharges
from data_access.commands.stored_commands import kinds, read_command
from data_access.store.access import Command
from data_access.store.command_form import command_of, content_of, form_of, payload_hash, secrets_of
from tests.support.people import NOW

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "commands.json").read_text())
SENT = "an id"
VALUES: dict[Any, Any] = {
    str: "text", int: 7, bool: True, Decimal: Decimal("12.50"), date: date(2026, 11, 24), datetime: NOW,
}  # fmt: skip
st.register_type_strategy(Decimal, st.decimals(allow_nan=False, allow_infinity=False))
st.register_type_strategy(Mapping, st.dictionaries(st.text(), st.text()))


def example(hint: Any) -> Any:
    """A value of this type that is not a default by chance."""
    origin, parts = get_origin(hint) or hint, get_args(hint)
    if origin in (Union, UnionType):
        return example(next(part for part in parts if part is not type(None)))
    if is_dataclass(origin):
        hints = get_type_hints(origin)
        return origin(**{one.name: example(hints[one.name]) for one in fields(origin)})  # type: ignore[operator]
    if isinstance(origin, type) and issubclass(origin, Enum):
        return list(origin)[-1]
    if origin in (tuple, frozenset):
        return origin(example(part) for part in parts if part is not ...)
    return VALUES.get(origin, {"field": "text"})


def as_recorded(kind: type[Command[Any]]) -> dict[str, Any]:
    """What the list has to hold of a kind: a form without its secrets."""
    content = content_of(example(kind))
    return {"command": kind.code, "content": {k: v for k, v in content.items() if k not in secrets_of(kind)}}


def test_the_list_holds_every_kind_once() -> None:
    missing = [as_recorded(kind) for code, kind in kinds().items() if code not in RECORDED]
    assert not missing, "add to tests/data/commands.json: " + json.dumps(missing)
    assert RECORDED.keys() == kinds().keys()


@pytest.mark.parametrize("code", sorted(RECORDED))
def test_a_form_that_was_kept_is_still_read(code: str) -> None:
    secret = dict.fromkeys(secrets_of(kinds()[code]), "a secret")
    read = read_command({"command": code, "content": RECORDED[code] | secret}, SENT)
    assert read.command_id == SENT
    called = {kinds()[code].formerly.get(name, name): value for name, value in RECORDED[code].items()}
    assert holds(content_of(read), called)


def holds(whole: Any, part: Any) -> bool:
    """Whether nothing of a part is lost; the whole may hold fields that are new since."""
    if isinstance(part, dict):
        return all(name in whole and holds(whole[name], value) for name, value in part.items())
    return bool(whole == part)


def kept_and_read(command: Command[Any]) -> Command[Any]:
    form = json.loads(json.dumps({"command": command.code, "content": content_of(command)}))
    return read_command(form, command.command_id)


@pytest.mark.parametrize("code", sorted(RECORDED))
def test_a_command_comes_back_as_it_was(code: str) -> None:
    command = example(kinds()[code])
    assert kept_and_read(command) == command


@settings(max_examples=40)
@given(st.one_of(*(st.from_type(kind) for kind in (BookTransaction, BookCharges, SetPolicy, ExportCustomers))))
def test_so_does_whatever_it_orders(command: Command[Any]) -> None:
    assert kept_and_read(command) == command


def payment(**changed: Any) -> BookTransaction:
    return example(BookTransaction) if not changed else BookTransaction(**vars(example(BookTransaction)) | changed)


def test_a_form_says_what_is_not_as_by_default() -> None:
    form = form_of(payment(reason=""))
    assert form["command"] == "BookTransaction"
    assert "reason" not in form["content"]
    assert "command_id" not in form["content"]


def test_what_carries_a_secret_is_not_kept() -> None:
    with pytest.raises(Rejected, match="password or a key"):
        form_of(example(ChangeWebhook))


def test_an_order_that_says_too_much_is_refused_and_nothing_of_it_is_dropped() -> None:
    form = form_of(payment())
    with pytest.raises(Rejected, match="more than BookTransaction knows today: colour"):
        read_command({**form, "content": {**form["content"], "colour": "red"}}, SENT)


def test_so_is_one_that_says_too_much_inside() -> None:
    form = json.loads(json.dumps(RECORDED["CreateCustomer"]))
    form["customer"]["colour"] = "red"
    with pytest.raises(Rejected, match=r"customer\.colour"):
        read_command({"command": "CreateCustomer", "content": form}, SENT)


def test_a_value_that_does_not_fit_is_refused_at_its_place() -> None:
    form = form_of(payment())
    with pytest.raises(Rejected, match="at amount"):
        read_command({**form, "content": {**form["content"], "amount": "much"}}, SENT)


@pytest.mark.parametrize("form", [{}, {"command": "Fly", "content": {}}, {"command": "BookTransaction"}])
def test_an_order_of_an_unknown_kind_is_refused(form: dict[str, Any]) -> None:
    with pytest.raises(Rejected, match="unknown"):
        read_command(form, SENT)


@dataclass(frozen=True, kw_only=True)
class PaintDoor(Command[Any]):
    """A command that was called otherwise once, and has a field more than it had, and one of another name."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = int
    code: ClassVar = "PaintGate"
    formerly: ClassVar = {"color": "colour"}

    colour: str
    coats: int = 1


def test_a_command_that_was_renamed_is_read_by_its_first_names() -> None:
    kept = {"command": "PaintGate", "content": {"color": "red"}}
    assert command_of(kept, {PaintDoor.code: PaintDoor}, SENT) == PaintDoor(colour="red", command_id=SENT)


def test_a_new_field_at_its_default_is_the_same_order() -> None:
    old, new = PaintDoor(colour="red", command_id=SENT), PaintDoor(colour="red", coats=1, command_id="another")
    assert payload_hash(old) == payload_hash(new)
    assert payload_hash(old) != payload_hash(PaintDoor(colour="red", coats=2, command_id=SENT))

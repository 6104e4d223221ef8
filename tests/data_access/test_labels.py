"""Labels: no field and no choice without words."""

from enum import StrEnum

import pytest
from sqlalchemy import Enum

from data_access.base.text.labels import command_words, country_name, word
from data_access.domain.collections.dunning import STAGES
from data_access.domain.field_labels import ENTITIES, LABELS, field_label
from data_access.domain.moves import CREATED, MOVES, OF_STEP
from data_access.models.base import Base, Record
from data_access.models.customers import AccountKind, BillingPeriod, Customer
from data_access.models.money import PaymentStatus
from data_access.store.audit_trail import is_left_out

AUDITED = sorted(
    (mapper.class_.__name__, column.key)
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, Record)
    for column in mapper.columns
    if not is_left_out(column.key)
)


@pytest.mark.parametrize(("entity", "field"), AUDITED)
def test_every_audited_column_has_a_label(entity: str, field: str) -> None:
    label = field_label(entity, field)
    assert label
    assert "_" not in label


def test_every_customer_column_is_named_differently() -> None:
    columns = {column.key for column in Customer.__table__.columns if not is_left_out(column.key)}
    assert set(LABELS) == columns
    assert len(set(LABELS.values())) == len(LABELS)


def test_every_record_has_a_name() -> None:
    assert set(ENTITIES) == {entity for entity, _ in AUDITED}
    assert field_label("Did", "*") == "New DID"


def test_the_words_are_those_of_the_forms() -> None:
    assert LABELS["credit_limit"] == "Permanent credit limit"
    assert LABELS["suspension_lifted_until"] == "Lift the suspension until"


@pytest.mark.parametrize("choice", [AccountKind.SIM, BillingPeriod.THIRTY_DAYS, PaymentStatus.DO_NOT_PAY])
def test_a_choice_is_said_in_words(choice: StrEnum) -> None:
    assert word(choice) in {"SIM", "Every 30 days", "Do not pay"}


def test_no_choice_that_is_stored_shows_its_code() -> None:
    kinds = {c.type.enum_class for m in Base.registry.mappers for c in m.columns if isinstance(c.type, Enum)}
    said = [word(choice) for kind in kinds if kind is not None for choice in kind]
    assert said
    assert not [words for words in said if "_" in words or words != words[0].upper() + words[1:]]


def test_every_move_is_called_something_before_and_after() -> None:
    rows = MOVES.values()
    assert [len({*words}) for words in zip(*((row.label, row.done) for row in rows), strict=True)] == [len(rows)] * 2
    assert [row.name for row in rows if bool(row.day_word) is not (row.bounds is not None)] == []
    assert [row.name for row in rows if bool(row.ahead and row.then) is not (row.step is not None)] == []
    assert (set(OF_STEP), CREATED in MOVES) == ({*STAGES}, False)


def test_names_of_commands_and_countries_are_words() -> None:
    assert command_words("ChangeStatus") == "Change status"
    assert (country_name("DE"), country_name("??")) == ("Germany", "??")

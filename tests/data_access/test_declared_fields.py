"""Every declared field, tried by its kind: what it takes it gives back, and what it cannot take it says."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from data_access.base.permissions import Role
from data_access.commands.customers.customers import EditCustomer
from data_access.domain.field_labels import field_label
from data_access.domain.sections import ADDRESS_INFO, SECTIONS
from data_access.fields.field import Field
from data_access.fields.kinds import CODE, KINDS, LINES, TEXT
from data_access.fields.section import FieldSection
from data_access.models.history import Change
from data_access.queries.customers.section import SectionOf
from data_access.store.access import new_command_id
from tests.support.builders import a_customer
from tests.support.declared import EXAMPLES, OF_THEIR_OWN, REFUSED, example, texts
from tests.support.people import access_for

DECLARED = [(section, field) for section in SECTIONS.values() for field in section]
NAMES = [f"{section.name}.{field.name}" for section, field in DECLARED]
of_every_section = pytest.mark.parametrize(("section", "field"), DECLARED, ids=NAMES)
every_field = pytest.mark.parametrize("field", [field for _, field in DECLARED], ids=NAMES)


def complaint(field: Field, text: str) -> str:
    with pytest.raises(ValueError, match=r".") as wrong:
        field.read(text)
    return str(wrong.value)


@settings(max_examples=10)
@given(st.data())
@every_field
def test_what_a_field_takes_comes_back_as_one_would_type_it(field: Field, data: Any) -> None:
    text = data.draw(texts(field))
    try:
        value = field.read(text)
    except ValueError as wrong:
        refused = str(wrong)
    else:
        refused = "."
        assert field.read(field.typed(value)) == value
    assert refused.endswith(".")


@of_every_section
def test_an_example_is_taken_and_said_in_words(section: FieldSection, field: Field) -> None:
    when = {} if field.shown_when is None else {field.shown_when.field: min(field.shown_when.holds)}
    assert section.judged({field.name: example(field)}, beside=when).complaints == {}
    assert field.said(field.read(example(field)))


@every_field
def test_a_blank_is_taken_or_asked_for_with_a_sentence(field: Field) -> None:
    if field.needed:
        assert complaint(field, " ") == field.needed
    else:
        assert field.typed(field.read(" ")) == ""


@every_field
def test_what_does_not_fit_is_refused_with_a_sentence(field: Field) -> None:
    longest = field.most if field.is_text else None
    too_long = "x" * (longest + 1) if longest else "\x01"
    tried = [REFUSED.get(field.kind.name, "\x02"), too_long, "a\x00b", "\ud800"]
    assert [text for text in tried if not complaint(field, text).endswith(".")] == []


@of_every_section
def test_a_field_is_told_under_its_label_and_with_whole_sentences(section: FieldSection, field: Field) -> None:
    assert field_label(section.model.__name__, field.name) == field.label
    sentences = [text for text in (field.help, field.needed, field.fixed) if text]
    assert [text for text in sentences if not text.endswith(".")] == []
    assert set(field.captions or {}) <= set(field.options)


def test_every_kind_has_its_example_and_what_it_refuses() -> None:
    assert EXAMPLES.keys() | OF_THEIR_OWN == {kind.name for kind in KINDS}
    assert REFUSED.keys() == {kind.name for kind in KINDS if kind not in (TEXT, CODE, LINES)}


def test_labels_differ_within_a_section() -> None:
    alike = [one.name for one in SECTIONS.values() if len(set(one.labels.values())) < len(one.fields)]
    assert alike == []


def test_every_field_of_the_address_is_edited_seen_masked_and_audited(engine: Engine) -> None:
    customer_id = a_customer(engine)
    changes = {field.name: example(field) for field in ADDRESS_INFO}
    edit = EditCustomer(customer_id=customer_id, version=1, shown={}, changes=changes, command_id=new_command_id())
    access_for(engine, Role.SUPPORT).execute(edit)
    plain = access_for(engine, Role.SUPPORT).fetch(SectionOf(customer_id, ADDRESS_INFO.name)).said
    assert [words for _, words in plain] == [field.said(field.read(changes[field.name])) for field in ADDRESS_INFO]
    masked = access_for(engine, Role.ANALYST).fetch(SectionOf(customer_id, ADDRESS_INFO.name)).said
    hidden = [label for (label, words), (_, mask) in zip(plain, masked, strict=True) if words != mask]
    assert hidden == [field.label for field in ADDRESS_INFO if field.personal]
    with engine.connect() as connection:
        told = set(connection.scalars(select(Change.__table__.c.field).where(Change.__table__.c.entity == "Customer")))
    assert told >= changes.keys()
